/** The CloudFormation resource types of ECS. */
import { arn, AwsError, type ResourceState, type ResourceType, type World } from '../../core/service';
import { nameFor } from './names';
import { checkTaskDefinition } from './task/pull';
import { serviceResource } from './service-resource';
import type { Services } from './services';
import {
  type CapacityProviderStrategyItem,
  type ContainerDefinition,
  type TaskDefinitionShape,
  toApiShape,
} from './shapes';

interface ClusterProperties {
  readonly ClusterName?: string;
  readonly CapacityProviders?: readonly string[];
  readonly DefaultCapacityProviderStrategy?: readonly unknown[];
  readonly ClusterSettings?: readonly unknown[];
}

interface AssociationProperties {
  readonly Cluster: string;
  readonly CapacityProviders?: readonly string[];
  readonly DefaultCapacityProviderStrategy?: readonly unknown[];
}

interface TaskDefinitionProperties extends Readonly<Record<string, unknown>> {
  readonly Family?: string;
  readonly ContainerDefinitions?: readonly unknown[];
}

const strategy = (items: readonly unknown[] = []) => toApiShape(items) as CapacityProviderStrategyItem[];

export function ecsResources(world: World, services: Services): Readonly<Record<string, ResourceType>> {
  return {
    'AWS::ECS::Cluster': clusterResource(world, services),
    'AWS::ECS::ClusterCapacityProviderAssociations': associations(services),
    'AWS::ECS::TaskDefinition': taskDefinitionResource(world, services),
    'AWS::ECS::Service': serviceResource(world, services),
  };
}

function clusterResource(world: World, { state }: Services): ResourceType<ClusterProperties> {
  const settle = (name: string, properties: ClusterProperties): ResourceState => {
    const cluster = state.cluster(name);
    cluster.capacityProviders = properties.CapacityProviders ?? cluster.capacityProviders;
    cluster.defaultCapacityProviderStrategy = strategy(properties.DefaultCapacityProviderStrategy);
    cluster.settings = (toApiShape(properties.ClusterSettings ?? []) as unknown[]) ?? [];
    return { physicalId: name, attributes: { Arn: cluster.arn } };
  };
  return {
    create: (request) => {
      const { properties } = request;
      const name = properties.ClusterName ?? nameFor(world, request);
      if (state.clusters.has(name)) throw new AwsError('ClientException', `Cluster ${name} already exists.`);
      const clusterArn = arn(world, 'ecs', `cluster/${name}`);
      const empty = { capacityProviders: [], defaultCapacityProviderStrategy: [], settings: [] };
      state.clusters.set(name, { name, arn: clusterArn, ...empty });
      return settle(name, properties);
    },
    update: ({ current, properties }) => settle(current.physicalId, properties),
    delete: ({ current }) => {
      const active = state.services.some(
        (each) => each.cluster.name === current.physicalId && each.status === 'ACTIVE',
      );
      if (active) {
        const why = 'The Cluster cannot be deleted while Services are active.';
        throw new AwsError('ClusterContainsServicesException', why);
      }
      state.clusters.delete(current.physicalId);
    },
  };
}

function associations({ state }: Services): ResourceType<AssociationProperties> {
  const settle = (properties: AssociationProperties): ResourceState => {
    const cluster = state.cluster(properties.Cluster);
    cluster.capacityProviders = properties.CapacityProviders ?? [];
    cluster.defaultCapacityProviderStrategy = strategy(properties.DefaultCapacityProviderStrategy);
    return { physicalId: cluster.name, attributes: {} };
  };
  return {
    create: ({ properties }) => settle(properties),
    update: ({ properties }) => settle(properties),
    delete: ({ properties }) => {
      const cluster = state.clusters.get(properties.Cluster);
      if (cluster) Object.assign(cluster, { capacityProviders: [], defaultCapacityProviderStrategy: [] });
    },
  };
}

function taskDefinitionResource(world: World, { state }: Services): ResourceType<TaskDefinitionProperties> {
  return {
    create: (request) => {
      const shape = toApiShape({ ...request.properties, Tags: undefined }) as Partial<TaskDefinitionShape>;
      const definition = {
        ...shape,
        family: request.properties.Family ?? nameFor(world, request),
        containerDefinitions: (shape.containerDefinitions ?? []).map(withDefaults),
      };
      checkTaskDefinition(definition);
      const { taskDefinitionArn } = state.addTaskDefinition(definition);
      return { physicalId: taskDefinitionArn, attributes: { TaskDefinitionArn: taskDefinitionArn } };
    },
    update: ({ current }) => current,
    delete: ({ current }) => void state.deregisterTaskDefinition(state.taskDefinition(current.physicalId)),
  };
}

const withDefaults = (container: ContainerDefinition): ContainerDefinition => ({
  ...container,
  essential: container.essential ?? true,
  environment: container.environment ?? [],
  portMappings: (container.portMappings ?? []).map((mapping) => ({ protocol: 'tcp', ...mapping })),
});
