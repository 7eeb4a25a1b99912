/** What ECS keeps: clusters, task definitions, services with their task sets, tasks. */
import { arn, AwsError, type World } from '../../core/service';
import type { CapacityProviderStrategyItem, LaunchSettings, TaskDefinitionShape } from './shapes';
import type { DeploymentConfiguration } from './deployment/configuration';
import type { ServiceDeployment, ServiceRevision } from './deployment/service-deployment';
import { Tags } from '../../core/tags';
import { tagForm } from './tags';
import type { TargetReport } from './targets';
import type { Task } from './task/task';

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  capacityProviders: readonly string[];
  defaultCapacityProviderStrategy: readonly CapacityProviderStrategyItem[];
  settings: readonly unknown[];
}

/** A task set, and in the same shape one deployment of a rolling service. */
export interface TaskSet extends LaunchSettings {
  /** `ecs-svc/1234567890123456789` */
  readonly id: string;
  readonly arn: string;
  readonly externalId?: string;
  readonly startedBy?: string;
  readonly clientToken?: string;
  readonly createdAtMs: number;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  scalePercent: number;
  updatedAtMs: number;
  steady: boolean;
  steadyChangedAtMs: number;
  /** Tasks in a row that never reached RUNNING. */
  failedStarts: number;
  notBeforeMs?: number;
}

export interface ServiceEvent {
  readonly id: string;
  readonly createdAt: number;
  readonly message: string;
}

export type DeploymentController = 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';

export interface ServiceState {
  readonly name: string;
  readonly arn: string;
  readonly cluster: Cluster;
  controller: DeploymentController;
  readonly createdAtMs: number;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  launch: LaunchSettings;
  minimumHealthyPercent: number;
  maximumPercent: number;
  healthCheckGracePeriodMs: number;
  taskSets: TaskSet[];
  tasks: Task[];
  events: ServiceEvent[];
  /** Target states by target group ARN, then by `address:port`. */
  health: Map<string, Map<string, TargetReport>>;
  /** Of a service that ECS itself deploys. */
  configuration: DeploymentConfiguration;
  /** Oldest first. */
  readonly deployments: ServiceDeployment[];
  readonly revisions: ServiceRevision[];
  /** The last that was deployed with success. */
  currentRevision?: ServiceRevision;
}

const EVENTS_MAX = 100;
const STOPPED_TASKS_MAX = 100;

/** `name` of a name or an ARN; ECS takes both everywhere. */
export const shortName = (nameOrArn: string) => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

export class EcsState {
  readonly clusters = new Map<string, Cluster>();
  readonly services: ServiceState[] = [];
  readonly tags = new Tags(tagForm);
  private readonly definitions = new Map<string, TaskDefinitionShape[]>();

  constructor(private readonly world: World) {}

  /** @throws AwsError ClusterNotFoundException */
  cluster(nameOrArn = 'default'): Cluster {
    const found = this.clusters.get(shortName(nameOrArn));
    if (!found) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
    return found;
  }

  /** ARNs of what need not exist, for authorization. */
  clusterArn = (nameOrArn = 'default') => arn(this.world, 'ecs', `cluster/${shortName(nameOrArn)}`);
  serviceArn = (cluster: string | undefined, service: string) =>
    arn(this.world, 'ecs', `service/${shortName(cluster ?? 'default')}/${shortName(service)}`);
  /** @param id `ecs-svc/123`, or `*` */
  taskSetArn = (cluster: string | undefined, service: string, id: string) =>
    arn(this.world, 'ecs', `task-set/${shortName(cluster ?? 'default')}/${shortName(service)}/${id}`);

  findService(cluster: string | undefined, service: string): ServiceState | undefined {
    const wanted = this.serviceArn(cluster, service);
    return this.services.findLast((each) => each.arn === wanted);
  }

