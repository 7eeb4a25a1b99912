/** Clusters and services by hand, as tools next to CloudFormation make and delete them. */
import { arn, AwsError, type Operation, type Operations, type World } from '../../core/service';
import { describeCluster, describeService } from './describe';
import type { DeploymentConfiguration } from './deployment/configuration';
import { passRoles } from './task-set-operations';
import type { Services } from './services';
import type { CapacityProviderStrategyItem, LaunchSettings } from './shapes';
import { type DeploymentController, shortName } from './state';
import type { Tag } from './tags';

interface CreateCluster {
  readonly clusterName?: string;
  readonly tags?: readonly Tag[];
  readonly settings?: readonly unknown[];
  readonly capacityProviders?: readonly string[];
  readonly defaultCapacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
}

interface CreateServiceInput extends Partial<LaunchSettings> {
  readonly serviceName: string;
  readonly cluster?: string;
  readonly taskDefinition?: string;
  readonly desiredCount?: number;
  readonly deploymentController?: { readonly type: DeploymentController };
  readonly deploymentConfiguration?: DeploymentConfiguration;
  readonly healthCheckGracePeriodSeconds?: number;
  readonly tags?: readonly Tag[];
}

interface DeleteService {
  readonly cluster?: string;
  readonly service: string;
  readonly force?: boolean;
}

export function serviceOperations(world: World, services: Services): Operations {
  const { state } = services;
  const inCluster = ({ cluster }: { readonly cluster?: string }) => ({ 'ecs:cluster': state.clusterArn(cluster) });
  const deleteService: Operation<DeleteService> = {
    resources: ({ cluster, service }) => [state.serviceArn(cluster, service)],
    context: inCluster,
    handle: (input) => {
      const service = state.service(input.cluster, input.service);
      if (!input.force && service.desiredCount > 0) {
        const message = 'The service cannot be stopped while it is scaled above 0.';
        throw new AwsError('InvalidParameterException', message);
      }
      services.delete(service);
      return { service: describeService(service) };
    },
  };
  return {
    CreateService: createService(world, services),
    DeleteService: deleteService,
    ...clusterOperations(world, services),
  };
}

function clusterOperations(world: World, { state }: Services): Operations {
  return {
    CreateCluster: {
      handle: ({ clusterName: name = 'default', tags, ...input }: CreateCluster) => {
        const { capacityProviders = [], defaultCapacityProviderStrategy = [], settings = [] } = input;
        const more = { capacityProviders, defaultCapacityProviderStrategy, settings };
        // "If a cluster with the same name already exists, it is returned": API_CreateCluster.
        const cluster = state.clusters.get(name) ?? { name, arn: arn(world, 'ecs', `cluster/${name}`), ...more };
        state.clusters.set(name, cluster);
        state.tags.add(cluster.arn, tags);
        return { cluster: { ...describeCluster(cluster, state.services), tags: state.tags.of(cluster.arn) } };
      },
    },
    DeleteCluster: {
      resources: ({ cluster }: { readonly cluster: string }) => [state.clusterArn(cluster)],
      handle: ({ cluster: nameOrArn }: { readonly cluster: string }) => {
        const cluster = state.cluster(nameOrArn);
        if (state.services.some((service) => service.cluster === cluster && service.status === 'ACTIVE')) {
          const message = 'The Cluster cannot be deleted while Services are active.';
          throw new AwsError('ClusterContainsServicesException', message);
        }
        state.clusters.delete(shortName(nameOrArn));
        return { cluster: { ...describeCluster(cluster, state.services), status: 'INACTIVE' } };
      },
    },
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
function createService(world: World, services: Services): Operation<CreateServiceInput> {
  const { state } = services;
  return {
    resources: ({ cluster, serviceName }) => [state.serviceArn(cluster, serviceName)],
    context: ({ cluster }) => ({ 'ecs:cluster': state.clusterArn(cluster) }),
    handle: async (input, call) => {
      if (!input.taskDefinition) throw new AwsError('InvalidParameterException', 'TaskDefinition can not be blank.');
      const { loadBalancers = [], networkConfiguration, capacityProviderStrategy, platformVersion } = input;
      await passRoles(world, services, input.taskDefinition, call);
      const service = services.create({
        name: input.serviceName,
        cluster: input.cluster,
        controller: input.deploymentController?.type ?? 'ECS',
        desiredCount: input.desiredCount ?? 1,
        launch: {
          taskDefinition: input.taskDefinition,
          loadBalancers,
          networkConfiguration,
          launchType: input.launchType,
          capacityProviderStrategy,
          platformVersion,
        },
        configuration: input.deploymentConfiguration ?? {},
        healthCheckGracePeriodMs: (input.healthCheckGracePeriodSeconds ?? 0) * 1000,
      });
      state.tags.add(service.arn, input.tags);
      return { service: { ...describeService(service), tags: state.tags.of(service.arn) } };
    },
  };
}
