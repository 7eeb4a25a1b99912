import { arn, AwsError, type Operation, type Operations, type World } from '../../core/service';
import type { SecurityGroupRule } from './firewall';
import { ruleOf } from './security-group-resources';
import type { Ec2State, SecurityGroup } from './state';

type Side = 'ingress' | 'egress';

/** An IpPermission as it arrives: EC2's wire name of UserIdGroupPairs is Groups. */
interface Permission {
  readonly IpProtocol: string;
  readonly FromPort?: string;
  readonly ToPort?: string;
  readonly IpRanges?: readonly { readonly CidrIp: string; readonly Description?: string }[];
  readonly Ipv6Ranges?: readonly { readonly CidrIpv6: string; readonly Description?: string }[];
  readonly Groups?: readonly { readonly GroupId: string; readonly Description?: string }[];
}

interface RuleInput {
  readonly GroupId?: string;
  readonly IpPermissions?: readonly Permission[];
}

/**
 * Rules that are added and taken away by calls, as the CDK's `restrictDefaultSecurityGroup` does.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
 */
export function ruleOperations(world: World, state: Ec2State): Operations {
  const onGroup = (handle: (group: SecurityGroup, rules: readonly SecurityGroupRule[]) => void): Operation => ({
    resources: ({ GroupId = '' }: RuleInput) => [arn(world, 'ec2', `security-group/${GroupId}`)],
    handle: ({ GroupId = '', IpPermissions = [] }: RuleInput) => {
      const group = state.securityGroups.get(GroupId);
      if (!group) throw new AwsError('InvalidGroup.NotFound', `The security group '${GroupId}' does not exist`);
      const rules = IpPermissions.flatMap(rulesIn);
      if (rules.length === 0)
        throw new AwsError('MissingParameter', 'The request must contain IpPermissions with a peer');
      handle(group, rules);
      return { Return: true };
    },
  });
  return {
    AuthorizeSecurityGroupIngress: onGroup((group, rules) => authorize(state, group, 'ingress', rules)),
    AuthorizeSecurityGroupEgress: onGroup((group, rules) => authorize(state, group, 'egress', rules)),
    RevokeSecurityGroupIngress: onGroup((group, rules) => revoke(state, group, 'ingress', rules)),
    RevokeSecurityGroupEgress: onGroup((group, rules) => revoke(state, group, 'egress', rules)),
  };
}

/** A permission is one rule for each peer. */
function rulesIn({ IpRanges = [], Ipv6Ranges = [], Groups = [], ...permission }: Permission): SecurityGroupRule[] {
  return [
    ...IpRanges.map((range) => ruleOf({ ...permission, ...range })),
    ...Ipv6Ranges.map((range) => ruleOf({ ...permission, ...range })),
    ...Groups.map(({ GroupId, Description }) => ruleOf({ ...permission, SourceSecurityGroupId: GroupId, Description })),
  ];
}

/** Everything but the description. */
function identityOf(rule: SecurityGroupRule): string {
  const ports = rule.protocol === '-1' ? [] : [rule.fromPort, rule.toPort];
  return JSON.stringify([rule.protocol, ports, rule.cidr, rule.cidrIpv6, rule.groupId]);
}

function authorize(state: Ec2State, group: SecurityGroup, side: Side, rules: readonly SecurityGroupRule[]): void {
  const present = new Set(state.rulesOf(group.id)?.[side].map(identityOf));
  const twice = rules.find((rule) => present.has(identityOf(rule)));
  if (twice) {
    throw new AwsError('InvalidPermission.Duplicate', `the specified rule ${identityOf(twice)} already exists`);
  }
  group[side] = [...group[side], ...rules];
}

/** "An InvalidPermission.NotFound client error is returned, and no rules are revoked." */
function revoke(state: Ec2State, group: SecurityGroup, side: Side, rules: readonly SecurityGroupRule[]): void {
  const gone = new Set(rules.map(identityOf));
  const present = new Set(state.rulesOf(group.id)?.[side].map(identityOf));
  if (![...gone].every((identity) => present.has(identity))) {
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  group[side] = group[side].filter((rule) => !gone.has(identityOf(rule)));
  const extra = side === 'ingress' ? group.extraIngress : group.extraEgress;
  for (const [id, rule] of [...extra]) if (gone.has(identityOf(rule))) extra.delete(id);
}
