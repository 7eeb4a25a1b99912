/** AWS::ECS::Service: created when steady, hardly updatable under CODE_DEPLOY, gone when its tasks are. */
import { isDeepStrictEqual } from 'node:util';
import {
  AwsError,
  INTERNAL,
  type ResourceRequest,
  type ResourceState,
  type ResourceType,
  type World,
} from '../../core/service';
import { checkCloudFormationBake, type DeploymentConfiguration } from './deployment/configuration';
import { nameFor } from './names';
import type { Services } from './services';
import { type LaunchSettings, toApiShape } from './shapes';
import type { DeploymentController, ServiceState } from './state';
import { whenRolledBack, whenStable } from './stable';
import { applyUpdate } from './update-service';
import { reasonOf } from './task/reason';

export interface ServiceProperties {
  readonly ServiceName?: string;
  readonly Cluster?: string;
  readonly TaskDefinition?: string;
  readonly DesiredCount?: number | string;
  readonly DeploymentController?: { readonly Type: DeploymentController };
  readonly DeploymentConfiguration?: Readonly<Record<string, unknown>>;
  readonly HealthCheckGracePeriodSeconds?: number | string;
  readonly LaunchType?: string;
  readonly PlatformVersion?: string;
  readonly LoadBalancers?: readonly unknown[];
  readonly NetworkConfiguration?: unknown;
  readonly CapacityProviderStrategy?: readonly unknown[];
  readonly Tags?: readonly unknown[];
}

function launchOf(properties: ServiceProperties): LaunchSettings {
  const shape = toApiShape({
    LoadBalancers: properties.LoadBalancers ?? [],
    NetworkConfiguration: properties.NetworkConfiguration,
    CapacityProviderStrategy: properties.CapacityProviderStrategy,
  }) as Pick<LaunchSettings, 'loadBalancers' | 'networkConfiguration' | 'capacityProviderStrategy'>;
  const launchType = properties.LaunchType ?? (shape.capacityProviderStrategy ? undefined : 'FARGATE');
  const { PlatformVersion: platformVersion, TaskDefinition: taskDefinition = '' } = properties;
  return { ...shape, taskDefinition, launchType, platformVersion };
}

/** What a template does not have any more is off again. */
const configurationOf = ({ DeploymentConfiguration: given = {} }: ServiceProperties): DeploymentConfiguration => ({
  strategy: 'ROLLING',
  lifecycleHooks: [],
  alarms: undefined,
  deploymentCircuitBreaker: undefined,
  ...(toApiShape(given) as DeploymentConfiguration),
});

/** Each load balancer's target group must be reachable, as CreateService insists. */
async function checkTargetGroups(world: World, launch: LaunchSettings): Promise<void> {
  for (const { targetGroupArn } of launch.loadBalancers) {
    const response = await world.call<{ TargetGroups?: { LoadBalancerArns?: string[] }[] }>(
      INTERNAL,
      'elasticloadbalancing',
      'DescribeTargetGroups',
      { TargetGroupArns: [targetGroupArn] },
    );
    if (response.TargetGroups?.[0]?.LoadBalancerArns?.length) continue;
    const what = `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`;
    throw new AwsError('InvalidParameterException', what);
  }
}

const stateOf = (service: ServiceState): ResourceState => ({
  physicalId: service.arn,
  attributes: { Name: service.name, ServiceArn: service.arn },
});

async function create(world: World, services: Services, request: ResourceRequest<ServiceProperties>) {
  const { properties } = request;
  const launch = launchOf(properties);
  await checkTargetGroups(world, launch);
  const configuration = configurationOf(properties);
  checkCloudFormationBake(configuration);
  const service = services.create({
    name: properties.ServiceName ?? nameFor(world, request),
    cluster: properties.Cluster,
    controller: controllerOf(properties),
    desiredCount: Number(properties.DesiredCount ?? 1),
    launch,
    configuration,
    healthCheckGracePeriodMs: Number(properties.HealthCheckGracePeriodSeconds ?? 0) * 1000,
  });
  request.initiated?.(service.arn);
  try {
    await whenStable(world, services, service, request.signal);
  } catch (error) {
    // A creation that is given up leaves nothing behind.
    services.delete(service);
    throw error;
  }
  return stateOf(service);
}

const controllerOf = ({ DeploymentController }: ServiceProperties) => DeploymentController?.Type ?? 'ECS';

/**
 * A service goes over to another deployment controller in place, except to CodeDeploy: with the controller, CloudFormation sends
 * the task definition, which ECS then refuses. https://github.com/aws/aws-cdk/issues/36012
 * @throws AwsError in AWS's sentence
 */
function changeController(service: ServiceState, next: DeploymentController): void {
  if (service.controller === next) return;
  if (next === 'CODE_DEPLOY') {
    throw new AwsError(
      'InvalidRequest',
      'Invalid request provided: Unable to update task definition on services with a CODE_DEPLOY deployment controller. ' +
        'Use AWS CodeDeploy to trigger a new deployment.',
    );
  }
  service.controller = next;
}

/**
 * CloudFormation sends UpdateService with every property that the template has, changed or not, so under CODE_DEPLOY
 * any change but tags fails. https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1529
 * @throws AwsError with CloudFormation's sentence around the one of ECS
 */
function update(services: Services, service: ServiceState, properties: ServiceProperties): void {
  const launch = launchOf(properties);
  const deploymentConfiguration = configurationOf(properties);
  try {
    checkCloudFormationBake(deploymentConfiguration);
    applyUpdate(services, service, {
      service: service.name,
      ...launch,
      ...(properties.DesiredCount === undefined ? {} : { desiredCount: Number(properties.DesiredCount) }),
      deploymentConfiguration,
      healthCheckGracePeriodSeconds: Number(properties.HealthCheckGracePeriodSeconds ?? 0),
    });
  } catch (error) {
    const sentence = reasonOf(error);
    throw new AwsError('InvalidRequest', `Invalid request provided: UpdateService error: ${sentence}`);
  }
}

const withoutTags = (properties: ServiceProperties) => ({ ...properties, Tags: undefined });

export function serviceResource(world: World, services: Services): ResourceType<ServiceProperties> {
  /** What the service has now, by ARN: an update back to it, as after a refused one, asks ECS for nothing. */
  const applied = new Map<string, ServiceProperties>();
  return {
    create: async (request) => {
      const created = await create(world, services, request);
      applied.set(created.physicalId, request.properties);
      return created;
    },
    update: async ({ properties, current, signal }) => {
      const service = services.state.services.findLast((each) => each.arn === current.physicalId);
      if (!service) throw new AwsError('ServiceNotFoundException', 'Service not found.');
      const before = applied.get(service.arn);
      if (before && isDeepStrictEqual(withoutTags(before), withoutTags(properties))) return current;
      await whenRolledBack(services, service, signal);
      const previous = services.deployments.newest(service);
      changeController(service, controllerOf(properties));
      update(services, service, properties);
      applied.set(service.arn, properties);
      await whenStable(world, services, service, signal, previous);
      return current;
    },
    delete: async ({ current, signal }) => {
      const service = services.state.services.findLast((each) => each.arn === current.physicalId);
      if (!service || service.status === 'INACTIVE') return;
      services.delete(service);
      await services.until(() => service.status === 'INACTIVE', signal);
    },
  };
}
