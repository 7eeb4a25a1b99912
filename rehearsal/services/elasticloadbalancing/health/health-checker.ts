import { inBackground } from '../../../core/faults';
import type { Timer } from '../../../core/clock';
import type { World } from '../../../core/service';
import { type Health, afterProbe, registered } from './health';
import type { Probe } from './probe';
import { type Model, type Target, targetKey } from '../state';

export type OnHealthChange = (target: Target, before: Health) => void;

/** Checks the targets of every group that a listener uses, each at its group's interval. */
export class HealthChecker {
  private readonly loops = new Map<Target, CheckLoop>();
  private stopped = false;

  constructor(
    private readonly world: World,
    private readonly model: Model,
    private readonly probe: Probe,
    private readonly onChange: OnHealthChange,
  ) {}

  /** Starts and ends checks after any change of groups in use or of their targets. */
  reconcile(): void {
    if (this.stopped) return;
    const wanted = new Set(this.targetsInUse());
    for (const [target, loop] of this.loops) if (!wanted.has(target)) this.end(target, loop);
    for (const target of wanted) if (!this.loops.has(target)) this.begin(target);
  }

  stop(): void {
    this.stopped = true;
    for (const [target, loop] of this.loops) this.end(target, loop);
  }

  private *targetsInUse(): Generator<Target> {
    for (const [groupArn, targets] of this.model.targets) {
      if (!this.model.loadBalancerOf(groupArn)) continue;
      for (const target of targets.values()) if (!target.draining) yield target;
    }
  }

  private begin(target: Target): void {
    target.health = registered;
    const loop = new CheckLoop(this.world, this.model, target, this.probe, this.onChange);
    this.loops.set(target, loop);
    loop.begin();
  }

  private end(target: Target, loop: CheckLoop): void {
    loop.end();
    this.loops.delete(target);
  }
}

/** The checks of one target, one after the other. */
class CheckLoop {
  private readonly ended = new AbortController();
  private timer?: Timer;

  constructor(
    private readonly world: World,
    private readonly model: Model,
    private readonly target: Target,
    private readonly probe: Probe,
    private readonly onChange: OnHealthChange,
  ) {}

  begin(): void {
    inBackground(this.world, this.check());
  }

  end(): void {
    this.ended.abort();
    this.timer?.cancel();
  }

  /** The interval runs from start to start: how long a target takes to respond does not move the next check. */
  private async check(): Promise<void> {
    const group = this.model.groups.get(this.target.groupArn);
    if (!group) return;
    const startedMs = this.world.clock.now();
    const settings = group.healthCheck;
    const outcome = await this.probe(this.target, settings, this.ended.signal);
    if (this.ended.signal.aborted) return;
    const thresholds = { healthy: settings.healthyThreshold, unhealthy: settings.unhealthyThreshold };
    this.become(afterProbe(this.target.health, outcome, thresholds));
    const spentMs = this.world.clock.now() - startedMs;
    this.timer = this.world.clock.after(Math.max(0, settings.intervalMs - spentMs), () =>
      inBackground(this.world, this.check()),
    );
  }

  private become(health: Health): void {
    const before = this.target.health;
    this.target.health = health;
    if (before.state === health.state) return;
    const key = targetKey(this.target);
    const name = this.model.group(this.target.groupArn).name;
    const why = health.description ? `: ${health.description}` : '';
    this.world.events.record('elb', 'target-health', `${key} in ${name} is ${health.state}${why}`, {
      targetGroupArn: this.target.groupArn,
      target: key,
      from: before.state,
      state: health.state,
      ...(health.reason && { reason: health.reason }),
    });
    this.onChange(this.target, before);
  }
}
