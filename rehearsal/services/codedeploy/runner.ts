import { inBackground } from '../../core/faults';
import { NamedTimers } from '../../core/clock';
import type { World } from '../../core/service';
import * as actions from './actions';
import { Announcer } from './announcer';
import { type CallAsRole, callerFor, findEnvironment } from './environment';
import type { Environment } from './environment-state';
import { isTerminal } from './lifecycle';
import {
  advance,
  type Completion,
  type DeploymentEvent,
  type DeploymentPlan,
  type DeploymentState,
  type Effect,
  initialState,
  type RollbackTrigger,
  type TimerName,
} from './machine';
import { failureOf } from './messages';
import type { AlarmConfiguration, Deployment } from './state';

/** An event before the runner stamps it with the time. */
type Unstamped = DeploymentEvent extends infer Each ? (Each extends unknown ? Omit<Each, 'atMs'> : never) : never;

export interface RunnerHost {
  /** Called once everything that the failed deployment had begun in the world has ended. */
  rollBack(deployment: Deployment, trigger: RollbackTrigger): void;
  /** Called when the deployment reached a terminal status and nothing follows. */
  ended(deployment: Deployment): void;
}

/** Performs what the state machine asks for and reports back what came of it. */
export class DeploymentRunner {
  private state: DeploymentState;
  private readonly call: CallAsRole;
  private readonly announcer: Announcer;
  private readonly timers: NamedTimers<TimerName>;
  private readonly halted = new AbortController();
  private readonly watching = new AbortController();
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly world: World,
    private readonly deployment: Deployment,
    plan: DeploymentPlan,
    private readonly host: RunnerHost,
  ) {
    this.state = initialState(plan);
    deployment.progress = this.state;
    this.timers = new NamedTimers(world.clock, (timer) => this.dispatch({ type: 'timer', timer }));
    this.call = callerFor(world, deployment.group.serviceRoleArn);
    this.announcer = new Announcer(world, deployment);
    this.announcer.changes(undefined, this.state);
  }

  get current(): DeploymentState {
    return this.state;
  }

  start(): void {
    this.deployment.startTimeMs = this.world.clock.now();
    this.dispatch({ type: 'start' });
    inBackground(this.world, this.pollAlarms());
  }

  dispatch(event: Unstamped): void {
    const atMs = this.world.clock.now();
    const before = this.state;
    const { state, effects } = advance(before, { ...event, atMs });
    this.state = state;
    this.deployment.progress = state;
    this.deployment.bakeStarted = state.bakeStarted;
    if (isTerminal(state.status)) this.deployment.completeTimeMs ??= atMs;
    this.announcer.changes(before, state);
    for (const effect of effects) this.perform(effect);
    if (isTerminal(state.status) && !isTerminal(before.status) && !effects.some(({ type }) => type === 'roll-back'))
      this.host.ended(this.deployment);
  }

  /** Ends timers and waiting without a further word, when the world stops. */
  halt(): void {
    this.halted.abort();
    this.watching.abort();
    this.timers.cancelAll();
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'set-timer':
        return this.timers.set(effect.timer, effect.delayMs);
      case 'cancel-timer':
        return this.timers.cancel(effect.timer);
      case 'halt':
        return this.halt();
      case 'unwatch-green':
        return this.watching.abort();
      case 'watch-green':
        return void this.watchGreen();
      case 'roll-back':
        return void this.rollBack(effect.trigger);
      case 'await-steady':
        return void this.awaitSteady();
      default:
        return this.track(this.act(effect));
    }
  }

  private async act(effect: Effect): Promise<Completion | undefined> {
    switch (effect.type) {
      case 'prepare':
        this.deployment.environment = await findEnvironment(this.call, this.deployment.group);
        return 'prepared';
      case 'create-green':
        await actions.createGreen(this.target, this.deployment.deploymentId, this.deployment.appSpec, () =>
          this.inEffect(),
        );
        return 'green-created';
      case 'route-test':
        await actions.routeTest(this.target, 100);
        this.announcer.weights('test', 100);
        return 'test-routed';
      case 'route':
        await actions.routeProduction(this.target, effect.greenPercent);
        this.announcer.weights('production', effect.greenPercent);
        return 'routed';
      case 'make-primary':
        await actions.makePrimary(this.target, 'green');
        return 'primary-updated';
      case 'delete-blue':
        await this.inEffect();
        await actions.deleteTaskSet(this.target, 'blue');
        return 'blue-deleted';
      case 'invoke-hook':
        await actions.invokeHook(this.call, this.deployment.deploymentId, effect.hook);
        return undefined;
      default:
        return undefined;
    }
  }

  /** A side that is deleted before the listener's last change applies would take requests down with it. */
  private inEffect(): Promise<void> {
    return this.world.clock.sleep(2 * this.world.parameters.listenerPropagationMs, this.halted.signal);
  }

  private get target(): actions.Target {
    const environment = this.deployment.environment as Environment;
    return { call: this.call, group: this.deployment.group, environment };
  }

  private track(work: Promise<Completion | undefined>): void {
    const tracked = work.then(
      (what) => what && this.dispatch({ type: 'done', what }),
      (error: unknown) => this.failed(error),
    );
    const settled = tracked.then(() => void this.underWay.delete(settled));
    this.underWay.add(settled);
  }

  private failed(error: unknown): void {
    this.dispatch({ type: 'failure', error: failureOf(error, 'codedeploy', this.deployment.group.serviceRoleArn) });
  }

  private async awaitSteady(): Promise<void> {
    await this.repeat(this.world.parameters.deploymentPollMs, this.halted.signal, async () => {
      if (!(await actions.isGreenSteady(this.target))) return true;
      this.dispatch({ type: 'done', what: 'green-steady' });
      return false;
    });
  }

  private async watchGreen(): Promise<void> {
    await this.repeat(this.world.parameters.deploymentPollMs, this.watching.signal, async () => {
      const steady = await actions.isGreenSteady(this.target);
      if (!this.watching.signal.aborted) this.dispatch({ type: 'green-stability', steady });
      return true;
    });
  }

  /** From the start through the bake time; an alarm that fired before the start counts as well. */
  private async pollAlarms(): Promise<void> {
    const configuration = alarmsOf(this.deployment);
    if (!configuration.enabled || !configuration.alarms?.length) return;
    await this.repeat(this.world.parameters.alarmPollMs, this.halted.signal, async () => {
      const names = await actions.activeAlarms(this.call, configuration).catch((error: unknown) => {
        if (configuration.ignorePollAlarmFailure) return [];
        throw error;
      });
      if (names.length > 0) this.dispatch({ type: 'alarm', names });
      return true;
    });
  }

  /** Runs `check` each `everyMs` until it returns false, the signal comes, or it throws, which fails the deployment. */
  private async repeat(everyMs: number, signal: AbortSignal, check: () => Promise<boolean>): Promise<void> {
    try {
      while (!signal.aborted && (await check())) await this.world.clock.sleep(everyMs, signal);
    } catch (error) {
      if (!signal.aborted) this.failed(error);
    }
  }

  /** A call that is under way may still create green or move traffic: it ends first. */
  private async rollBack(trigger: RollbackTrigger): Promise<void> {
    await Promise.allSettled([...this.underWay]);
    this.host.rollBack(this.deployment, trigger);
  }
}

/** "overrideAlarmConfiguration": one deployment's own alarms instead of the group's. */
function alarmsOf(deployment: Deployment): AlarmConfiguration {
  return deployment.overrideAlarmConfiguration ?? deployment.group.alarmConfiguration ?? {};
}
