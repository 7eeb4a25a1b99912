import {
  type DeploymentStatus,
  isOpen,
  isRollingBack,
  isTerminal,
} from '../../../rehearsal/services/ecs/deployment/machine';
import type { RunningDeployment } from '../../../rehearsal/services/ecs/deployment/running-deployment';
import { STAGES, type Stage } from '../../../rehearsal/services/ecs/deployment/stages';
import type { HookMode, ServiceHistory } from './service-history';
import { type HookPayload, PRODUCTION_RULE, type Weights } from './service-deployment-fakes';

/**
 * Which statuses follow each other: service-deployment and stop-service-deployment of the ECS guide. The first deployment
 * of a service, which has nothing to go back to, is not part of a history.
 */
const NEXT: Readonly<Record<DeploymentStatus, readonly DeploymentStatus[]>> = {
  PENDING: ['IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED'],
  IN_PROGRESS: ['SUCCESSFUL', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'],
  STOP_REQUESTED: ['STOPPED'],
  // With nothing to undo, ROLLBACK_IN_PROGRESS takes no time. STOP_REQUESTED is for one that waits while a third comes [assumed].
  ROLLBACK_REQUESTED: ['ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOP_REQUESTED'],
  ROLLBACK_IN_PROGRESS: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'],
  STOPPED: [],
  SUCCESSFUL: [],
  ROLLBACK_SUCCESSFUL: [],
  ROLLBACK_FAILED: [],
};
const IN_PROGRESS: readonly DeploymentStatus[] = ['IN_PROGRESS', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];
/** A rollback has these, in this order: docs/fidelity/ecs.md. */
const BACK: readonly Stage[] = ['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT', 'CLEAN_UP'];
/** Those that come once for each step. */
const REPEATED: readonly Stage[] = ['PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];

/** What must hold in the history of a service, whatever happens in it. */
export class ServiceInvariants {
  readonly problems = new Set<string>();
  /** How often something happened that the invariants are about. */
  readonly reached = new Map<string, number>();
  /** Hook executions that their function let pass, and pauses that somebody ended. */
  readonly passed = new Set<string>();
  readonly continued = new Set<string>();
  private readonly calls = new Map<string, number>();
  private readonly statuses = new Map<string, DeploymentStatus>();
  private readonly stages = new Map<string, Stage>();
  /** Task sets of revisions that were rolled back. */
  private readonly rolledBack = new Set<string>();
  /**
   * Somebody changed the rule: until a release succeeds, ECS itself may be wrong about the live side. The first revision is
   * healthy before it has traffic, and nothing else is there.
   */
  private misled = true;
  private resetSinceShift = false;

  constructor(private readonly history: ServiceHistory) {
    history.world.events.subscribe(({ source, event, data }) => {
      if (event === 'fault') this.fail(`fault: ${String(data.message)}`);
      if (source !== 'ecs' || event === 'hook') return;
      const deployment = history.deployments.find(({ arn }) => arn === data.serviceDeploymentArn);
      if (deployment && event === 'deployment') this.statusChanged(deployment);
      if (deployment && event === 'lifecycle') this.stageEntered(deployment, data.stage as Stage);
      this.check();
    });
  }

  fail(problem: string): void {
    this.problems.add(problem);
  }

  reach(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  }

  ruleReset(): void {
    this.reach('rule reset');
    this.misled = true;
    this.resetSinceShift = true;
  }

  ruleModified(ruleArn: string): void {
    const weights = this.history.rules.get(ruleArn) ?? {};
    const total = sum(weights);
    this.demand(total === 100 || total === 1_000, `weights add up to ${total}`);
    const back = this.history.deployments.find(({ progress }) => isRollingBack(progress));
    const [target = ''] = back?.target.targetGroupArns ?? [];
    if (back && !this.misled)
      this.demand((weights[target] ?? 0) === 0, 'a rollback gives weight to what it rolls back');
    if (ruleArn === PRODUCTION_RULE) this.resetSinceShift = false;
    this.check();
  }

  /** @returns how often the execution was called by now */
  hookCalled({ executionId, lifecycleStage, resourceArn, executionDetails }: HookPayload, mode: HookMode): number {
    this.reach(`hook ${mode}`);
    const deployment = this.history.deployments.find(({ arn }) => arn === resourceArn);
    if (!deployment || isTerminal(deployment.progress.status)) this.fail('a hook is called after its deployment');
    else if (lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT')
      this.checkWeights(deployment, executionDetails.productionTrafficWeights);
    const count = (this.calls.get(executionId) ?? 0) + 1;
    this.calls.set(executionId, count);
    return count;
  }

  /** What the hook is seenWeights is what the rule does. */
  private checkWeights({ progress, target, sources }: RunningDeployment, seenWeights: Weights): void {
    const percent = seenWeights[target.arn] ?? -1;
    const back = isRollingBack(progress);
    this.reach(back ? 'weights of a rollback' : 'weights of a shift');
    const allowed = back ? [0] : progress.plan.shares;
    this.demand(allowed.includes(percent), `a hook sees ${percent} %, back: ${back}`);
    this.demand((seenWeights[sources[0]?.arn ?? ''] ?? -1) === 100 - percent, 'weights of a hook do not add up to 100');
    if (!this.resetSinceShift)
      this.demand(Math.abs(this.shareOf(target.targetGroupArns?.[0]) - percent) < 0.05, 'a hook sees other weights');
  }

  private statusChanged(deployment: RunningDeployment): void {
    const { arn, progress } = deployment;
    const { status } = progress;
    const before = this.statuses.get(arn) ?? 'PENDING';
    this.demand(NEXT[before].includes(status), `${before} is followed by ${status}`);
    this.statuses.set(arn, status);
    if (isRollingBack(progress)) this.stages.delete(arn);
    if (before === 'IN_PROGRESS' && progress.alarms.status === 'TRIGGERED')
      this.reach(progress.productionPercent === 100 ? 'alarm in the bake' : 'alarm before the bake');
    if (!isTerminal(status)) return;
    this.reach(status);
    this.reachedBy(deployment);
    this.checkHooks(deployment);
    if (status === 'SUCCESSFUL') this.succeeded(deployment);
    if (status === 'ROLLBACK_SUCCESSFUL') this.wentBack(deployment);
  }

  private reachedBy({ progress }: RunningDeployment): void {
    const { alarms, circuitBreaker, plan, executions, statusReason } = progress;
    if (plan.alarms && alarms.status === 'DISABLED') this.reach('alarm before the start');
    if (circuitBreaker.status === 'TRIGGERED') this.reach('circuit breaker');
    if (/newer/.test(statusReason ?? '')) this.reach('superseded');
    for (const { hook, status } of executions) this.reach(`${hook.targetType} ${status}`);
  }

  /** Each hook has an end, and the one that it was given. */
  private checkHooks({ progress }: RunningDeployment): void {
    const nowMs = this.history.clock.now();
    for (const execution of progress.executions) {
      const { id, status, hook, expiresAtMs } = execution;
      this.demand(!isOpen(execution), 'a hook outlives its deployment');
      if (status === 'TIMED_OUT') this.demand(nowMs >= expiresAtMs, 'a hook timed out too early');
      if (status === 'SUCCEEDED') this.demand(this.passed.has(id) || this.continued.has(id), 'a hook passed by itself');
      if (progress.status !== 'SUCCESSFUL' || status === 'SUCCEEDED') continue;
      this.demand(status === 'TIMED_OUT' && hook.timeoutAction === 'CONTINUE', `success with a hook that ${status}`);
    }
  }

  private succeeded({ target }: RunningDeployment): void {
    const primary = this.history.service.taskSets.find(({ status }) => status === 'PRIMARY');
    this.demand(primary?.id === target.taskSetId, 'the released revision is not the primary one');
    if (this.resetSinceShift) return;
    this.demand(this.shareOf(target.targetGroupArns?.[0]) === 100, 'a released revision does not have all traffic');
    this.misled = false;
  }

  private wentBack({ target, sources }: RunningDeployment): void {
    const [source] = sources;
    const { service } = this.history;
    this.rolledBack.add(target.taskSetId);
    if (!this.misled)
      this.demand(this.shareOf(source?.targetGroupArns?.[0]) === 100, 'a rollback left traffic somewhere else');
    const primary = service.taskSets.find(({ status }) => status === 'PRIMARY');
    this.demand(primary?.id === source?.taskSetId, 'after a rollback the source is not the primary one');
  }

  /** What changes from moment to moment. */
  private check(): void {
    const { service, deployments, rules } = this.history;
    const open = deployments.filter(
      ({ progress }) => IN_PROGRESS.includes(progress.status) && progress.startedAtMs !== undefined,
    );
    this.demand(open.length <= 1, 'two deployments are in progress');
    const running = service.taskSets.filter(({ status }) => status !== 'DRAINING');
    this.demand(!running.some(({ id }) => this.rolledBack.has(id)), 'what was rolled back runs again');
    const healthy = new Set(running.filter(({ steady }) => steady).map(groupOf));
    const serving = Object.entries(rules.get(PRODUCTION_RULE) ?? {}).filter(([, weight]) => weight > 0);
    if (this.misled || healthy.size === 0) return;
    const starved = serving.filter(([group]) => !healthy.has(group));
    this.demand(starved.length === 0, 'traffic goes to a side without healthy targets');
  }

  /** Forward in the documented order, with the two around a shift once a step; back by the two shifts. */
  private stageEntered({ arn, progress }: RunningDeployment, stage: Stage): void {
    const before = this.stages.get(arn);
    this.stages.set(arn, stage);
    const order = isRollingBack(progress) ? BACK : STAGES;
    this.demand(order.includes(stage), `${stage} is a stage of a rollback`);
    if (before === undefined) return;
    const [from, to] = [order.indexOf(before), order.indexOf(stage)];
    const isStep = REPEATED.includes(before) && REPEATED.includes(stage) && !isRollingBack(progress);
    this.demand(to > from || isStep, `${before} is followed by ${stage}`);
  }

  private shareOf(group = ''): number {
    const weights = this.history.rules.get(PRODUCTION_RULE) ?? {};
    return ((weights[group] ?? 0) / sum(weights)) * 100;
  }

  private demand(holds: boolean, problem: string): void {
    if (!holds) this.problems.add(problem);
  }
}

const sum = (weights: Weights) => Object.values(weights).reduce((total, weight) => total + weight, 0);
const groupOf = ({ loadBalancers }: { readonly loadBalancers: readonly { readonly targetGroupArn: string }[] }) =>
  loadBalancers[0]?.targetGroupArn ?? '';
