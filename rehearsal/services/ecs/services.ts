/** What the API and CloudFormation both do to services: create, update, task sets, delete. */
import { arn, AwsError, type World } from '../../core/service';
import { checkStrategy, strategyOf } from './capacity';
import { checkConfiguration, type DeploymentConfiguration } from './deployment/configuration';
import { ServiceDeployments } from './deployment/service-deployments';
import type { Reconciler } from './reconciler';
import type { LaunchSettings } from './shapes';
import {
  type Cluster,
  type DeploymentController,
  type EcsState,
  type ServiceState,
  shortName,
  type TaskSet,
} from './state';

export interface NewService {
  readonly name: string;
  readonly cluster?: string;
  readonly controller: DeploymentController;
  readonly desiredCount: number;
  readonly launch: LaunchSettings;
  readonly configuration: DeploymentConfiguration;
  readonly healthCheckGracePeriodMs: number;
}

export interface NewTaskSet {
  /** Default: a new one. */
  readonly id?: string;
  readonly launch: LaunchSettings;
  readonly scalePercent: number;
  readonly status: TaskSet['status'];
  readonly externalId?: string;
  readonly startedBy?: string;
  readonly clientToken?: string;
}

const invalid = (message: string) => new AwsError('InvalidParameterException', message);

export class Services {
  readonly deployments: ServiceDeployments;
  private readonly ending = new AbortController();

  constructor(
    private readonly world: World,
    readonly state: EcsState,
    private readonly reconciler: Reconciler,
  ) {
    this.deployments = new ServiceDeployments(world, this);
  }

  /** Ends every wait. */
  stop(): void {
    this.deployments.stop();
    this.ending.abort(new Error('the rehearsal ends'));
  }

  /** @throws AwsError ClusterNotFoundException, ClientException, InvalidParameterException */
  create(spec: NewService): ServiceState {
    const cluster = this.state.cluster(spec.cluster);
    if (this.state.findService(cluster.name, spec.name)?.status === 'ACTIVE') {
      throw invalid('Creation of service was not idempotent.');
    }
    const launch = this.checked(spec.launch, cluster);
    checkConfiguration(spec.configuration, launch.loadBalancers);
    const service: ServiceState = {
      ...spec,
      cluster,
      launch,
      arn: this.state.serviceArn(cluster.name, spec.name),
      createdAtMs: this.world.clock.now(),
      status: 'ACTIVE',
      taskSets: [],
      tasks: [],
      events: [],
      health: new Map(),
      ...boundsOf(spec.configuration),
      deployments: [],
      revisions: [],
    };
    this.state.services.push(service);
    if (spec.controller === 'ECS') this.deployments.start(service, launch);
    else this.addTaskSet(service, { launch, scalePercent: 100, status: 'PRIMARY' });
    return service;
  }

  /** @throws AwsError as for a service: the task definition must be ACTIVE and have the load balancer's container */
  addTaskSet(service: ServiceState, spec: NewTaskSet): TaskSet {
    const id = spec.id ?? this.newTaskSetId();
    const nowMs = this.world.clock.now();
    const set: TaskSet = {
      ...this.checked(spec.launch, service.cluster),
      id,
      arn: arn(this.world, 'ecs', `task-set/${service.cluster.name}/${service.name}/${id}`),
      externalId: spec.externalId,
      startedBy: spec.startedBy,
      clientToken: spec.clientToken,
      status: spec.status,
      scalePercent: spec.scalePercent,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      steady: false,
      steadyChangedAtMs: nowMs,
      failedStarts: 0,
    };
    service.taskSets = [...service.taskSets, set];
    const detail = `${service.name}: task set ${id} of ${shortName(set.taskDefinition)} is created`;
    this.record(service, set, 'task-set-created', detail);
    this.reconciler.poke();
    return set;
  }

