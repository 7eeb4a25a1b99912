import { Annotations, Duration } from 'aws-cdk-lib';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type IApplicationListener,
  type IApplicationLoadBalancer,
  type IApplicationTargetGroup,
  type ListenerCondition,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { ImportedTwinEnvironments, type ITwinEnvironments, TwinEnvironmentsBase } from './imported-twin-environments';
import { type TwinEnvironmentsAttributes } from './twin-environments-props';
import { LiveRoute } from '../live-route/live-route';
import { acknowledge } from '../internal/acknowledge';
import { refuseClientCertificates } from './client-certificates';
import { hostOf, mismatchOf } from './conditions';
import { hostsOf, plainGet } from '../gate/requests';
import { limitDescription } from './descriptions';
import { localListener, localLoadBalancer } from '../internal/local-reference';
import {
  type Endpoint,
  endpointOf,
  type Forwarding,
  fullNameOf,
  ownListener,
  ownRule,
  redirectListener,
} from './listeners';
import { clashes, validateTwins } from './validation';
import { UpdateGuard } from './update-guard';
import type { TwinEnvironmentsProps } from './twin-environments-props';

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

  /** Takes the traffic of both listeners. */
  public readonly loadBalancer: IApplicationLoadBalancer;
  /** Where clients connect. */
  public readonly productionListener: IApplicationListener;
  /** Where the gate meets the candidate before clients do. */
  public readonly testListener: IApplicationListener;
  /** The target group that is live first; the two swap roles at each release. */
  public readonly blue: IApplicationTargetGroup;
  /** The target group of the first candidate. */
  public readonly green: IApplicationTargetGroup;
  /** Tells both listeners which side is live. */
  public readonly liveRoute: LiveRoute;
  /** Redirects plain HTTP, where there is one. */
  public readonly redirectListener?: ApplicationListener;
  /** `app/<name>/<id>`, the load balancer's dimension in CloudWatch. */
  public readonly loadBalancerFullName: string;
  /** The name that clients use, if it is known. */
  public readonly domainName?: string;
  /** Base URL of the production listener. */
  public readonly productionUrl: string;
  /** Base URL of the test listener; only who was allowed can connect. */
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
  /** @internal */
  public readonly _updateGuard: UpdateGuard;
  /** @internal */
  protected readonly _ports: readonly [number, number];
  /** @internal */
  protected readonly _admitsAll: boolean;

  public constructor(scope: Construct, id: string, props: TwinEnvironmentsProps) {
    super(scope, id);
    validateTwins(this, props);
    this.loadBalancer = props.loadBalancer
      ? localLoadBalancer(this, props.loadBalancer)
      : this.createLoadBalancer(props);
    this.loadBalancerFullName = fullNameOf(this.loadBalancer);
    this.domainName = props.domainName ?? hostOf(props.conditions);
    this._hosts = hostsOf(this.domainName, this.loadBalancer.loadBalancerDnsName);
    this._conditions = props.conditions ?? [];
    const path = props.healthCheckPath ?? '/health';
    const missed = props.productionListener && mismatchOf(props.conditions, plainGet(path, { hosts: this._hosts }));
    if (!missed) this._healthPath = path;
    const blue = this.createTargetGroup('Blue', props);
    const green = this.createTargetGroup('Green', props);
    const productionPort = props.productionPort ?? (props.certificate ? 443 : 80);
    const serviceName = props.serviceName ?? this.node.scope?.node.id ?? this.node.id;
    this._updateGuard = new UpdateGuard(this, { serviceName, blue, green, loadBalancer: this.loadBalancer });
    this.liveRoute = this.createLiveRoute(blue, green, productionPort, { ...props, serviceName });
    const forwarding = { loadBalancer: this.loadBalancer, blue, route: this.liveRoute };
    const production = this.createProduction(forwarding, productionPort, props);
    const test = this.createTest(forwarding, props);
    if (props.redirectHttp ?? (props.certificate && !props.loadBalancer && productionPort !== 80)) {
      const open = props.open ?? true;
      this.redirectListener = redirectListener(this, PLAIN_LISTENER, {
        loadBalancer: this.loadBalancer,
        port: productionPort,
        open,
      });
      // Production is served at its new port before the old one sends clients there.
      this.redirectListener.node.addDependency(production.listener);
    }

    this.blue = blue;
    this.green = green;
    this.productionListener = production.listener;
    this.testListener = test.listener;
    this._ports = [production.port, test.port];
    this._admitsAll = !props.productionListener && (props.open ?? true);
    this.productionUrl = this._urlOf(production);
    this.testUrl = this._urlOf(test);
    refuseClientCertificates(this, [
      props.productionListener ?? production.listener,
      props.testListener ?? test.listener,
    ]);
    if (production.scheme === 'http' || test.scheme === 'http') this.warnPlainHttp();
    if (props.loadBalancer) this.node.addValidation({ validate: () => clashes(this) });
  }

  private createLiveRoute(
    blue: ApplicationTargetGroup,
    green: ApplicationTargetGroup,
    port: number,
    props: TwinEnvironmentsProps,
  ): LiveRoute {
    const { productionListener: listener, priority, application, deploymentGroupName, serviceName } = props;
    return new LiveRoute(this, 'LiveRoute', {
      blue,
      green,
      application,
      deploymentGroupName,
      serviceName,
      ...(listener ? { listener, priority } : { loadBalancer: this.loadBalancer, port }),
    });
  }

  private createProduction(forwarding: Forwarding, port: number, props: TwinEnvironmentsProps): Endpoint {
    const { productionListener: existing, conditions = [], priority = 1 } = props;
    if (!existing)
      return ownListener(this, props.certificate ? 'SecureListener' : PLAIN_LISTENER, {
        ...forwarding,
        port,
        open: props.open ?? true,
        props,
      });
    const listener = localListener(this, 'productionListener', existing);
    ownRule(this, 'ProductionRule', { ...forwarding, listener, conditions, priority });
    return { ...endpointOf(this, existing, 'productionListener', props.productionPort), listener };
  }

  private createTest(forwarding: Forwarding, props: TwinEnvironmentsProps): Endpoint {
    const { testListener: existing, conditions = [], testPriority, priority = 1 } = props;
    const port = props.testPort ?? (props.certificate ? 9443 : 9080);
    if (!existing) return ownListener(this, 'TestListener', { ...forwarding, port, open: false, props });
    const listener = localListener(this, 'testListener', existing);
    ownRule(this, 'TestRule', { ...forwarding, listener, conditions, priority: testPriority ?? priority });
    return { ...endpointOf(this, existing, 'testListener', props.testPort), listener };
  }

  private createLoadBalancer(props: TwinEnvironmentsProps): ApplicationLoadBalancer {
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: props.vpc,
      internetFacing: props.internetFacing ?? true,
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
    const interval = props.healthCheckInterval ?? Duration.seconds(10);
    return new ApplicationTargetGroup(this, id, {
      vpc: props.vpc,
      port: props.port,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
      deregistrationDelay: props.deregistrationDelay ?? Duration.seconds(30),
      healthCheck: {
        path: props.healthCheckPath ?? '/health',
        interval,
        timeout: props.healthCheckTimeout ?? Duration.seconds(Math.floor(interval.toSeconds() / 2)),
        healthyThresholdCount: props.healthyThresholdCount ?? 2,
        unhealthyThresholdCount: props.unhealthyThresholdCount ?? 2,
        healthyHttpCodes: props.healthCheckCodes ?? '200',
      },
    });
  }

  private warnPlainHttp(): void {
    Annotations.of(this).addWarningV2(
      'cdk-greenlight:plainHttp',
      'production and test traffic are not encrypted: set certificate to serve HTTPS',
    );
  }
}
