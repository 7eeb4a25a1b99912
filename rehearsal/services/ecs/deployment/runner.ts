import { NamedTimers } from '../../../core/clock';
import { inBackground } from '../../../core/faults';
import { INTERNAL, type World } from '../../../core/service';
import { reasonOf } from '../task/reason';
import { Announcer } from './announcer';
import { invokeHook } from './invoke-hook';
import { advance, type DeploymentEvent, type Effect, type HookExecution, isTerminal, type TimerName } from './machine';
import { DeploymentProblem } from './routes';
import type { RunningDeployment } from './running-deployment';
import type { Act } from './stages';
import { type ServiceHost, Tasks } from './tasks';
import { Traffic } from './traffic';

/** An event before the runner stamps it with the time. */
type Unstamped = DeploymentEvent extends infer Each ? (Each extends unknown ? Omit<Each, 'atMs'> : never) : never;

/** Performs what the state machine asks for and reports back what came of it. */
export class ServiceDeploymentRunner {
  private readonly announcer: Announcer;
  private readonly tasks: Tasks;
  private readonly traffic: Traffic;
  private readonly timers: NamedTimers<TimerName>;
  private readonly details = new Map<string, unknown>();
  private halted = new AbortController();
  /** Acts take place one after the other: one that was under way as the deployment failed ends first. */
  private acts: Promise<void> = Promise.resolve();

  constructor(
    private readonly world: World,
    services: ServiceHost,
    readonly deployment: RunningDeployment,
    private readonly ended: () => void,
  ) {
    this.timers = new NamedTimers(world.clock, (timer) => this.dispatch({ type: 'timer', timer }));
    this.announcer = new Announcer(world, services.state, deployment);
    this.traffic = new Traffic(world, deployment, this.announcer);
    this.tasks = new Tasks(services, deployment, (result) => this.dispatch({ type: 'task', result }));
  }

  dispatch(event: Unstamped): void {
    const atMs = this.world.clock.now();
    const before = this.deployment.progress;
    const { state, effects } = advance(before, { ...event, atMs });
    this.deployment.progress = state;
    if (state !== before) this.deployment.updatedAtMs = atMs;
    this.announcer.changes(before, state);
    for (const effect of effects) this.perform(effect);
    if (isTerminal(state.status) && !isTerminal(before.status)) this.ended();
  }

