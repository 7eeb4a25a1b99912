import { INTERNAL, type World } from '../../../core/service';
import type { EcsState } from '../state';
import { type DeploymentState, type HookExecution, isRollingBack, isTerminal } from './machine';
import type { Route } from './routes';
import type { RunningDeployment } from './running-deployment';

type EventName = 'SERVICE_DEPLOYMENT_IN_PROGRESS' | 'SERVICE_DEPLOYMENT_COMPLETED' | 'SERVICE_DEPLOYMENT_FAILED';

/** Reports a service deployment to the timeline, to the service's events and to EventBridge. */
export class Announcer {
  constructor(
    private readonly world: World,
    private readonly state: EcsState,
    private readonly deployment: RunningDeployment,
  ) {}

  changes(before: DeploymentState | undefined, after: DeploymentState): void {
    const known = before?.executions.length ?? 0;
    after.executions.slice(0, known).forEach((execution, index) => {
      if (before?.executions[index]?.status !== execution.status) this.hook(execution);
    });
    // Stages without hooks pass in no time: each is reported.
    const from = before?.steps === after.steps ? before.position + 1 : 0;
    for (const { stage } of after.steps.slice(from, after.position + 1)) this.stage(stage, after);
    for (const execution of after.executions.slice(known)) this.hook(execution);
    if (before?.status === after.status) return;
    this.status(after);
    if (after.status === 'IN_PROGRESS') this.notify('SERVICE_DEPLOYMENT_IN_PROGRESS', `${this.title} in progress.`);
    if (after.status === 'SUCCESSFUL') {
      this.say(`(service ${this.name}) (deployment ${this.id}) deployment completed.`);
      this.notify('SERVICE_DEPLOYMENT_COMPLETED', `${this.title} completed.`);
    }
    if (before && !before.rollback && after.rollback) this.failed(after);
    else if (after.status === 'STOPPED') this.notify('SERVICE_DEPLOYMENT_FAILED', after.statusReason ?? '');
  }

  weights(kind: 'production' | 'test', routes: readonly Route[], targetPercent: number): void {
    const shares = `${kind} traffic: blue ${100 - targetPercent} %, green ${targetPercent} %`;
    for (const { liveGroupArn, targetGroupArn } of routes)
      this.record('weights', shares, {
        route: kind,
        bluePercent: 100 - targetPercent,
        greenPercent: targetPercent,
        weights: { [liveGroupArn]: 100 - targetPercent, [targetGroupArn]: targetPercent },
      });
  }

  private get name(): string {
    return this.deployment.service.name;
  }

  private get id(): string {
    return this.deployment.target.taskSetId;
  }

  private get title(): string {
    return `ECS deployment ${this.id}`;
  }

  private stage(stage: string, after: DeploymentState): void {
    const back = isRollingBack(after) ? ' of the rollback' : '';
    this.record('lifecycle', `${stage}${back}`, { stage, rollback: isRollingBack(after) });
  }

  private status({ status, statusReason }: DeploymentState): void {
    const reason = statusReason === undefined ? '' : `: ${statusReason}`;
    this.record('deployment', `${this.name} ${status}${reason}`, { status, statusReason });
  }

  /** The service events that troubleshooting pages and deployment-failure-detection show. */
  private failed({ circuitBreaker, alarms, rollback, status, statusReason }: DeploymentState): void {
    const why =
      circuitBreaker.status === 'TRIGGERED'
        ? 'tasks failed to start.'
        : alarms.status === 'TRIGGERED'
          ? 'alarm detected.'
          : (rollback?.reason ?? '');
    const title = `(service ${this.name}) (deployment ${this.id})`;
    this.say(`${title} deployment failed: ${why}`);
    this.notify('SERVICE_DEPLOYMENT_FAILED', `${this.title} ${rollback?.reason ?? ''}`);
    const [source] = this.deployment.sources;
    if (status === 'ROLLBACK_FAILED') this.say(`${title} ${statusReason ?? ''}`);
    else if (source) this.say(`(service ${this.name}) rolling back to deployment ${source.taskSetId}.`);
  }

  private hook({ id, hook, stage, status, expiresAtMs }: HookExecution): void {
    const target = hook.targetArn?.split(':').at(-1) ?? 'PAUSE';
    this.record('hook', `${stage}: ${target} ${status}`, { stage, hookId: id, targetArn: hook.targetArn, status });
    // Events are sent of pauses only: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
    if (hook.targetType !== 'PAUSE') return;
    this.put('ECS Hook State Change', {
      eventType: 'INFO',
      eventName: `HOOK_${status}`,
      hookId: id,
      hookType: 'PAUSE',
      expiresAt: new Date(expiresAtMs).toISOString(),
      lifecycleStage: stage,
      serviceArn: this.deployment.service.arn,
      serviceDeploymentArn: this.deployment.arn,
    });
  }

  private notify(eventName: EventName, reason: string): void {
    const eventType = eventName === 'SERVICE_DEPLOYMENT_FAILED' ? 'ERROR' : 'INFO';
    this.put('ECS Deployment State Change', { eventType, eventName, deploymentId: this.id, reason });
  }

  /** Best effort, as on AWS. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
  private put(DetailType: string, detail: Readonly<Record<string, unknown>>): void {
    const { service } = this.deployment;
    const updatedAt = new Date(this.world.clock.now()).toISOString();
    const Detail = JSON.stringify({ ...detail, clusterArn: service.cluster.arn, updatedAt });
    const entry = { Source: 'aws.ecs', DetailType, Resources: [service.arn], Detail };
    this.world.call(INTERNAL, 'events', 'PutEvents', { Entries: [entry] }).catch(() => undefined);
  }

  private say(message: string): void {
    this.state.addEvent(this.deployment.service, message);
  }

  private record(event: string, detail: string, data: Readonly<Record<string, unknown>>): void {
    const { service, arn, target } = this.deployment;
    // What there is to report of a plain rolling update, its tasks report.
    if (this.isPlain()) return;
    const common = { service: service.name, serviceDeploymentArn: arn, targetServiceRevisionArn: target.arn };
    this.world.events.record('ecs', event, detail, { ...common, ...data });
  }

  private isPlain(): boolean {
    const { progress } = this.deployment;
    return progress.plan.strategy === 'ROLLING' && !progress.rollback && !isTerminal(progress.status);
  }
}
