import { CustomResource, Lazy, Stack, Token } from 'aws-cdk-lib';
import { CfnService, type IBaseService, type TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationTargetGroup,
  CfnLoadBalancer,
  type CfnTargetGroup,
  type IApplicationLoadBalancer,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Suite } from '../../smoke/suite';
import {
  type CheckedPath,
  type HealthCheck,
  UPDATE_GUARD_RESOURCE_TYPE,
  type UpdateGuardProperties,
} from '../../lambda/live-route/types';
import { LiveRouteProvider } from '../live-route/provider';

export interface Guarded {
  readonly serviceName: string;
  readonly blue: ApplicationTargetGroup;
  readonly green: ApplicationTargetGroup;
  readonly loadBalancer: IApplicationLoadBalancer;
}

/**
 * Refuses an update that production would not survive, before CloudFormation applies any of it: the target groups, and so
 * the service behind them, come after this resource. What it guards in addition to their health checks is added by the constructs
 * that have it.
 */
export class UpdateGuard {
  private readonly suites: Suite[] = [];
  private shipped?: { readonly taskDefinition: TaskDefinition; readonly service: IBaseService };

  public constructor(
    private readonly scope: Construct,
    { serviceName, blue, green, loadBalancer }: Guarded,
  ) {
    const provider = LiveRouteProvider.of(scope);
    // At the end: what is set on the resources themselves counts.
    const atEnd = (produce: () => unknown) => Lazy.uncachedAny({ produce }) as never;
    const properties: Omit<UpdateGuardProperties, 'ServiceToken'> = {
      ServiceName: serviceName,
      Ships: Lazy.uncachedString({ produce: () => this.shipped?.taskDefinition.taskDefinitionArn ?? '' }),
      Fixed: atEnd(() => ({
        ...(this.shipped && fixedOf(this.shipped.service)),
        BlueTargetGroup: replacingOf(resourceOf(blue)),
        GreenTargetGroup: replacingOf(resourceOf(green)),
        LoadBalancer: identityOf(loadBalancer),
      })),
      HealthChecks: atEnd(() => ({
        Blue: healthCheckOf(resourceOf(blue)),
        Green: healthCheckOf(resourceOf(green)),
      })),
      Checked: atEnd(() => this.suites.flatMap(checkedBy)),
    };
    const guard = new CustomResource(scope, 'UpdateGuard', {
      serviceToken: provider.function.functionArn,
      resourceType: UPDATE_GUARD_RESOURCE_TYPE,
      properties,
    });
    guard.node.addDependency(provider);
    for (const group of [blue, green]) group.node.addDependency(guard);
  }

  /** The live version has passed the suite. */
  public addSuite(suite: Suite): void {
    this.suites.push(suite);
  }

  /**
   * What runs behind the target groups. Of another stack it comes after this one, which then cannot name it.
   */
  public addShipped(taskDefinition: TaskDefinition, service: IBaseService): void {
    if ([service, taskDefinition].every((each) => Stack.of(each) === Stack.of(this.scope))) {
      this.shipped = { taskDefinition, service };
    }
  }
}

const resourceOf = (group: ApplicationTargetGroup) => group.node.defaultChild as CfnTargetGroup;

/** A target group belongs to one load balancer. The guard does not wait for it, as a replacement would be made first. */
function identityOf(loadBalancer: IApplicationLoadBalancer): unknown {
  const resource = loadBalancer.node.defaultChild;
  if (!(resource instanceof CfnLoadBalancer)) return loadBalancer.loadBalancerArn;
  const { name, scheme } = resource;
  return { id: loadBalancer.node.path, ...(Stack.of(resource).resolve({ name, scheme }) as object) };
}

/** Another of these is another target group. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html */
function replacingOf(group: CfnTargetGroup): Record<string, unknown> {
  const { name, port, protocol, protocolVersion, targetType, vpcId, ipAddressType } = group;
  const given = { name, port, protocol, protocolVersion, targetType, vpcId, ipAddressType };
  return Stack.of(group).resolve(given) as Record<string, unknown>;
}

/** The task definition is named by its family, tags may change, and the count belongs to the scalable target. */
const CHANGEABLE: readonly string[] = ['TaskDefinition', 'Tags', 'DesiredCount'];

/** Target groups come after the guard, so it cannot name them. */
function fixedOf({ node: { defaultChild: service } }: IBaseService): Record<string, unknown> {
  if (!(service instanceof CfnService)) return {};
  const { Resources = {} } = Stack.of(service).resolve(service._toCloudFormation()) as {
    Resources?: Record<string, { Properties?: Record<string, unknown> }>;
  };
  const [resource] = Object.values(Resources);
  const entries = Object.entries(resource?.Properties ?? {}).filter(([name]) => !CHANGEABLE.includes(name));
  const { LoadBalancers, ...others } = Object.fromEntries(entries);
  const { DeploymentController } = others as { DeploymentController?: { readonly Type?: string } };
  // ECS itself can update everything else, or CloudFormation replaces the service.
  if (DeploymentController?.Type === 'ECS') return { DeploymentController };
  const targets = (LoadBalancers ?? []) as Record<string, unknown>[];
  return {
    ...others,
    LoadBalancers: targets.map(({ ContainerName, ContainerPort }) => ({ ContainerName, ContainerPort })),
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
const DEFAULTS: HealthCheck = {
  Path: '/',
  Codes: '200',
  Protocol: 'HTTP',
  Port: 'traffic-port',
  Interval: '30',
  Timeout: '5',
  UnhealthyThreshold: '2',
};

/** The group's own properties are tokens that may come to nothing. */
export function healthCheckOf(group: CfnTargetGroup): HealthCheck {
  const {
    healthCheckPath,
    matcher,
    healthCheckProtocol,
    healthCheckPort,
    healthCheckIntervalSeconds,
    healthCheckTimeoutSeconds,
    unhealthyThresholdCount,
  } = group;
  const given = Stack.of(group).resolve({
    Path: healthCheckPath,
    Codes: matcher,
    Protocol: healthCheckProtocol,
    Port: healthCheckPort,
    Interval: healthCheckIntervalSeconds,
    Timeout: healthCheckTimeoutSeconds,
    UnhealthyThreshold: unhealthyThresholdCount,
  }) as Partial<Record<keyof HealthCheck, unknown>>;
  const { httpCode } = (given.Codes ?? {}) as CfnTargetGroup.MatcherProperty;
  const texts = Object.entries({ ...given, Codes: httpCode }).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(texts.map(([name, value]) => [name, String(value)])) };
}

/** The timeout of a check that has none. */
const TIMEOUT_MS = 5_000;

/** Only plain GET requests of known paths, as a health check is one. */
function checkedBy({ checks, defaults }: Suite): CheckedPath[] {
  return checks.flatMap(({ method = 'GET', path, expect, auth, headers, timeoutMs, repeat }) => {
    const plain = method === 'GET' && !auth && !headers && !Token.isUnresolved(path) && !path.includes('${');
    const accepted = [expect?.status ?? 200].flat();
    const known = accepted.every((status): status is number => typeof status === 'number');
    if (!plain || !known || expect?.redirect !== undefined) return [];
    const limitsMs = [expect?.latencyMs, timeoutMs ?? defaults?.timeoutMs ?? TIMEOUT_MS].filter(
      (ms) => ms !== undefined,
    );
    const times = repeat && !repeat.errorPercent ? repeat.times : 1;
    return [{ Path: path, Status: accepted.map(String), LimitMs: String(Math.min(...limitsMs)), Times: String(times) }];
  });
}
