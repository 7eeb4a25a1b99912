/** The service deployments of an account's services: one at a time for each service. */
import { arn, AwsError, type World } from '../../../core/service';
import type { LaunchSettings } from '../shapes';
import { type ServiceState, shortName } from '../state';
import { planOf } from './configuration';
import { type DeploymentState, type HookAction, initialState, isOpen, isPastReturn, isTerminal } from './machine';
import { ServiceDeploymentRunner } from './runner';
import type { RunningDeployment } from './running-deployment';
import type { ServiceRevision } from './service-deployment';
import type { ServiceHost } from './tasks';

const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export class ServiceDeployments {
  /** The one under way, by service; a newer one waits for it to end. */
  private readonly running = new Map<ServiceState, ServiceDeploymentRunner>();
  private readonly waiting = new Map<ServiceState, ServiceDeploymentRunner>();

  constructor(
    private readonly world: World,
    private readonly host: ServiceHost,
  ) {}

  /** Begins a deployment; one that is under way is stopped first. */
  start(service: ServiceState, launch: LaunchSettings): RunningDeployment {
    const deployment = this.create(service, launch);
    service.launch = deployment.target.launch;
    const runner = new ServiceDeploymentRunner(this.world, this.host, deployment, () =>
      this.ended(service, deployment),
    );
    const before = this.running.get(service);
    this.waiting.get(service)?.dispatch({ type: 'superseded' });
    if (before) {
      this.waiting.set(service, runner);
      before.dispatch({ type: 'superseded' });
    } else this.begin(service, runner);
    return deployment;
  }

  /** The deployment that decides what the service becomes. */
  newest(service: ServiceState): RunningDeployment | undefined {
    return service.deployments.at(-1) as RunningDeployment | undefined;
  }

  /**
   * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html
   * @throws AwsError ServiceDeploymentNotFoundException, ConflictException
   */
  stopDeployment(serviceDeploymentArn: string, stopType: 'ROLLBACK' | 'ABORT'): void {
    const deployment = this.find(serviceDeploymentArn);
    if (isTerminal(deployment.progress.status) || isPastReturn(deployment.progress))
      throw new AwsError('ConflictException', 'The service deployment is not in a state in which it can be stopped.');
    this.runnerOf(deployment)?.dispatch({ type: 'stop', stopType });
  }

  /** Rolls it back unless it has ended, or is on its way. */
  cancel(deployment: RunningDeployment): void {
    this.runnerOf(deployment)?.dispatch({ type: 'stop', stopType: 'ROLLBACK' });
  }

  /**
   * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html
   * @throws AwsError InvalidParameterException, ServiceDeploymentNotFoundException
   */
  continueDeployment(serviceDeploymentArn: string, id: string, action: HookAction): void {
    const invalid = (message: string) => new AwsError('InvalidParameterException', message);
    const deployment = this.find(serviceDeploymentArn);
    if (!/^ecs-[a-z]+-.+/.test(id)) throw invalid('Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}');
    if (isTerminal(deployment.progress.status))
      throw invalid('Continuing a service deployment is not allowed for service deployment in terminal states.');
    const execution = deployment.progress.executions.find((each) => each.id === id);
    if (execution?.hook.targetType !== 'PAUSE' || !isOpen(execution))
      throw invalid('Provided hookId is either completed, unavailable, or not associated with the given Resource ARN');
    this.runnerOf(deployment)?.dispatch({ type: 'continue', id, action });
  }

  /** @throws AwsError ServiceDeploymentNotFoundException */
  find(serviceDeploymentArn: string): RunningDeployment {
    const found = this.all().find((each) => each.arn === serviceDeploymentArn);
    if (found) return found;
    throw new AwsError('ServiceDeploymentNotFoundException', 'The service deployment does not exist.');
  }

  all(): readonly RunningDeployment[] {
    return this.host.state.services.flatMap((service) => service.deployments as RunningDeployment[]);
  }

  /** Of a service that is deleted: "Amazon ECS deletes the corresponding service deployments". */
  forget(service: ServiceState): void {
    for (const runners of [this.waiting, this.running]) {
      runners.get(service)?.halt();
      runners.delete(service);
    }
    service.deployments.length = 0;
  }

  stop(): void {
    for (const runner of [...this.running.values(), ...this.waiting.values()]) runner.halt();
  }

  private create(service: ServiceState, launch: LaunchSettings): RunningDeployment {
    const { parameters, ids, clock } = this.world;
    this.adopt(service);
    const target = this.revision(service, launch);
    const sources = activeRevisions(service);
    const id = ids.token(21, ID_LETTERS);
    const plan = planOf(service.configuration, {
      hasSource: service.currentRevision !== undefined,
      reconciles: sources.length > 1 || this.running.has(service),
      rollbackDelayMs: parameters.serviceDeploymentRollbackMs,
      alarmBakeMs: parameters.serviceDeploymentAlarmBakeMs,
      desiredCount: service.desiredCount,
      idPrefix: ids.token(20, ID_LETTERS),
    });
    const nowMs = clock.now();
    const deployment: RunningDeployment = {
      arn: arn(this.world, 'ecs', `service-deployment/${service.cluster.name}/${service.name}/${id}`),
      service,
      configuration: service.configuration,
      target,
      sources,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      progress: initialState(plan),
    };
    service.deployments.push(deployment);
    return deployment;
  }

  /** What another deployment controller left running is what a rollback goes back to. */
  private adopt(service: ServiceState): void {
    const primary = service.taskSets.find(({ status }) => status === 'PRIMARY');
    if (service.currentRevision || service.revisions.length > 0 || !primary) return;
    service.currentRevision = this.revision(service, service.launch, primary.id);
    service.currentRevision.targetGroupArns = primary.loadBalancers.map(({ targetGroupArn }) => targetGroupArn);
  }

  private revision(
    service: ServiceState,
    launch: LaunchSettings,
    taskSetId = this.host.newTaskSetId(),
  ): ServiceRevision {
    const name = `service-revision/${service.cluster.name}/${service.name}/${shortName(taskSetId)}`;
    const revision: ServiceRevision = {
      arn: arn(this.world, 'ecs', name),
      taskSetId,
      createdAtMs: this.world.clock.now(),
      launch,
    };
    service.revisions.push(revision);
    return revision;
  }

  private begin(service: ServiceState, runner: ServiceDeploymentRunner): void {
    this.running.set(service, runner);
    runner.dispatch({ type: 'start' });
  }

  private ended(service: ServiceState, deployment: RunningDeployment): void {
    if (this.running.get(service)?.deployment !== deployment) return;
    this.running.delete(service);
    settle(service, deployment);
    const next = this.waiting.get(service);
    this.waiting.delete(service);
    if (next && !isTerminal(next.deployment.progress.status)) this.begin(service, next);
  }

  private runnerOf(deployment: RunningDeployment): ServiceDeploymentRunner | undefined {
    const { service } = deployment;
    return [this.running.get(service), this.waiting.get(service)].find((each) => each?.deployment === deployment);
  }
}

/** What the service has from then on, unless a newer deployment has changed it already. */
function settle(service: ServiceState, { target, progress }: { target: ServiceRevision; progress: DeploymentState }) {
  if (progress.status === 'SUCCESSFUL') service.currentRevision = target;
  const isNewest = service.revisions.at(-1) === target;
  if (progress.status === 'ROLLBACK_SUCCESSFUL' && service.currentRevision && isNewest)
    service.launch = service.currentRevision.launch;
}

/** The one that was good last comes first: a rollback goes back to it. */
function activeRevisions({ revisions, taskSets, currentRevision }: ServiceState): readonly ServiceRevision[] {
  const active = revisions.filter(({ taskSetId }) =>
    taskSets.some(({ id, status }) => id === taskSetId && status !== 'DRAINING'),
  );
  const others = active.filter((revision) => revision !== currentRevision);
  return currentRevision ? [currentRevision, ...others] : others;
}
