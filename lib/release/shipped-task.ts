import { CfnDeletionPolicy, type CfnResource, Stack, Token } from 'aws-cdk-lib';
import { type CapacityProviderStrategy, CfnService, type IBaseService, type TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { TaskLogs } from '../../lambda/release/types';
import type { AppSpecInput } from './app-spec';
import type { EcsReleaseProps } from './ecs-release-props';
import { propertiesOf } from './followers';

/** The container that gets the traffic. What is undefined is neither given nor known. */
export interface ShippedContainer {
  readonly name?: string;
  readonly port?: number;
}

export function containerOf({ taskDefinition, containerName, containerPort }: EcsReleaseProps): ShippedContainer {
  const name = containerName ?? taskDefinition.defaultContainer?.containerName;
  const known = name === undefined || Token.isUnresolved(name) ? undefined : taskDefinition.findContainer(name);
  return { name, port: containerPort ?? known?.portMappings[0]?.containerPort };
}

/** The AppSpec's part about tasks and network: as given, else as the service has it at the end of synthesis. */
export function taskSettingsOf(
  scope: Construct,
  props: EcsReleaseProps,
): Omit<AppSpecInput, 'taskDefinitionArn' | 'containerName' | 'containerPort' | 'hooks'> {
  const { platformVersion, capacityProviderStrategies, assignPublicIp } = props;
  const { PlatformVersion, CapacityProviderStrategy, NetworkConfiguration } = serviceProperties(scope, props.service);
  const network = NetworkConfiguration?.AwsvpcConfiguration;
  return {
    platformVersion: platformVersion ?? PlatformVersion ?? 'LATEST',
    subnetIds: props.subnets?.map(({ subnetId }) => subnetId) ?? network?.Subnets ?? [],
    securityGroupIds:
      props.securityGroups?.map(({ securityGroupId }) => securityGroupId) ?? network?.SecurityGroups ?? [],
    assignPublicIp: assignPublicIp ?? network?.AssignPublicIp === 'ENABLED',
    capacityProviderStrategy: strategyOf(capacityProviderStrategies) ?? complete(CapacityProviderStrategy),
  };
}

function strategyOf(strategies: readonly CapacityProviderStrategy[] = []): unknown {
  if (strategies.length === 0) return undefined;
  return complete(
    strategies.map(({ capacityProvider: CapacityProvider, base: Base, weight: Weight }) => ({
      CapacityProvider,
      Base,
      Weight,
    })),
  );
}

/** With each base and weight, in the order of the AppSpec, whose text is the revision. What only CloudFormation resolves stays as it is. */
function complete(strategy: unknown): unknown {
  if (!Array.isArray(strategy)) return strategy;
  return (strategy as readonly Item[]).map(({ CapacityProvider, Base, Weight }) => ({
    CapacityProvider,
    Base: Base ?? 0,
    Weight: Weight ?? 0,
  }));
}

interface Item {
  readonly CapacityProvider?: unknown;
  readonly Base?: unknown;
  readonly Weight?: unknown;
}

/** @returns the problem when neither the props nor the service say where the tasks run */
export function networkProblem(
  scope: Construct,
  { service, subnets, securityGroups }: EcsReleaseProps,
): string | undefined {
  const missing = [...(subnets ? [] : ['subnets']), ...(securityGroups ? [] : ['securityGroups'])];
  if (missing.length === 0 || serviceProperties(scope, service).NetworkConfiguration) return undefined;
  return `${missing.join(' and ')}: the stack does not know where the tasks of ${service.node.path} run: set ${missing.join(' and ')}`;
}

interface ServiceProperties {
  readonly PlatformVersion?: string;
  readonly CapacityProviderStrategy?: unknown;
  readonly NetworkConfiguration?: {
    readonly AwsvpcConfiguration?: {
      readonly Subnets?: readonly unknown[];
      readonly SecurityGroups?: readonly unknown[];
      readonly AssignPublicIp?: unknown;
    };
  };
}

/** An imported service has none, and references of another stack mean nothing in this one. */
function serviceProperties(scope: Construct, service: IBaseService): ServiceProperties {
  const resource = service.node.defaultChild;
  return resource instanceof CfnService && Stack.of(service) === Stack.of(scope) ? propertiesOf(resource) : {};
}

/** Where the serving container logs through awslogs; undefined when it does not, or a task definition was imported. */
export function taskLogsOf(taskDefinition: TaskDefinition, { name }: ShippedContainer): TaskLogs | undefined {
  if (name === undefined || Token.isUnresolved(name)) return undefined;
  const log = taskDefinition.findContainer(name)?.logDriverConfig;
  const group = log?.options?.['awslogs-group'];
  const prefix = log?.options?.['awslogs-stream-prefix'];
  if (log?.logDriver !== 'awslogs' || !group || !prefix) return undefined;
  return { LogGroup: group, StreamPrefix: prefix, ContainerName: name };
}

/**
 * Keeps old revisions. Otherwise CloudFormation deregisters the old one while blue still runs on it, and nobody could ship it
 * again. An imported task definition belongs to somebody else.
 */
export function keepRevisions(taskDefinition: TaskDefinition): void {
  const resource = taskDefinition.node.defaultChild as CfnResource | undefined;
  if (!resource) return;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  resource.cfnOptions.deletionPolicy ??= CfnDeletionPolicy.DELETE;
}
