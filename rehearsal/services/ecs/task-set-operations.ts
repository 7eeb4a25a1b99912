/** Task sets: what CodeDeploy makes of a service, as its own role. */
import { AwsError, type Call, type Operation, type Operations, type World } from '../../core/service';
import { describeTaskSet } from './describe';
import type { Services } from './services';
import type { CapacityProviderStrategyItem, LoadBalancer, NetworkConfiguration, TaskDefinitionShape } from './shapes';
import type { ServiceState } from './state';

interface InService {
  readonly cluster?: string;
  readonly service: string;
}

type CreateTaskSet = InService & {
  readonly taskDefinition: string;
  readonly externalId?: string;
  readonly loadBalancers?: readonly LoadBalancer[];
  readonly networkConfiguration?: NetworkConfiguration;
  readonly launchType?: string;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
  readonly scale?: { readonly value?: number; readonly unit?: string };
  readonly clientToken?: string;
};

type OneTaskSet = InService & { readonly taskSet: string };
type SomeTaskSets = InService & { readonly taskSets?: readonly string[] };

const idOf = (idOrArn: string) => /ecs-svc\/\d+$/.exec(idOrArn)?.[0] ?? idOrArn;

export function taskSetOperations(world: World, services: Services): Operations {
  const { state } = services;
  const context = (input: InService) => ({
    'ecs:cluster': state.clusterArn(input.cluster),
    'ecs:service': state.serviceArn(input.cluster, input.service),
  });
  const setArn = (input: InService, id: string) => state.taskSetArn(input.cluster, input.service, idOf(id));

  const updatePrimary: Operation<InService & { readonly primaryTaskSet: string }> = {
    resources: (input) => [state.serviceArn(input.cluster, input.service)],
    context: (input) => ({ 'ecs:cluster': state.clusterArn(input.cluster) }),
    handle: (input) => {
      const service = taskSetService(services, input);
      const set = state.taskSet(service, input.primaryTaskSet);
      services.makePrimary(service, set);
      return { taskSet: describeTaskSet(service, set) };
    },
  };
  const updateTaskSet: Operation<OneTaskSet & { readonly scale: { readonly value?: number } }> = {
    resources: (input) => [setArn(input, input.taskSet)],
    context,
    handle: (input) => {
      const service = taskSetService(services, input);
      const set = state.taskSet(service, input.taskSet);
      set.scalePercent = scalePercent(input.scale);
      services.setDesiredCount(service, service.desiredCount);
      return { taskSet: describeTaskSet(service, set) };
    },
  };
  return {
    CreateTaskSet: createTaskSet(world, services, context, setArn),
    UpdateServicePrimaryTaskSet: updatePrimary,
    UpdateTaskSet: updateTaskSet,
    DeleteTaskSet: deleteTaskSet(services, context, setArn),
    DescribeTaskSets: describeTaskSets(services, context, setArn),
    PassRole: passRoleOperation,
  };
}

function createTaskSet(
  world: World,
  services: Services,
  context: Operation<InService>['context'],
  setArn: (input: InService, id: string) => string,
): Operation<CreateTaskSet> {
  return {
    resources: (input) => [setArn(input, '*')],
    context,
    handle: async (input, call) => {
      const service = taskSetService(services, input);
      const twin = service.taskSets.find((set) => input.clientToken && set.clientToken === input.clientToken);
      if (twin) return { taskSet: describeTaskSet(service, twin) };
      await passRoles(world, services, input.taskDefinition, call);
      const set = services.addTaskSet(service, {
        launch: launchFrom(service, input),
        scalePercent: scalePercent(input.scale),
        status: 'ACTIVE',
        externalId: input.externalId,
        startedBy: service.controller === 'CODE_DEPLOY' ? 'CODE_DEPLOY' : undefined,
        clientToken: input.clientToken,
      });
      return { taskSet: describeTaskSet(service, set) };
    },
  };
}

