/** The model in AWS's shapes. */
import { arn, type World } from '../../core/service';
import { describeConfiguration } from './deployment/configuration';
import { scheduledSet } from './reconciler';
import { seconds } from './shapes';
import type { Cluster, ServiceState, TaskSet } from './state';
import { shortName } from './state';
import type { Task } from './task/task';
import { isPending } from './task/task-machine';

const notStopping = (task: Task) => task.life.stop === undefined;

function counts(tasks: readonly Task[]) {
  return {
    pendingCount: tasks.filter((task) => notStopping(task) && isPending(task.life.status)).length,
    runningCount: tasks.filter((task) => task.life.status === 'RUNNING').length,
  };
}

const launchShape = (launch: TaskSet | ServiceState['launch']) => ({
  taskDefinition: launch.taskDefinition,
  networkConfiguration: launch.networkConfiguration,
  launchType: launch.launchType,
  capacityProviderStrategy: launch.capacityProviderStrategy,
  platformVersion: launch.platformVersion,
  platformFamily: 'Linux',
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html */
export function describeTaskSet(service: ServiceState, set: TaskSet) {
  return {
    id: set.id,
    taskSetArn: set.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    startedBy: set.startedBy,
    externalId: set.externalId,
    status: set.status,
    ...launchShape(set),
    loadBalancers: set.loadBalancers,
    computedDesiredCount: scheduledSet(service, set).desiredCount,
    ...counts(service.tasks.filter((task) => task.spec.taskSetId === set.id)),
    createdAt: seconds(set.createdAtMs),
    updatedAt: seconds(set.updatedAtMs),
    scale: { value: set.status === 'DRAINING' ? 0 : set.scalePercent, unit: 'PERCENT' },
    stabilityStatus: set.steady ? 'STEADY_STATE' : 'STABILIZING',
    stabilityStatusAt: seconds(set.steadyChangedAtMs),
    serviceRegistries: [],
    tags: [],
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html */
function describeDeployment(service: ServiceState, set: TaskSet) {
  return {
    id: set.id,
    status: set.status,
    ...launchShape(set),
    desiredCount: set.status === 'PRIMARY' ? service.desiredCount : 0,
    ...counts(service.tasks.filter((task) => task.spec.taskSetId === set.id)),
    failedTasks: set.failedStarts,
    createdAt: seconds(set.createdAtMs),
    updatedAt: seconds(set.updatedAtMs),
    ...rollout(service, set),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html (rolloutState) */
function rollout(service: ServiceState, set: TaskSet) {
  const deployment = service.deployments.findLast(({ target }) => target.taskSetId === set.id);
  const { status = 'SUCCESSFUL', statusReason } = deployment?.progress ?? {};
  if (status === 'SUCCESSFUL') return { rolloutState: set.steady ? 'COMPLETED' : 'IN_PROGRESS' };
  if (status === 'PENDING' || status === 'IN_PROGRESS') return { rolloutState: 'IN_PROGRESS' };
  return { rolloutState: 'FAILED', rolloutStateReason: statusReason };
}

/** Task sets for CODE_DEPLOY and EXTERNAL, deployments for ECS: API_Service says which controller returns which. */
export function describeService(service: ServiceState) {
  const rolling = service.controller === 'ECS';
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    desiredCount: service.desiredCount,
    ...counts(service.tasks),
    ...launchShape(service.launch),
    loadBalancers: service.launch.loadBalancers,
    deploymentConfiguration: {
      ...describeConfiguration(service.configuration),
      maximumPercent: service.maximumPercent,
      minimumHealthyPercent: service.minimumHealthyPercent,
    },
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodMs / 1000,
    deployments: rolling ? service.taskSets.map((set) => describeDeployment(service, set)) : [],
    // Of rolling services too: ecspresso's rollback reads it without asking, https://github.com/kayac/ecspresso/blob/v2/rollback.go
    deploymentController: { type: service.controller },
    ...(!rolling && { taskSets: service.taskSets.map((set) => describeTaskSet(service, set)) }),
    events: service.events,
    createdAt: seconds(service.createdAtMs),
    schedulingStrategy: 'REPLICA',
    serviceRegistries: [],
    placementConstraints: [],
    placementStrategy: [],
    propagateTags: 'NONE',
    enableECSManagedTags: false,
    enableExecuteCommand: false,
  };
}

export function describeCluster(cluster: Cluster, services: readonly ServiceState[]) {
  const own = services.filter((service) => service.cluster === cluster);
  const active = own.filter((service) => service.status === 'ACTIVE');
  const { pendingCount, runningCount } = counts(own.flatMap((service) => service.tasks));
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: runningCount,
    pendingTasksCount: pendingCount,
    activeServicesCount: active.length,
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
    settings: cluster.settings,
    statistics: [],
    tags: [],
  };
}

function describeContainers(task: Task) {
  const { status, stop } = task.life;
  return task.spec.definition.containerDefinitions.map((container) => ({
    containerArn: task.arn.replace(':task/', ':container/').concat(`/${container.name}`),
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    lastStatus: task.life.exitCodes[container.name] === undefined ? status : 'STOPPED',
    exitCode: task.life.exitCodes[container.name],
    reason: stop?.code === 'TaskFailedToStart' ? stop.reason : undefined,
    networkInterfaces: task.networkInterface ? [{ privateIpv4Address: task.networkInterface.privateAddress }] : [],
    healthStatus: task.healthOf(container.name),
  }));
}

const architectureOf = (task: Task) =>
  (task.spec.definition.runtimePlatform?.cpuArchitecture ?? 'X86_64').toLowerCase();

const time = (atMs: number | undefined) => (atMs === undefined ? undefined : seconds(atMs));

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export function describeTask(world: World, service: ServiceState, task: Task) {
  const { status, stop } = task.life;
  const eni = task.networkInterface;
  return {
    taskArn: task.arn,
    clusterArn: service.cluster.arn,
    taskDefinitionArn: task.spec.definition.taskDefinitionArn,
    group: `service:${service.name}`,
    startedBy: task.spec.taskSetId,
    lastStatus: status,
    desiredStatus: stop ? 'STOPPED' : 'RUNNING',
    stopCode: stop?.code,
    stoppedReason: stop?.reason,
    createdAt: seconds(task.createdAtMs),
    startedAt: time(task.startedAtMs),
    stoppingAt: time(task.stoppingAtMs),
    stoppedAt: time(task.stoppedAtMs),
    connectivity: 'CONNECTED',
    launchType: task.spec.launch.launchType ?? 'FARGATE',
    ...(task.spec.capacityProviderName && { capacityProviderName: task.spec.capacityProviderName }),
    attributes: [{ name: 'ecs.cpu-architecture', value: architectureOf(task) }],
    platformVersion: task.spec.launch.platformVersion ?? '1.4.0',
    cpu: task.spec.definition.cpu,
    memory: task.spec.definition.memory,
    healthStatus: task.health ?? 'UNKNOWN',
    availabilityZone: `${world.region}a`,
    attachments: eni
      ? [
          {
            id: shortName(eni.description),
            type: 'ElasticNetworkInterface',
            status: status === 'STOPPED' ? 'DELETED' : 'ATTACHED',
            details: [
              ...(eni.subnetId ? [{ name: 'subnetId', value: eni.subnetId }] : []),
              { name: 'privateIPv4Address', value: eni.privateAddress },
            ],
          },
        ]
      : [],
    containers: describeContainers(task),
    overrides: { containerOverrides: [] },
    tags: [],
  };
}

/** Of a service's tasks, as the API names what it did not find. */
export const missing = (world: World, resource: string) => ({
  arn: resource.startsWith('arn:') ? resource : arn(world, 'ecs', resource),
  reason: 'MISSING',
});