  /** Ends timers and waiting without a further word, when the world stops. */
  halt(): void {
    this.halted.abort(new Error('the service deployment was halted'));
    this.halted = new AbortController();
    this.timers.cancelAll();
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'prepare':
        return this.prepare();
      case 'act':
        return this.queue(effect.act);
      case 'invoke-hook':
        return inBackground(this.world, this.callHook(effect.execution));
      case 'set-timer':
        return this.timers.set(effect.timer, effect.delayMs);
      case 'cancel-timer':
        return this.timers.cancel(effect.timer);
      case 'halt':
        return this.halt();
      case 'freeze-target':
        return this.tasks.freezeTarget();
    }
  }

  /** A plain rolling update starts within the call that requests it. */
  private prepare(): void {
    const { alarms, strategy } = this.deployment.progress.plan;
    if (strategy === 'ROLLING' && !alarms) return this.dispatch({ type: 'prepared', firingAlarms: [] });
    this.enqueue(async (signal) => {
      if (!this.deployment.progress.plan.reconciles) await this.traffic.find();
      const firingAlarms = await this.firingAlarms();
      if (signal.aborted) return;
      this.dispatch({ type: 'prepared', firingAlarms });
      if (alarms && firingAlarms.length === 0) inBackground(this.world, this.pollAlarms(signal));
    });
  }

  private queue(act: Act): void {
    // Of a rolling update tasks are to start before the call returns.
    if (act.type === 'scale-up') this.tasks.startTarget(this.traffic.targetGroupOf);
    this.enqueue(async (signal) => {
      await this.act(act, signal);
      if (!signal.aborted) this.dispatch({ type: 'done', act: act.type });
    });
  }

  private enqueue(work: (signal: AbortSignal) => Promise<void>): void {
    const { signal } = this.halted;
    this.acts = this.acts.then(async () => {
      if (signal.aborted) return;
      await work(signal).catch((error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof DeploymentProblem)) throw error;
        this.dispatch({ type: 'failure', reason: error.message });
      });
    });
    inBackground(this.world, this.acts);
  }

  private async act(act: Act, signal: AbortSignal): Promise<void> {
    switch (act.type) {
      case 'reconcile':
        await this.traffic.reconcile();
        await this.tasks.reconcile(signal);
        return this.traffic.find();
      case 'scale-up':
        return this.tasks.whenTargetHealthy(signal);
      case 'route-test':
        return this.traffic.routeTest(act.targetPercent, signal);
      case 'route-production':
        return this.traffic.routeProduction(act.targetPercent, signal);
      case 'clean-up':
        return this.tasks.cleanUp();
      case 'remove-target':
        if (this.deployment.progress.plan.reconciles) await this.traffic.reconcile();
        return this.tasks.removeOthers();
      case 'restore-source':
        return this.tasks.restoreSource(signal);
    }
  }

  private async callHook(execution: HookExecution): Promise<void> {
    const { signal } = this.halted;
    const { id, hook, stage } = execution;
    const { service, target, arn } = this.deployment;
    const input = {
      executionId: id,
      lifecycleStage: stage,
      resourceArn: arn,
      executionDetails: { serviceArn: service.arn, targetServiceRevisionArn: target.arn, ...this.weightsIn(stage) },
    };
    const details = merged(hook.details, this.details.get(id));
    const result = await invokeHook(this.world, hook, input, details);
    if (signal.aborted) return;
    this.details.set(id, result.details);
    this.dispatch({ type: 'hook-response', id, response: result.response });
  }

  /** Both are empty but at the two stages that shift traffic. */
  private weightsIn(stage: string) {
    const { productionPercent, testPercent } = this.deployment.progress;
    const shifts = stage === 'PRODUCTION_TRAFFIC_SHIFT' || stage === 'TEST_TRAFFIC_SHIFT';
    const weights = (percent: number) => (shifts ? this.byRevision(percent) : {});
    return { testTrafficWeights: weights(testPercent), productionTrafficWeights: weights(productionPercent) };
  }

  private byRevision(targetPercent: number): Readonly<Record<string, number>> {
    const [source] = this.deployment.sources;
    const target = { [this.deployment.target.arn]: targetPercent };
    return source ? { [source.arn]: 100 - targetPercent, ...target } : target;
  }

  private async pollAlarms(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        await this.world.clock.sleep(this.world.parameters.serviceDeploymentAlarmPollMs, signal);
        const names = await this.firingAlarms();
        if (!signal.aborted && names.length > 0) this.dispatch({ type: 'alarm', names });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Read with ECS's service-linked role: no policy of the account limits it. */
  private async firingAlarms(): Promise<readonly string[]> {
    const AlarmNames = this.deployment.progress.plan.alarms?.names ?? [];
    if (AlarmNames.length === 0) return [];
    type Found = readonly { readonly AlarmName: string; readonly StateValue: string }[];
    const { MetricAlarms = [], CompositeAlarms = [] } = await this.world
      .call<{ MetricAlarms?: Found; CompositeAlarms?: Found }>(INTERNAL, 'cloudwatch', 'DescribeAlarms', {
        AlarmNames,
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      })
      .catch((error: unknown) => {
        throw new DeploymentProblem(reasonOf(error));
      });
    return [...MetricAlarms, ...CompositeAlarms]
      .filter(({ StateValue }) => StateValue === 'ALARM')
      .map(({ AlarmName }) => AlarmName);
  }
}

/** "hookDetails ... merged into the next event": deployment-lifecycle-hooks, passing state. */
function merged(configured: unknown, returned: unknown): unknown {
  const isObject = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (returned === undefined) return configured;
  return isObject(configured) && isObject(returned) ? { ...configured, ...returned } : returned;
}
