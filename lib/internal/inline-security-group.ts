import { Stack } from 'aws-cdk-lib';
import {
  type IPeer,
  type ISecurityGroup,
  type Port,
  SecurityGroup,
  type SecurityGroupProps,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { ITwinEnvironments } from '../twins/imported-twin-environments';

/** In which both listeners are. */
export function securityGroupsOf({ productionListener, testListener }: ITwinEnvironments): ISecurityGroup[] {
  return [...new Set([productionListener, testListener].flatMap((each) => each.connections.securityGroups))];
}

export interface InlineSecurityGroupProps extends SecurityGroupProps {
  /** Rules that name one of these groups are a part of this group, not separate resources. */
  readonly inlined: readonly ISecurityGroup[];
}

/**
 * A security group that holds its rules to and from some groups itself: each is a resource less in the stack. The groups
 * must not hold rules that name this one, or the two would wait for each other; what the CDK adds to them are separate resources.
 */
export class InlineSecurityGroup extends SecurityGroup {
  private readonly inlined: readonly ISecurityGroup[];

  constructor(scope: Construct, id: string, { inlined, ...props }: InlineSecurityGroupProps) {
    super(scope, id, props);
    // A rule to another stack's group may have to live in that stack, and CDK decides where.
    this.inlined = inlined.filter((group) => Stack.of(group) === Stack.of(this));
  }

  override addIngressRule(peer: IPeer, connection: Port, description?: string, remoteRule?: boolean): void {
    super.addIngressRule(this.asPart(peer), connection, description, remoteRule);
  }

  override addEgressRule(peer: IPeer, connection: Port, description?: string, remoteRule?: boolean): void {
    super.addEgressRule(this.asPart(peer), connection, description, remoteRule);
  }

  private asPart(peer: IPeer): IPeer {
    const group = (this.inlined ?? []).find((each) => each === peer);
    if (!group) return peer;
    return {
      canInlineRule: true,
      uniqueId: group.uniqueId,
      connections: group.connections,
      toIngressRuleConfig: () => group.toIngressRuleConfig(),
      toEgressRuleConfig: () => group.toEgressRuleConfig(),
    };
  }
}
