import { isDeepStrictEqual } from 'node:util';
import { type CfnResource, CustomResource, Lazy, Stack } from 'aws-cdk-lib';
import type { IEcsApplication } from 'aws-cdk-lib/aws-codedeploy';
import { CfnService, type IBaseService } from 'aws-cdk-lib/aws-ecs';
import type {
  ApplicationListener,
  ApplicationListenerRule,
  IApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct, type IConstruct } from 'constructs';
import {
  LIVE_ROUTE_RESOURCE_TYPE,
  type EcsServiceLocation,
  LIVE_TARGET_GROUP,
  LIVE_WEIGHTS,
  type LiveRouteProperties,
  type Place,
  type RouteLocation,
} from '../../lambda/live-route/types';
import { acknowledgeWildcards } from '../internal/acknowledge';
import { fingerprintOf, propertiesOf, rewriteProperties, stackTagsOf } from '../release/followers';
import { forwardToLive, type LivePair, registerWithLive } from './live-action';
import type { ProductionRoute, RouteSettings } from './production-route';
import { LIVE_ROUTE_TIMEOUT, LiveRouteProvider } from './provider';
import { allow } from '../release/provider';
import { numberProblem, refuse, refuseAll } from '../internal/validate';

/** Construction properties of `LiveRoute`. */
export interface LiveRouteProps {
  /** The target group that is live when the stack is created. */
  readonly blue: IApplicationTargetGroup;
  /** The other target group of the pair. */
  readonly green: IApplicationTargetGroup;
  /** The default action or rule that forwards production traffic to the pair. */
  readonly production: ProductionRoute;
  /**
   * The CodeDeploy application whose deployments move the pair. Messages contain their ids, and a deployment that has not
   * shifted traffic yet is found too. @default - a shift is found only by its weights
   */
  readonly application?: IEcsApplication;
  /**
   * The name of the deployment group of `application` that moves the pair. It is only a name, because the group refers to the
   * listener, and the listener to this route. @default - every deployment group of `application`
   */
  readonly deploymentGroupName?: string;
  /** The name of the service in messages. @default - the id of the enclosing construct */
  readonly serviceName?: string;
}

/**
 * The target group that is live now, for listeners and rules to forward to. CodeDeploy moves production between two
 * target groups; a template that names one of them resets production whenever something about the listener changes. What
 * follows a live route does not: the route runs again at each such change. While a deployment moves traffic it
 * refuses the change, with the deployment's id.
 */
export class LiveRoute extends Construct {
  /** ARN of the target group that is live; blue when the stack is created. */
  public readonly targetGroupArn: string;
  /** The custom resource behind the route. */
  public readonly resource: CustomResource;
  private readonly followers: CfnResource[] = [];
  private readonly services: CfnService[] = [];
  private readonly pair: Pick<LiveRouteProps, 'blue' | 'green'>;
  private ecsService?: EcsServiceLocation;