function deleteTaskSet(
  services: Services,
  context: Operation<InService>['context'],
  setArn: (input: InService, id: string) => string,
): Operation<OneTaskSet & { readonly force?: boolean }> {
  return {
    resources: (input) => [setArn(input, input.taskSet)],
    context,
    handle: (input) => {
      const service = taskSetService(services, input);
      const set = services.state.taskSet(service, input.taskSet);
      if (!input.force && (set.status === 'PRIMARY' || set.scalePercent > 0)) {
        const remedy = 'scale it down to 0 first, or use force';
        throw new AwsError('InvalidParameterException', `Task set ${set.id} is not scaled down to 0: ${remedy}.`);
      }
      services.drainTaskSet(service, set);
      return { taskSet: describeTaskSet(service, set) };
    },
  };
}

function describeTaskSets(
  services: Services,
  context: Operation<InService>['context'],
  setArn: (input: InService, id: string) => string,
): Operation<SomeTaskSets> {
  return {
    resources: (input) => (input.taskSets?.length ? input.taskSets : ['*']).map((id) => setArn(input, id)),
    context,
    handle: (input) => {
      const service = services.state.service(input.cluster, input.service);
      const wanted = input.taskSets?.map(idOf);
      const found = service.taskSets.filter((set) => !wanted?.length || wanted.includes(set.id));
      const lost = (wanted ?? []).filter((id) => !found.some((set) => set.id === id));
      return {
        taskSets: found.map((set) => describeTaskSet(service, set)),
        failures: lost.map((id) => ({ arn: setArn(input, id), reason: 'MISSING' })),
      };
    },
  };
}

function taskSetService(services: Services, input: InService): ServiceState {
  const service = services.state.service(input.cluster, input.service);
  if (service.controller !== 'ECS') return service;
  throw new AwsError(
    'InvalidParameterException',
    'Task sets need a service with an EXTERNAL or CODE_DEPLOY controller.',
  );
}

/** What the request leaves out comes from the service, but for the capacity: that one AWS drops. */
function launchFrom(service: ServiceState, input: CreateTaskSet) {
  return {
    taskDefinition: input.taskDefinition,
    loadBalancers: input.loadBalancers ?? [],
    networkConfiguration: input.networkConfiguration ?? service.launch.networkConfiguration,
    launchType: input.capacityProviderStrategy?.length ? undefined : (input.launchType ?? service.launch.launchType),
    capacityProviderStrategy: input.capacityProviderStrategy,
    platformVersion: input.platformVersion ?? service.launch.platformVersion,
  };
}

/** @throws AwsError InvalidParameterException. Default 100: CreateTaskSet's own */
function scalePercent(scale: { readonly value?: number } | undefined): number {
  const value = scale?.value ?? 100;
  if (value >= 0 && value <= 100) return value;
  throw new AwsError('InvalidParameterException', `Scale ${value}: a number from 0 to 100.`);
}

/**
 * The caller that starts tasks passes their roles on to them, so CodeDeploy's role needs iam:PassRole for both.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/codedeploy_IAM_role.html
 */
export async function passRoles(world: World, services: Services, taskDefinition: string, call: Call): Promise<void> {
  await passRolesOf(world, services.state.taskDefinition(taskDefinition), call);
}

/** Of a task definition that is being registered, too. */
export async function passRolesOf(
  world: World,
  { taskRoleArn, executionRoleArn }: Pick<TaskDefinitionShape, 'taskRoleArn' | 'executionRoleArn'>,
  call: Call,
): Promise<void> {
  for (const roleArn of [taskRoleArn, executionRoleArn]) {
    if (roleArn) await world.call(call.principal, 'ecs', 'PassRole', { roleArn });
  }
}

/** A permission, not an API of AWS: here an operation that does nothing, so that one place authorizes everything. */
const passRoleOperation: Operation<{ readonly roleArn: string }> = {
  action: 'iam:PassRole',
  isPermission: true,
  resources: ({ roleArn }) => [roleArn],
  context: () => ({ 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }),
  handle: () => ({}),
};
