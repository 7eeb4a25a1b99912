import { Fn } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ApplicationTargetGroup,
  type CfnListener,
  type IApplicationListener,
  type IApplicationLoadBalancer,
  type IApplicationTargetGroup,
  ListenerAction,
  ListenerCertificate,
  ListenerCondition,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { LiveRoute } from '../live-route/live-route';
import { refuse } from '../internal/validate';

/** A listener as others connect to it. */
export interface Endpoint {
  readonly listener: IApplicationListener;
  readonly port: number;
  readonly scheme: 'http' | 'https';
}

/** One whose traffic a rule moves. */
export interface RuledEndpoint extends Endpoint {
  readonly rule: ApplicationListenerRule;
}

/** What the two sides of a pair share: the target group that is live first, and the route that finds the live one later. */
export interface Forwarding {
  readonly loadBalancer: IApplicationLoadBalancer;
  readonly blue: ApplicationTargetGroup;
  readonly route: LiveRoute;
}

interface OwnListenerOptions {
  readonly port: number;
  readonly open: boolean;
  readonly certificate?: ICertificate;
}

/** A listener of the service's own: its default action forwards to the live side. */
export function ownListener(scope: Construct, id: string, options: Forwarding & OwnListenerOptions): Endpoint {
  const endpoint = createListener(scope, id, options, ListenerAction.forward([options.blue]));
  options.route.followWithListener(endpoint.listener);
  return endpoint;
}

/** Of the one rule that forwards on a listener of the service's own. */
export const RULE_PRIORITY = 1;

/**
 * A listener of the service's own with one rule, for every path. ECS moves the traffic of a rule, and of a default action none:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html. The default action forwards too,
 * so that a service that comes from CodeDeploy is served until the rule exists.
 */
export function ruledListener(
  scope: Construct,
  id: string,
  ruleId: string,
  options: Forwarding & OwnListenerOptions,
): RuledEndpoint {
  const endpoint = ownListener(scope, id, options);
  const conditions = [ListenerCondition.pathPatterns(['/*'])];
  const { listener } = endpoint;
  const rule = ownRule(scope, ruleId, { ...options, listener, conditions, priority: RULE_PRIORITY });
  return { ...endpoint, rule };
}

function createListener(
  scope: Construct,
  id: string,
  { loadBalancer, port, open, certificate }: Forwarding & OwnListenerOptions,
  defaultAction: ListenerAction,
): Endpoint & { readonly listener: ApplicationListener } {
  const listener = new ApplicationListener(scope, id, {
    loadBalancer,
    port,
    protocol: certificate ? ApplicationProtocol.HTTPS : ApplicationProtocol.HTTP,
    certificates: certificate && [ListenerCertificate.fromCertificateManager(certificate)],
    sslPolicy: certificate && SslPolicy.RECOMMENDED_TLS,
    open,
    defaultAction,
  });
  return { listener, port, scheme: certificate ? 'https' : 'http' };
}

/** A rule on a listener: what matches its conditions goes to the live side. */
export function ownRule(
  scope: Construct,
  id: string,
  options: Forwarding & {
    readonly listener: IApplicationListener;
    readonly conditions: ListenerCondition[];
    readonly priority: number;
  },
): ApplicationListenerRule {
  const { listener, conditions, priority, blue, route } = options;
  const action = ListenerAction.forward([blue]);
  const rule = new ApplicationListenerRule(scope, id, { listener, conditions, priority, action });
  route.followWithRule(rule);
  return rule;
}

/** Sends plain HTTP to where it is encrypted. */
export function redirectListener(
  scope: Construct,
  id: string,
  options: { readonly loadBalancer: IApplicationLoadBalancer; readonly port: number; readonly open: boolean },
): ApplicationListener {
  const { loadBalancer, port, open } = options;
  return new ApplicationListener(scope, id, {
    loadBalancer,
    port: 80,
    protocol: ApplicationProtocol.HTTP,
    open,
    defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: String(port), permanent: true }),
  });
}

/**
 * Port and protocol of an existing listener. A listener of the app has them; an imported one has its default port at most, so
 * `port` is needed then. `names` are the listener's in a message, and that of the prop with its port.
 */
export function endpointOf(
  scope: Construct,
  listener: IApplicationListener,
  names: { readonly listener: string; readonly port: string },
  port?: number,
): Endpoint {
  const template = listener.node.defaultChild as CfnListener | undefined;
  const found = port ?? template?.port;
  if (found === undefined) refuse(scope, `${names.listener} is imported and its port is not known: set ${names.port}`);
  const secure = template?.protocol ? template.protocol === 'HTTPS' : found === 443;
  return { listener, port: found, scheme: secure ? 'https' : 'http' };
}

/** `app/<name>/<id>`, also of an imported load balancer. */
export function fullNameOf(loadBalancer: IApplicationLoadBalancer): string {
  if (loadBalancer instanceof ApplicationLoadBalancer) return loadBalancer.loadBalancerFullName;
  return Fn.select(1, Fn.split(':loadbalancer/', loadBalancer.loadBalancerArn));
}

/** `targetgroup/<name>/<id>`, also of an imported target group. */
export function targetGroupFullNameOf(group: IApplicationTargetGroup): string {
  const { targetGroupFullName } = group as Partial<ApplicationTargetGroup>;
  return targetGroupFullName ?? Fn.select(5, Fn.split(':', group.targetGroupArn));
}
