import { CustomResource, Lazy, Stack, Token } from 'aws-cdk-lib';
import type { CfnService, FargateService, TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Suite } from '../../lambda/gate/suite/contract';
import {
  type HealthCheck,
  UPDATE_GUARD_RESOURCE_TYPE,
  type UpdateGuardProperties,
} from '../../lambda/live-route/contract';
import type { TwinEnvironments } from '../twin-environments';
import { LiveRouteProvider } from './live-route-provider';

export interface Guarded {
  readonly serviceName: string;
  readonly service: FargateService;
  readonly taskDefinition: TaskDefinition;
  readonly twins: TwinEnvironments;
  readonly suite: Suite;
}

/**
 * Refuses an update that production would not survive, before CloudFormation applies any of it: target groups and service
 * come after this resource.
 */
export function guardUpdates(scope: Construct, guarded: Guarded): CustomResource {
  const { serviceName, service, taskDefinition, twins, suite } = guarded;
  const provider = LiveRouteProvider.of(scope);
  const properties: Omit<UpdateGuardProperties, 'ServiceToken'> = {
    ServiceName: serviceName,
    Ships: taskDefinition.taskDefinitionArn,
    // At the end: what is set on the resources themselves counts.
    Fixed: Lazy.uncachedAny({ produce: () => fixedOf(service.node.defaultChild as CfnService) }) as never,
    HealthCheck: Lazy.uncachedAny({
      produce: () => healthCheckOf(twins.blue.node.defaultChild as CfnTargetGroup),
    }) as never,
    Checked: checkedBy(suite),
  };
  const guard = new CustomResource(scope, 'UpdateGuard', {
    serviceToken: provider.function.functionArn,
    resourceType: UPDATE_GUARD_RESOURCE_TYPE,
    properties,
  });
  guard.node.addDependency(provider);
  for (const group of [twins.blue, twins.green]) group.node.addDependency(guard);
  return guard;
}

/** The task definition is named by its family, tags may change, and the count belongs to the scalable target. */
const CHANGEABLE: readonly string[] = ['TaskDefinition', 'Tags', 'DesiredCount'];

/** Target groups come after the guard, so it cannot name them. */
function fixedOf(service: CfnService): Record<string, unknown> {
  const { Resources = {} } = Stack.of(service).resolve(service._toCloudFormation()) as {
    Resources?: Record<string, { Properties?: Record<string, unknown> }>;
  };
  const [resource] = Object.values(Resources);
  const entries = Object.entries(resource?.Properties ?? {}).filter(([name]) => !CHANGEABLE.includes(name));
  const { LoadBalancers, ...others } = Object.fromEntries(entries);
  const targets = (LoadBalancers ?? []) as Record<string, unknown>[];
  return {
    ...others,
    LoadBalancers: targets.map(({ ContainerName, ContainerPort }) => ({ ContainerName, ContainerPort })),
  };
}

/** The group's own properties are tokens that may come to nothing. */
export function healthCheckOf(group: CfnTargetGroup): HealthCheck {
  const { healthCheckPath, matcher, healthCheckProtocol, healthCheckPort } = group;
  const given = Stack.of(group).resolve({ healthCheckPath, matcher, healthCheckProtocol, healthCheckPort }) as {
    readonly healthCheckPath?: string;
    readonly matcher?: CfnTargetGroup.MatcherProperty;
    readonly healthCheckProtocol?: string;
    readonly healthCheckPort?: string;
  };
  return {
    Path: given.healthCheckPath ?? '/',
    Codes: given.matcher?.httpCode ?? '200',
    Protocol: given.healthCheckProtocol ?? 'HTTP',
    Port: given.healthCheckPort ?? 'traffic-port',
  };
}

/** Plain GET requests of known paths alone, as a health check is one. */
function checkedBy({ checks }: Suite): UpdateGuardProperties['Checked'] {
  return checks.flatMap(({ method = 'GET', path, expect, auth, headers }) => {
    const plain = method === 'GET' && !auth && !headers && !Token.isUnresolved(path) && !path.includes('${');
    const accepted = [expect?.status ?? 200].flat();
    const known = accepted.every((status): status is number => typeof status === 'number');
    return plain && known && expect?.redirect === undefined ? [{ Path: path, Status: accepted.map(String) }] : [];
  });
}