  public constructor(scope: Construct, id: string, props: LiveRouteProps) {
    super(scope, id);
    validate(this, props);
    this.pair = props;
    const provider = LiveRouteProvider.of(this);
    if (props.application) grant(provider, props.application, props.deploymentGroupName);
    this.resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.function.functionArn,
      resourceType: LIVE_ROUTE_RESOURCE_TYPE,
      serviceTimeout: LIVE_ROUTE_TIMEOUT,
      properties: this.properties(props),
    });
    this.resource.node.addDependency(provider);
    this.targetGroupArn = this.resource.getAttString(LIVE_TARGET_GROUP);
  }

  /**
   * Makes the one forward action among the listener's default actions forward to the live target group. Everything else
   * about the actions stays: authentication before it, stickiness, weight, and what is set after this call. Synthesis
   * fails when the actions do not forward exactly once, or not to this pair, or split traffic between both.
   */
  public followWithListener(listener: ApplicationListener): void {
    this.follow(listener.node.defaultChild as CfnResource, 'DefaultActions', listener);
  }

  /** Makes the one forward action of the rule forward to the live target group, as `followWithListener` does. */
  public followWithRule(rule: ApplicationListenerRule): void {
    this.follow(rule.node.defaultChild as CfnResource, 'Actions', rule);
  }

  /**
   * Names the service whose own deployments (BLUE_GREEN, LINEAR or CANARY) move the pair, where CodeDeploy does not. What
   * follows then names both target groups with the weights that are live, as ECS requires, and while a deployment of the
   * service moves traffic a change is refused. The service must be in the stack of this route.
   */
  public addEcsService(service: IBaseService): void {
    const resource = this.serviceOf(service);
    const LogicalId = Stack.of(this).getLogicalId(resource);
    this.ecsService = { ClusterName: service.cluster.clusterName, LogicalId };
    grantEcs(LiveRouteProvider.of(this), service.cluster.clusterName);
  }

  /**
   * Makes a service that ECS updates by rolling register its tasks with the live target group, whichever a blue/green
   * deployment has left live: the way back from blue/green to rolling deployments, without a request lost.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/migrate-deployment-strategies.html
   */
  public followWithService(service: IBaseService): void {
    const resource = this.serviceOf(service);
    if (this.services.includes(resource)) return;
    let problem: string | undefined;
    rewriteProperties(resource, (properties, resolve) => {
      const live = registerWithLive(properties.LoadBalancers, this.pairAs(resolve));
      problem = live.problem;
      return live.loadBalancers ? { ...properties, LoadBalancers: live.loadBalancers } : properties;
    });
    this.validateAtEnd(resource, service, () => problem && `LoadBalancers ${problem}`);
    this.services.push(resource);
  }

  private serviceOf(service: IBaseService): CfnService {
    const resource = service.node.defaultChild;
    if (resource instanceof CfnService && Stack.of(resource) === Stack.of(this)) return resource;
    return refuse(
      this,
      `${service.node.path} is not a service of this stack: create it here, where the route can find it`,
    );
  }

  /** The problem is known once the resource is rendered. */
  private validateAtEnd(resource: CfnResource, owner: IConstruct, problem: () => string | undefined): void {
    owner.node.addValidation({
      validate: () => {
        Stack.of(resource).resolve(resource._toCloudFormation());
        const found = problem();
        return found === undefined ? [] : [`${owner.node.path}: ${found}`];
      },
    });
  }

  private follow(follower: CfnResource, name: string, owner: Construct): void {
    if (this.followers.includes(follower)) return;
    if (Stack.of(follower) !== Stack.of(this)) {
      refuse(
        owner,
        'is in another stack than its LiveRoute, which would not run when it changes: create both in one stack',
      );
    }
    let problem: string | undefined;
    rewriteProperties(follower, (properties, resolve) => {
      const live = forwardToLive(properties[name], this.pairAs(resolve));
      problem = live.problem;
      return live.actions ? { ...properties, [name]: live.actions } : properties;
    });
    this.validateAtEnd(follower, owner, () => problem && `${name} ${problem}`);
    this.followers.push(follower);
  }

  private pairAs(resolve: (value: unknown) => unknown): LivePair {
    const { blue, green } = this.pair;
    return {
      blue: resolve(blue.targetGroupArn),
      green: resolve(green.targetGroupArn),
      live: resolve(this.targetGroupArn),
      ...(this.ecsService && {
        weights: { blue: resolve(this.weightOf('blue')), green: resolve(this.weightOf('green')) },
      }),
    };
  }

  private weightOf(side: 'blue' | 'green'): string {
    return this.resource.getAttString(LIVE_WEIGHTS[side]);
  }

  /** Of a rule only where its listener is known without a cycle: the one that the route names. */
  private places({ production }: LiveRouteProps): Place[] {
    const { listener } = production._settings;
    const stack = Stack.of(this);
    const named: unknown = listener && stack.resolve(listener.listenerArn);
    return this.followers.flatMap((follower): Place[] => {
      const LogicalId = stack.resolve(follower.logicalId) as string;
      const { LoadBalancerArn, Port, ListenerArn, Priority } = propertiesOf(follower) as Record<keyof Place, string>;
      if (Port !== undefined) return [{ LogicalId, LoadBalancerArn, Port: String(Port) }];
      return isDeepStrictEqual(ListenerArn, named) ? [{ LogicalId, ListenerArn, Priority: String(Priority) }] : [];
    });
  }

  private properties(props: LiveRouteProps): Omit<LiveRouteProperties, 'ServiceToken'> {
    const routeId = () => Stack.of(this).getLogicalId(this.resource.node.defaultChild as CfnResource);
    return {
      ServiceName: props.serviceName ?? this.node.scope?.node.id ?? this.node.id,
      BlueTargetGroupArn: props.blue.targetGroupArn,
      GreenTargetGroupArn: props.green.targetGroupArn,
      Location: locationOf(props.production._settings),
      ApplicationName: props.application?.applicationName ?? '',
      DeploymentGroupName: props.deploymentGroupName ?? '',
      // At the end: the service comes after its listeners.
      EcsService: Lazy.any({ produce: () => this.ecsService }) as never,
      // At the end: what follows, and the aspects that tag it, come later.
      Followers: Lazy.uncachedAny({
        produce: () => [
          ...this.followers.map((follower) => fingerprintOf(follower, routeId())),
          ...this.services.map((service) => fingerprintOf(service, routeId(), ['LoadBalancers'])),
          { StackTags: stackTagsOf(this) },
        ],
      }),
      Places: Lazy.uncachedAny({ produce: () => this.places(props) }) as unknown as Place[],
    };
  }
}

