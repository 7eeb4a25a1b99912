import {
  advance,
  type DeploymentEvent,
  type DeploymentPlan,
  type DeploymentState,
  type Effect,
  type Hook,
  type HookResponse,
  initialState,
  isOpen,
  isTerminal,
  stageOf,
  type TimerName,
} from '../../rehearsal/services/ecs/deployment/machine';
import { STAGES, type Stage } from '../../rehearsal/services/ecs/deployment/stages';
import { forwardSteps } from '../../rehearsal/services/ecs/deployment/steps';

/** An event before it gets its time. */
export type Unstamped = DeploymentEvent extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'atMs'>
    : never
  : never;

const HOUR_MS = 3_600_000;

export const lambda = (...stages: Stage[]): Hook => ({
  targetType: 'AWS_LAMBDA',
  targetArn: 'arn:aws:lambda:us-east-1:111111111111:function:gate',
  stages,
  timeoutMs: 24 * HOUR_MS,
  timeoutAction: 'ROLLBACK',
});
export const pause = (timeoutAction: Hook['timeoutAction'], ...stages: Stage[]): Hook => ({
  targetType: 'PAUSE',
  stages,
  timeoutMs: HOUR_MS,
  timeoutAction,
});

/** More steps than any deployment has. */
const STEPS_MAX = 1_000;

/** The world of one service deployment as its machine changes it, and what in it must not be. */
export class DeploymentWorld {
  state: DeploymentState;
  readonly timers = new Map<TimerName, number>();
  readonly acts: string[] = [];
  readonly hookStages: Stage[] = [];
  readonly productionShares: number[] = [];
  readonly waits: number[] = [];
  /** Each invariant that did not hold. */
  readonly problems: string[] = [];
  private target: 'absent' | 'starting' | 'healthy' | 'removed' = 'absent';
  private source: 'healthy' | 'absent' | 'removed';
  private production = 0;
  private readonly order: { readonly forward: Stage[]; readonly back: Stage[] } = { forward: [], back: [] };

  constructor(readonly plan: DeploymentPlan) {
    this.state = initialState(plan);
    this.source = plan.hasSource ? 'healthy' : 'absent';
  }

  send(event: Unstamped): void {
    const stamped = { atMs: 0, ...event } as DeploymentEvent;
    const before = this.state;
    if (stamped.type === 'timer') this.timers.delete(stamped.timer);
    const { state, effects } = advance(before, stamped);
    this.state = state;
    if (stamped.type === 'done' && before.awaiting === stamped.act) this.took(before);
    for (const effect of effects) this.perform(effect);
    this.check();
  }

  response(response: HookResponse): void {
    const execution = this.state.executions.find((each) => isOpen(each) && each.hook.targetType === 'AWS_LAMBDA');
    if (execution) this.send({ type: 'hook-response', id: execution.id, response });
  }

  /** What is awaited happens, and well. */
  step(): void {
    const { awaiting } = this.state;
    if (awaiting === undefined || isTerminal(this.state.status)) return;
    if (awaiting === 'prepared') return this.send({ type: 'prepared', firingAlarms: [] });
    if (awaiting === 'hooks') return this.passHook();
    if (awaiting === 'wait' || awaiting === 'rollback' || awaiting === 'stop')
      return this.send({ type: 'timer', timer: awaiting });
    this.send({ type: 'done', act: awaiting });
  }

  finishUntil(stage: Stage): void {
    for (let steps = 0; stageOf(this.state) !== stage && steps < STEPS_MAX; steps++) this.step();
  }

  finish(): void {
    for (let steps = 0; !isTerminal(this.state.status) && steps < STEPS_MAX; steps++) this.step();
  }

  private passHook(): void {
    const [execution] = this.state.executions.filter(isOpen);
    if (execution?.hook.targetType === 'PAUSE')
      return this.send({ type: 'continue', id: execution.id, action: 'CONTINUE' });
    this.response({ status: 'SUCCEEDED' });
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'set-timer':
        if (effect.timer === 'wait') this.waits.push(effect.delayMs);
        return void this.timers.set(effect.timer, effect.delayMs);
      case 'cancel-timer':
        return void this.timers.delete(effect.timer);
      case 'halt':
        return this.timers.clear();
      case 'invoke-hook':
        return this.hookCalled(effect.execution.stage);
      case 'act':
        return this.began(effect);
      default:
        return;
    }
  }

  private began({ act }: Extract<Effect, { type: 'act' }>): void {
    this.acts.push('targetPercent' in act ? `${act.type} ${act.targetPercent}` : act.type);
    if (act.type === 'scale-up') this.target = 'starting';
    if (act.type === 'clean-up') {
      if (this.plan.strategy !== 'ROLLING')
        this.demand(this.production === 100, 'the source goes while it has traffic');
      if (this.source === 'healthy') this.source = 'removed';
    }
    if (act.type === 'remove-target') {
      this.demand(this.production === 0 || this.source === 'absent', 'the target goes while it has traffic');
      this.target = 'removed';
    }
    if (act.type === 'route-production' && act.targetPercent > 0)
      this.demand(this.target === 'healthy', `${act.targetPercent} % goes to a revision that is ${this.target}`);
    if (act.type === 'route-production' && act.targetPercent < 100)
      this.demand(this.source !== 'removed', 'traffic goes to a source that is removed');
  }

  private took(before: DeploymentState): void {
    const act = before.steps[before.position]?.act;
    if (act?.type === 'scale-up') this.target = 'healthy';
    if (act?.type !== 'route-production') return;
    this.production = act.targetPercent;
    this.productionShares.push(act.targetPercent);
  }

  /** Forward as documented; in a rollback only the two shifts, production first. A repeated call is no new place. */
  private hookCalled(stage: Stage): void {
    this.hookStages.push(stage);
    const order = this.state.rollback ? this.order.back : this.order.forward;
    if (order.at(-1) !== stage) order.push(stage);
    const documented = this.state.rollback
      ? (['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT'] as const)
      : forwardSteps(this.plan).map((step) => step.stage);
    this.demand(isSubsequence(order, documented), `hooks were called in the order ${order.join(', ')}`);
  }

  private check(): void {
    const { productionPercent, testPercent } = this.state;
    for (const percent of [productionPercent, testPercent])
      this.demand(percent >= 0 && percent <= 100, `a weight of ${percent}`);
    this.demand(productionPercent === this.production, `${productionPercent} % known, ${this.production} % routed`);
    const stage = stageOf(this.state);
    this.demand(stage === undefined || STAGES.includes(stage), `stage ${stage}`);
    if (this.state.status === 'ROLLBACK_SUCCESSFUL' && this.plan.strategy !== 'ROLLING')
      this.demand(this.production === 0, 'a rollback left traffic on the target');
    if (this.state.status === 'SUCCESSFUL' && this.plan.strategy !== 'ROLLING')
      this.demand(this.production === 100, 'a success left traffic on the source');
    if (isTerminal(this.state.status)) this.demand(this.timers.size === 0, 'a timer outlives the deployment');
  }

  private demand(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }
}

function isSubsequence(part: readonly Stage[], whole: readonly Stage[]): boolean {
  let at = 0;
  for (const stage of whole) if (stage === part[at]) at += 1;
  return at === part.length;
}
