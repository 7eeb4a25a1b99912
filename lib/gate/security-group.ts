import { type ISecurityGroup, Peer, Port } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { ReleaseGateProps } from './release-gate-props';
import { InlineSecurityGroup, securityGroupsOf } from '../internal/inline-security-group';
import { localSecurityGroup } from '../internal/local-reference';

/** HTTPS to AWS's APIs; the listeners' ports are added by the twins. DNS in a VPC is not filtered. */
export function gateSecurityGroup(scope: Construct, { vpc, twins, securityGroup }: ReleaseGateProps): ISecurityGroup {
  const group = securityGroup
    ? localSecurityGroup(scope, 'SecurityGroup', securityGroup)
    : new InlineSecurityGroup(scope, 'SecurityGroup', {
        vpc,
        inlined: securityGroupsOf(twins),
        description: 'Greenlight gate: the only way into the test listener',
        allowAllOutbound: false,
      });
  if (!group.allowAllOutbound) group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS APIs');
  return group;
}

/** Who is in the gate's group reaches the test listener. */
export function securityGroupProblem({ securityGroup, twins }: ReleaseGateProps): string | undefined {
  const id = securityGroup?.securityGroupId;
  return id !== undefined && securityGroupsOf(twins).some((group) => group.securityGroupId === id)
    ? 'securityGroup is that of a listener: the gate connects to it from outside: name another group, or leave securityGroup out to get a new one'
    : undefined;
}