function locationOf({ listener, loadBalancer, port, priority }: RouteSettings): RouteLocation {
  return {
    ...(listener
      ? { ListenerArn: listener.listenerArn }
      : { LoadBalancerArn: loadBalancer?.loadBalancerArn, Port: String(port) }),
    ...(priority !== undefined && { Priority: String(priority) }),
  };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html */
function grant(provider: LiveRouteProvider, application: IEcsApplication, groupName = '*'): void {
  const groups = Stack.of(provider).formatArn({
    service: 'codedeploy',
    resource: `deploymentgroup:${application.applicationName}`,
    resourceName: groupName,
  });
  if (groupName === '*') allow(provider.role, ['codedeploy:ListDeploymentGroups'], [application.applicationArn]);
  allow(provider.role, ['codedeploy:ListDeployments', 'codedeploy:GetDeployment'], [groups]);
  acknowledgeWildcards(provider.role, "The deployment group's own name would make a cycle of references", [groups]);
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
function grantEcs(provider: LiveRouteProvider, clusterName: string): void {
  const of = (resource: string) =>
    Stack.of(provider).formatArn({ service: 'ecs', resource, resourceName: `${clusterName}/*` });
  const [services, deployments] = [of('service'), of('service-deployment')];
  allow(provider.role, ['ecs:ListServiceDeployments'], [services]);
  allow(provider.role, ['ecs:DescribeServiceDeployments'], [deployments]);
  acknowledgeWildcards(provider.role, "The service's own name would make a cycle of references", [
    services,
    deployments,
  ]);
}

function validate(scope: LiveRoute, props: LiveRouteProps): void {
  const { port, priority } = props.production._settings;
  refuseAll(scope, [
    port === undefined ? undefined : numberProblem('production port', port, { min: 1, max: 65535, whole: true }),
    priority === undefined
      ? undefined
      : numberProblem('production priority', priority, { min: 1, max: 50000, whole: true }),
    props.deploymentGroupName !== undefined && !props.application
      ? `deploymentGroupName '${props.deploymentGroupName}' without application: set the CodeDeploy application that the group belongs to`
      : undefined,
    props.blue === props.green ? 'blue and green are one target group: a pair needs two' : undefined,
  ]);
}