  /** The former primary becomes ACTIVE, and the service takes over what the new one runs with. */
  makePrimary(service: ServiceState, primary: TaskSet): void {
    this.setPrimary(service, primary);
    const { taskDefinition, loadBalancers, networkConfiguration, launchType } = primary;
    const { capacityProviderStrategy, platformVersion } = primary;
    const network = { networkConfiguration, launchType, capacityProviderStrategy, platformVersion };
    service.launch = { taskDefinition, loadBalancers, ...network };
    this.record(service, primary, 'task-set-primary', `${service.name}: task set ${primary.id} is primary`);
    this.reconciler.poke();
  }

  /** Every other task set that does not drain becomes ACTIVE. */
  setPrimary(service: ServiceState, primary: TaskSet): void {
    for (const set of service.taskSets) {
      if (set.status === 'DRAINING') continue;
      set.status = set === primary ? 'PRIMARY' : 'ACTIVE';
      set.updatedAtMs = this.world.clock.now();
    }
    this.reconciler.poke();
  }

  newTaskSetId(): string {
    return `ecs-svc/${this.world.ids.token(1, '123456789')}${this.world.ids.token(18, '0123456789')}`;
  }

  drainTaskSet(service: ServiceState, set: TaskSet): void {
    set.status = 'DRAINING';
    set.steady = false;
    set.updatedAtMs = this.world.clock.now();
    this.record(service, set, 'task-set-draining', `${service.name}: task set ${set.id} drains`);
    this.reconciler.poke();
  }

  setDesiredCount(service: ServiceState, desiredCount: number): void {
    service.desiredCount = desiredCount;
    for (const set of service.taskSets) set.steady = false;
    this.reconciler.poke();
  }

  /** The next deployment of a service that ECS itself deploys. @throws AwsError as for a new service */
  deploy(service: ServiceState, launch: LaunchSettings): void {
    this.deployments.start(service, this.checked(launch, service.cluster));
  }

  /** @throws AwsError InvalidParameterException */
  configure(service: ServiceState, configuration: DeploymentConfiguration, launch: LaunchSettings): void {
    const merged = { ...service.configuration, ...configuration };
    checkConfiguration(merged, launch.loadBalancers);
    Object.assign(service, boundsOf(merged), { configuration: merged });
  }

  delete(service: ServiceState): void {
    this.deployments.forget(service);
    service.status = 'DRAINING';
    service.desiredCount = 0;
    for (const set of service.taskSets) this.drainTaskSet(service, set);
    this.reconciler.poke();
  }

  /** Waits until `holds` does, with a check as often as the scheduler's. @throws the signal's reason */
  async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.ending.signal]);
    while (!holds()) await this.world.clock.sleep(this.world.parameters.serviceSchedulerMs, either);
  }

  private checked(launch: LaunchSettings, cluster: Cluster): LaunchSettings {
    checkStrategy(strategyOf(launch, cluster), cluster);
    const definition = this.state.activeTaskDefinition(launch.taskDefinition);
    for (const { containerName, containerPort } of launch.loadBalancers) {
      const container = definition.containerDefinitions.find((each) => each.name === containerName);
      if (!container) throw invalid(`The container ${containerName} does not exist in the task definition.`);
      if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
        throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
      }
    }
    const vpc = launch.networkConfiguration?.awsvpcConfiguration;
    if (definition.networkMode === 'awsvpc' && !vpc?.subnets.length) {
      throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
    }
    return { ...launch, taskDefinition: definition.taskDefinitionArn };
  }

  private record(service: ServiceState, set: TaskSet, event: string, detail: string): void {
    this.world.events.record('ecs', event, detail, {
      service: service.name,
      cluster: service.cluster.name,
      taskSet: set.id,
      taskDefinition: set.taskDefinition,
      externalId: set.externalId,
      targetGroups: set.loadBalancers.map((each) => each.targetGroupArn),
    });
  }
}

/** How far a rolling update may go; the defaults of API_DeploymentConfiguration. */
const boundsOf = ({ minimumHealthyPercent = 100, maximumPercent = 200 }: DeploymentConfiguration) => ({
  minimumHealthyPercent: Number(minimumHealthyPercent),
  maximumPercent: Number(maximumPercent),
});
