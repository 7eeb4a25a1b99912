import { Stack } from 'aws-cdk-lib';
import { type IConnectable, type ISecurityGroup, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  type CfnListener,
  type IApplicationListener,
  type IApplicationLoadBalancer,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct, IConstruct } from 'constructs';
import { refuse } from './validate';

/**
 * What belongs to another stack of the app, as this stack sees it. The rules that gate and tasks need in the load
 * balancer's security groups then belong to this stack: written into the other one they would refer back to
 * security groups of this stack, which is a cycle between the two.
 */
export function localLoadBalancer(scope: Construct, loadBalancer: IApplicationLoadBalancer): IApplicationLoadBalancer {
  if (isLocal(scope, loadBalancer)) return loadBalancer;
  const group = securityGroupOf(scope, loadBalancer, 'loadBalancer');
  return ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(scope, 'LoadBalancerReference', {
    loadBalancerArn: loadBalancer.loadBalancerArn,
    loadBalancerDnsName: loadBalancer.loadBalancerDnsName,
    loadBalancerCanonicalHostedZoneId: loadBalancer.loadBalancerCanonicalHostedZoneId,
    securityGroupId: group.securityGroupId,
    securityGroupAllowsAllOutbound: group.allowAllOutbound,
    vpc: loadBalancer.vpc,
  });
}

/** The same for a listener. @param name of the prop: `productionListener` */
export function localListener(
  scope: Construct,
  name: 'productionListener' | 'testListener',
  listener: IApplicationListener,
): IApplicationListener {
  if (isLocal(scope, listener)) return listener;
  const group = securityGroupOf(scope, listener, name);
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return ApplicationListener.fromApplicationListenerAttributes(scope, `${id}Reference`, {
    listenerArn: listener.listenerArn,
    securityGroup: localSecurityGroup(scope, `${id}SecurityGroup`, group),
    defaultPort: (listener.node.defaultChild as CfnListener | undefined)?.port,
  });
}

/** The same for a security group that gets rules of this stack. */
export function localSecurityGroup(scope: Construct, id: string, group: ISecurityGroup): ISecurityGroup {
  if (isLocal(scope, group)) return group;
  const { securityGroupId, allowAllOutbound } = group;
  return SecurityGroup.fromSecurityGroupId(scope, id, securityGroupId, { allowAllOutbound });
}

function isLocal(scope: Construct, construct: IConstruct): boolean {
  // What was imported has no template of its own: its rules go where they are added.
  return construct.node.defaultChild === undefined || Stack.of(construct) === Stack.of(scope);
}

function securityGroupOf(scope: Construct, owner: IConnectable, name: string): ISecurityGroup {
  const [group] = owner.connections.securityGroups;
  if (group) return group;
  return refuse(scope, `${name} has no security group to let the gate in: give the load balancer one`);
}