  /** @throws AwsError ServiceNotFoundException, ServiceNotActiveException */
  service(cluster: string | undefined, service: string): ServiceState {
    this.cluster(cluster);
    const found = this.findService(cluster, service);
    if (!found) throw new AwsError('ServiceNotFoundException', 'Service not found.');
    if (found.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
    return found;
  }

  /** By id or ARN. @throws AwsError TaskSetNotFoundException */
  taskSet(service: ServiceState, idOrArn: string): TaskSet {
    const found = service.taskSets.find((set) => set.id === idOrArn || set.arn === idOrArn);
    if (!found) throw new AwsError('TaskSetNotFoundException', 'The specified task set was not found.');
    return found;
  }

  addTaskDefinition(definition: Omit<TaskDefinitionShape, 'taskDefinitionArn' | 'revision' | 'status'>) {
    const revisions = this.definitions.get(definition.family) ?? [];
    const revision = revisions.length + 1;
    const taskDefinitionArn = arn(this.world, 'ecs', `task-definition/${definition.family}:${revision}`);
    const added: TaskDefinitionShape = { ...definition, taskDefinitionArn, revision, status: 'ACTIVE' };
    this.definitions.set(definition.family, [...revisions, added]);
    this.world.network.injections.definitionRegistered(taskDefinitionArn);
    return added;
  }

  deregisterTaskDefinition(definition: TaskDefinitionShape): TaskDefinitionShape {
    const inactive: TaskDefinitionShape = { ...definition, status: 'INACTIVE' };
    const revisions = this.definitions.get(definition.family) ?? [];
    this.definitions.set(
      definition.family,
      revisions.map((each) => (each.revision === definition.revision ? inactive : each)),
    );
    return inactive;
  }

  /** By family (its latest ACTIVE revision), `family:revision` or ARN. @throws AwsError ClientException */
  taskDefinition(reference: string): TaskDefinitionShape {
    const [family = '', revision] = shortName(reference).split(':');
    const revisions = this.definitions.get(family) ?? [];
    const found = revision
      ? revisions.find((each) => each.revision === Number(revision))
      : revisions.findLast((each) => each.status === 'ACTIVE');
    if (!found) throw new AwsError('ClientException', 'Unable to describe task definition.');
    return found;
  }

  /** For tasks to be started with. @throws AwsError ClientException for an inactive one */
  activeTaskDefinition(reference: string): TaskDefinitionShape {
    const found = this.taskDefinition(reference);
    if (found.status === 'ACTIVE') return found;
    throw new AwsError('ClientException', 'TaskDefinition is inactive.');
  }

  /** Whether there is a cluster, service, task set, task or task definition with that ARN. */
  exists(wanted: string): boolean {
    const clusters = [...this.clusters.values()];
    const services = this.services.filter(({ status }) => status !== 'INACTIVE');
    const parts = services.flatMap(({ taskSets, tasks }) => [...taskSets, ...tasks]);
    if ([...clusters, ...services, ...parts].some((each) => each.arn === wanted)) return true;
    return [...this.definitions.values()].flat().some((each) => each.taskDefinitionArn === wanted);
  }

  taskDefinitionArns(family?: string, status = 'ACTIVE'): string[] {
    const all = [...this.definitions.values()].flat();
    return all
      .filter((each) => each.status === status && (!family || each.family === family))
      .map((each) => each.taskDefinitionArn);
  }

  /** Families that have a revision of that status, or any with ALL; a family without an ACTIVE one is INACTIVE. */
  families(status: string): string[] {
    const statusOf = (revisions: readonly TaskDefinitionShape[]) =>
      revisions.some((each) => each.status === 'ACTIVE') ? 'ACTIVE' : 'INACTIVE';
    const found = [...this.definitions].filter(([, revisions]) => status === 'ALL' || statusOf(revisions) === status);
    return found.map(([family]) => family).sort();
  }

  /** Newest first, the last hundred, as DescribeServices returns them. */
  addEvent(service: ServiceState, message: string): void {
    const event = { id: this.world.ids.uuid(), createdAt: this.world.clock.now() / 1000, message };
    service.events = [event, ...service.events].slice(0, EVENTS_MAX);
  }

  /** Stopped tasks stay visible, AWS says for an hour at least; here the last hundred of a service. */
  forgetOldTasks(service: ServiceState): void {
    const stopped = service.tasks.filter((task) => task.life.status === 'STOPPED');
    const forgotten = new Set(stopped.slice(0, Math.max(0, stopped.length - STOPPED_TASKS_MAX)));
    if (forgotten.size > 0) service.tasks = service.tasks.filter((task) => !forgotten.has(task));
  }
}
