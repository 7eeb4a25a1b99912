import { Annotations, Duration } from 'aws-cdk-lib';
import {
  type ApplicationListener,
  type ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type IApplicationListener,
  type IApplicationLoadBalancer,
  type IApplicationTargetGroup,
  type ListenerCondition,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { CfnSecurityGroup, IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { ImportedTwinEnvironments, type ITwinEnvironments, TwinEnvironmentsBase } from './imported-twin-environments';
import { type TwinEnvironmentsAttributes } from './twin-environments-props';
import { LiveRoute } from '../live-route/live-route';
import { ProductionRoute } from '../live-route/production-route';
import { acknowledge } from '../internal/acknowledge';
import { refuseClientCertificates } from './client-certificates';
import { hostOf, mismatchOf } from './conditions';
import { hostsOf, plainGet } from '../gate/requests';
import { localListener, localLoadBalancer } from '../internal/local-reference';
import {
  type Endpoint,
  endpointOf,
  type Forwarding,
  fullNameOf,
  ownListener,
  ownRule,
  redirectListener,
  RULE_PRIORITY,
  type RuledEndpoint,
  ruledListener,
} from './listeners';
import { type ListenerSettings, ServiceListener } from './service-listener';
import { clashes, validateTwins } from './validation';
import { UpdateGuard } from './update-guard';
import type { TwinEnvironmentsProps } from './twin-environments-props';

const DEFAULT_HEALTH_PATH = '/health';

/**
 * Id of the listener for plain HTTP: production without a certificate, the redirect with one. So a certificate that comes or
 * goes changes no listener's port, and no port is taken that another resource gives up in the same update.
 */
const PLAIN_LISTENER = 'ProductionListener';

/**
 * The load balancer's side of a blue/green service: production and test listener (or rules on listeners that exist), blue
 * and green target group. Both forward to the live side, blue at first; CodeDeploy moves them at each release. The test
 * listener admits nobody until `allowGateFrom` names who may.
 */
export class TwinEnvironments extends TwinEnvironmentsBase {
  /** Load balancer, listeners and target groups that exist already, for a gate and alarms around them. */
  public static fromTwinEnvironmentsAttributes(
    scope: Construct,
    id: string,
    attributes: TwinEnvironmentsAttributes,
  ): ITwinEnvironments {
    return new ImportedTwinEnvironments(scope, id, attributes);
  }

  /** The load balancer of both listeners. */
  public readonly loadBalancer: IApplicationLoadBalancer;
  /** The listener where clients connect. */
  public readonly productionListener: IApplicationListener;
  /** The listener where the gate tests green before clients use it. */
  public readonly testListener: IApplicationListener;
  /** The target group that is live first; the two swap roles at each release. */
  public readonly blue: IApplicationTargetGroup;
  /** The target group that the first release makes live. */
  public readonly green: IApplicationTargetGroup;
  /** The route that makes both listeners follow the live side. */
  public readonly liveRoute: LiveRoute;
  /** The listener that redirects plain HTTP, if there is one. */
  public readonly redirectListener?: ApplicationListener;
  /** `app/<name>/<id>`, the load balancer's dimension in CloudWatch. */
  public readonly loadBalancerFullName: string;
  /** The name that clients use, if it is known. */
  public readonly domainName?: string;
  /** The base URL of the production listener. */
  public readonly productionUrl: string;
  /** The base URL of the test listener. Only an allowed gate can connect. */
  public readonly testUrl: string;
  /**
   * What a plain GET finds on production and the target groups are checked with; undefined when the rule takes no such request.
   * @internal
   */
  public readonly _healthPath?: string;
  /** The names that a request of the gate may carry.
   * @internal */
  public readonly _hosts: readonly string[];
  /** Of the rules on listeners that exist; none where both listeners are of its own.
   * @internal */
  public readonly _conditions: readonly ListenerCondition[];
  /** Those that move the traffic; undefined where a default action does.
   * @internal */
  public readonly _rules: Readonly<Record<'production' | 'test', ApplicationListenerRule | undefined>>;
  /** @internal */
  public readonly _updateGuard: UpdateGuard;
  /** @internal */
  protected readonly _ports: readonly [number, number];
  /** @internal */
  protected readonly _admitsAll: boolean;

  public constructor(scope: Construct, id: string, props: TwinEnvironmentsProps) {
    super(scope, id);
    const listener = (props.listener ?? ServiceListener.create())._settings;
    validateTwins(this, props, listener);
    this.loadBalancer = listener.loadBalancer
      ? localLoadBalancer(this, listener.loadBalancer)
      : this.createLoadBalancer(props.vpc, listener.internetFacing);
    this.loadBalancerFullName = fullNameOf(this.loadBalancer);
    this.domainName = listener.domainName ?? hostOf(listener.conditions);
    this._hosts = hostsOf(this.domainName, this.loadBalancer.loadBalancerDnsName);
    this._conditions = listener.conditions ?? [];
    this._healthPath = this.reachableHealthPath(props.healthCheck?.path ?? DEFAULT_HEALTH_PATH, listener);
    const blue = this.createTargetGroup('Blue', props);
    const green = this.createTargetGroup('Green', props);
    const port = listener.port ?? (listener.certificate ? 443 : 80);
    const serviceName = props.serviceName ?? this.node.scope?.node.id ?? this.node.id;
    this._updateGuard = new UpdateGuard(this, { serviceName, blue, green, loadBalancer: this.loadBalancer });
    this.liveRoute = this.createLiveRoute(blue, green, port, { ...props, serviceName });
    const forwarding = { loadBalancer: this.loadBalancer, blue, route: this.liveRoute };
    const byRules = props.forwardByRules ?? false;
    const production = this.createProduction(forwarding, port, listener, byRules);
    const test = this.createTest(forwarding, listener, byRules);
    this._rules = { production: ruleOf(production), test: ruleOf(test) };
    this.redirectListener = this.createRedirect(production, listener);

    this.blue = blue;
    this.green = green;
    this.productionListener = production.listener;
    this.testListener = test.listener;
    this._ports = [production.port, test.port];
    this._admitsAll = !listener.existing && (listener.openListener ?? true);
    this.productionUrl = this._urlOf(production);
    this.testUrl = this._urlOf(test);
    refuseClientCertificates(this, [
      listener.existing ?? production.listener,
      listener.testRule?.listener ?? test.listener,
    ]);
    if (production.scheme === 'http' || test.scheme === 'http') this.warnPlainHttp();
    if (listener.loadBalancer) this.node.addValidation({ validate: () => clashes(this) });
  }

  private reachableHealthPath(path: string, { existing, conditions }: ListenerSettings): string | undefined {
    const missed = existing && mismatchOf(conditions, plainGet(path, { hosts: this._hosts }));
    return missed ? undefined : path;
  }

  private createLiveRoute(
    blue: ApplicationTargetGroup,
    green: ApplicationTargetGroup,
    port: number,
    props: TwinEnvironmentsProps,
  ): LiveRoute {
    const { application, deploymentGroupName, serviceName } = props;
    const { existing, priority = 1 } = props.listener?._settings ?? {};
    return new LiveRoute(this, 'LiveRoute', {
      blue,
      green,
      application,
      deploymentGroupName,
      serviceName,
      production: this.productionRoute(existing, priority, port, props.forwardByRules),
    });
  }

  private productionRoute(
    existing: IApplicationListener | undefined,
    priority: number,
    port: number,
    byRules = false,
  ): ProductionRoute {
    if (existing) return ProductionRoute.rule(existing, priority);
    return byRules
      ? ProductionRoute.ruleOnPort(this.loadBalancer, port, RULE_PRIORITY)
      : ProductionRoute.defaultAction(this.loadBalancer, port);
  }

  private createProduction(
    forwarding: Forwarding,
    port: number,
    settings: ListenerSettings,
    byRules: boolean,
  ): Endpoint | RuledEndpoint {
    const { existing, conditions = [], priority = 1, certificate, openListener: open = true } = settings;
    if (!existing) {
      const id = certificate ? 'SecureListener' : PLAIN_LISTENER;
      const options = { ...forwarding, port, open, certificate };
      return byRules ? ruledListener(this, id, 'ProductionRule', options) : ownListener(this, id, options);
    }
    const listener = localListener(this, 'productionListener', existing);
    const rule = ownRule(this, 'ProductionRule', { ...forwarding, listener, conditions, priority });
    const names = { listener: 'the production listener', port: 'listener.port' };
    return { ...endpointOf(this, existing, names, settings.port), listener, rule };
  }

  private createTest(forwarding: Forwarding, settings: ListenerSettings, byRules: boolean): Endpoint | RuledEndpoint {
    const { conditions = [], testRule, certificate, testPort } = settings;
    if (!testRule) {
      const port = testPort ?? (certificate ? 9443 : 9080);
      const options = { ...forwarding, port, open: false, certificate };
      return byRules
        ? ruledListener(this, 'TestListener', 'TestRule', options)
        : ownListener(this, 'TestListener', options);
    }
    const listener = localListener(this, 'testListener', testRule.listener);
    const rule = ownRule(this, 'TestRule', { ...forwarding, listener, conditions, priority: testRule.priority });
    const names = { listener: 'the test listener', port: 'listener.testPort' };
    return { ...endpointOf(this, testRule.listener, names, testPort), listener, rule };
  }

  private createRedirect(production: Endpoint, settings: ListenerSettings): ApplicationListener | undefined {
    const { redirectHTTP, certificate, openListener: open = true } = settings;
    const { port } = production;
    if (!(redirectHTTP ?? (certificate && !settings.loadBalancer && port !== 80))) return undefined;
    const listener = redirectListener(this, PLAIN_LISTENER, { loadBalancer: this.loadBalancer, port, open });
    // Production is served at its new port before the old one sends clients there.
    listener.node.addDependency(production.listener);
    return listener;
  }

  private createLoadBalancer(vpc: IVpc, internetFacing = true): ApplicationLoadBalancer {
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing,
      dropInvalidHeaderFields: true,
    });
    limitDescription(loadBalancer);
    acknowledge(
      loadBalancer,
      'Where access logs go, and for how long, is a choice of the account: call logAccessLogs() on twins.loadBalancer',
      'AwsSolutions-ELB2',
    );
    acknowledge(
      loadBalancer,
      'A public service is reached from anywhere on its production port; open: false closes it',
      'AwsSolutions-EC23',
    );
    return loadBalancer;
  }

  private createTargetGroup(id: string, props: TwinEnvironmentsProps): ApplicationTargetGroup {
    const interval = props.healthCheck?.interval ?? Duration.seconds(10);
    return new ApplicationTargetGroup(this, id, {
      vpc: props.vpc,
      port: props.containerPort,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
      deregistrationDelay: props.deregistrationDelay ?? Duration.seconds(30),
      healthCheck: {
        path: props.healthCheck?.path ?? DEFAULT_HEALTH_PATH,
        interval,
        timeout: props.healthCheck?.timeout ?? Duration.seconds(Math.floor(interval.toSeconds() / 2)),
        healthyThresholdCount: props.healthCheck?.healthyThresholdCount ?? 2,
        unhealthyThresholdCount: props.healthCheck?.unhealthyThresholdCount ?? 2,
        healthyHttpCodes: props.healthCheck?.healthyHttpCodes ?? '200',
      },
    });
  }

  private warnPlainHttp(): void {
    Annotations.of(this).addWarningV2(
      'cdk-greenlight:plainHttp',
      'production and test traffic are not encrypted: set listener: ServiceListener.create({ certificate }) to serve HTTPS',
    );
  }
}

const ruleOf = (endpoint: Endpoint | RuledEndpoint) => ('rule' in endpoint ? endpoint.rule : undefined);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
const DESCRIPTION_CHARACTERS_MAX = 255;

/**
 * Shortens the description of the security group that the CDK creates: it contains the construct's whole path. A description
 * that EC2 accepts stays as it is, because another one would replace the group.
 */
function limitDescription(owner: IConnectable): void {
  for (const group of owner.connections.securityGroups) {
    const resource = group.node.defaultChild as CfnSecurityGroup | undefined;
    if (!resource || resource.groupDescription.length <= DESCRIPTION_CHARACTERS_MAX) continue;
    resource.groupDescription = resource.groupDescription.slice(0, DESCRIPTION_CHARACTERS_MAX);
  }
}
