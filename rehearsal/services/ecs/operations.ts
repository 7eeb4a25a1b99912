/**
 * ECS's API. Resources and condition keys:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
import { arn, AwsError, type Operation, type Operations, type World } from '../../core/service';
import { serviceDeploymentOperations } from './deployment/operations';
import { describeCluster, describeService, describeTask, missing } from './describe';
import { definitionOperations } from './definition-operations';
import { serviceOperations } from './service-operations';
import type { Services } from './services';
import { type EcsState, shortName } from './state';
import { tagOperations } from './tags';
import { taskSetOperations } from './task-set-operations';
import { updateService } from './update-service';

interface InCluster {
  readonly cluster?: string;
}
type Named = InCluster & { readonly services?: readonly string[]; readonly include?: readonly string[] };
type Tasks = InCluster & { readonly tasks?: readonly string[] };
type ListTasks = InCluster & {
  readonly serviceName?: string;
  readonly desiredStatus?: string;
  readonly family?: string;
};

const many = (found: readonly string[]) => (found.length > 0 ? found : ['*']);

export function ecsOperations(world: World, services: Services): Operations {
  const { state } = services;
  const inCluster = (input: InCluster) => ({ 'ecs:cluster': state.clusterArn(input.cluster) });
  return {
    ...describeOperations(world, state, inCluster),
    ...taskOperations(world, state, inCluster),
    ...taskSetOperations(world, services),
    ...serviceOperations(world, services),
    ...definitionOperations(world, state),
    ...tagOperations(state),
    UpdateService: updateService(services),
    ...serviceDeploymentOperations(state, services.deployments),
  };
}

function describeOperations(world: World, state: EcsState, inCluster: Operation<InCluster>['context']): Operations {
  const describeClusters: Operation<{ clusters?: readonly string[] }> = {
    resources: ({ clusters = ['default'] }) => clusters.map((name) => state.clusterArn(name)),
    handle: ({ clusters = ['default'] }) => ({
      clusters: clusters.flatMap((name) => {
        const cluster = state.clusters.get(shortName(name));
        return cluster ? [describeCluster(cluster, state.services)] : [];
      }),
      failures: clusters
        .filter((name) => !state.clusters.has(shortName(name)))
        .map((name) => missing(world, `cluster/${shortName(name)}`)),
    }),
  };
  const describeServices: Operation<Named> = {
    resources: ({ cluster, services = [] }) => many(services.map((name) => state.serviceArn(cluster, name))),
    context: inCluster,
    handle: ({ cluster, services = [], include = [] }) => {
      const tagsOf = ({ arn: serviceArn }: { readonly arn: string }) =>
        include.includes('TAGS') ? state.tags.of(serviceArn) : [];
      if (services.length === 0) throw new AwsError('InvalidParameterException', 'Services cannot be empty.');
      const clusterName = state.cluster(cluster).name;
      const found = services.map((name) => ({ name, service: state.findService(clusterName, name) }));
      return {
        services: found.flatMap(({ service }) =>
          service ? [{ ...describeService(service), tags: tagsOf(service) }] : [],
        ),
        failures: found.flatMap(({ name, service }) =>
          service ? [] : [missing(world, state.serviceArn(clusterName, name))],
        ),
      };
    },
  };
  return {
    DescribeClusters: describeClusters,
    DescribeServices: describeServices,
    ListClusters: { handle: () => ({ clusterArns: [...state.clusters.values()].map((cluster) => cluster.arn) }) },
    ListServices: {
      context: inCluster,
      handle: ({ cluster }: InCluster) => {
        const wanted = state.cluster(cluster);
        const active = state.services.filter((each) => each.cluster === wanted && each.status === 'ACTIVE');
        return { serviceArns: active.map((each) => each.arn) };
      },
    },
  };
}

function taskOperations(world: World, state: EcsState, inCluster: Operation<InCluster>['context']): Operations {
  const all = (cluster: string | undefined) => {
    const wanted = state.cluster(cluster);
    const own = state.services.filter((service) => service.cluster === wanted);
    return own.flatMap((service) => service.tasks.map((task) => ({ service, task })));
  };
  const taskArn = (cluster: string | undefined, task: string) =>
    arn(world, 'ecs', `task/${shortName(cluster ?? 'default')}/${shortName(task)}`);
  const listTasks: Operation<ListTasks> = {
    context: inCluster,
    handle: ({ cluster, serviceName, family, desiredStatus = 'RUNNING' }) => ({
      taskArns: all(cluster)
        .filter(({ service }) => !serviceName || service.name === shortName(serviceName))
        .filter(({ task }) => !family || task.spec.definition.family === family)
        .filter(({ task }) => (task.life.stop ? 'STOPPED' : 'RUNNING') === desiredStatus)
        .map(({ task }) => task.arn),
    }),
  };
  const describeTasks: Operation<Tasks> = {
    resources: ({ cluster, tasks = [] }) => many(tasks.map((task) => taskArn(cluster, task))),
    context: inCluster,
    handle: ({ cluster, tasks = [] }) => {
      if (tasks.length === 0) throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.');
      const known = all(cluster);
      const found = tasks.map((id) => ({ id, hit: known.find(({ task }) => task.id === shortName(id)) }));
      return {
        tasks: found.flatMap(({ hit }) => (hit ? [describeTask(world, hit.service, hit.task)] : [])),
        failures: found.flatMap(({ id, hit }) => (hit ? [] : [missing(world, taskArn(cluster, id))])),
      };
    },
  };
  const stopTask: Operation<InCluster & { task: string; reason?: string }> = {
    resources: ({ cluster, task }) => [taskArn(cluster, task)],
    context: inCluster,
    handle: ({ cluster, task: id, reason = 'Task stopped by user' }) => {
      const hit = all(cluster).find(({ task }) => task.id === shortName(id));
      if (!hit) throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
      hit.task.stop({ code: 'UserInitiated', reason });
      return { task: describeTask(world, hit.service, hit.task) };
    },
  };
  return { ListTasks: listTasks, DescribeTasks: describeTasks, StopTask: stopTask };
}
