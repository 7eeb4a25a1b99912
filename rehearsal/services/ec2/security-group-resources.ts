import { generatedName } from '../../core/ids';
import type { ResourceType, World } from '../../core/service';
import type { SecurityGroupRule } from './firewall';
import type { Ec2State, SecurityGroup, Tagged } from './state';

/** A rule as CloudFormation writes it, in a group or as a resource of its own. */
interface RuleProperties {
  readonly GroupId?: string;
  readonly IpProtocol: string;
  readonly FromPort?: number | string;
  readonly ToPort?: number | string;
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly SourceSecurityGroupId?: string;
  readonly DestinationSecurityGroupId?: string;
  readonly Description?: string;
}

interface GroupProperties {
  readonly GroupName?: string;
  readonly GroupDescription: string;
  readonly VpcId: string;
  readonly SecurityGroupIngress?: readonly RuleProperties[];
  readonly SecurityGroupEgress?: readonly RuleProperties[];
  readonly Tags?: Tagged['tags'];
}

/** Without egress rules in the template, everything may leave. */
const allowAll: SecurityGroupRule = { protocol: '-1', fromPort: -1, toPort: -1, cidr: '0.0.0.0/0' };

export function securityGroupTypes(world: World, state: Ec2State): Record<string, ResourceType> {
  return {
    'AWS::EC2::SecurityGroup': groupType(world, state),
    'AWS::EC2::SecurityGroupIngress': ruleType(world, state, 'extraIngress'),
    'AWS::EC2::SecurityGroupEgress': ruleType(world, state, 'extraEgress'),
  };
}

/** @throws Error for a port or protocol that EC2 refuses */
export function ruleOf(properties: RuleProperties): SecurityGroupRule {
  const fromPort = Number(properties.FromPort ?? -1);
  const toPort = Number(properties.ToPort ?? -1);
  // For ICMP the two are type and code, in any order: the CDK's marker for "nothing may leave" is 252 and 86.
  const hasPorts = ['tcp', 'udp', '6', '17'].includes(String(properties.IpProtocol));
  if (hasPorts && !(fromPort <= toPort && toPort <= 65535)) {
    throw new Error(`Invalid port range: from ${properties.FromPort} to ${properties.ToPort}`);
  }
  return {
    protocol: String(properties.IpProtocol),
    fromPort,
    toPort,
    cidr: properties.CidrIp,
    cidrIpv6: properties.CidrIpv6,
    groupId: properties.SourceSecurityGroupId ?? properties.DestinationSecurityGroupId,
    description: properties.Description,
  };
}

function groupType(world: World, state: Ec2State): ResourceType<GroupProperties> {
  const attributesOf = (group: SecurityGroup) => ({ GroupId: group.id, Id: group.id, VpcId: group.vpcId });
  return {
    create: ({ properties, stackName, logicalId }) => {
      const id = `sg-${world.ids.hex(17)}`;
      const group: SecurityGroup = {
        id,
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
        name: properties.GroupName ?? generatedName({ stackName, logicalId }, world.ids.upper(12), 255),
        description: properties.GroupDescription,
        vpcId: properties.VpcId,
        ingress: (properties.SecurityGroupIngress ?? []).map(ruleOf),
        egress: properties.SecurityGroupEgress?.map(ruleOf) ?? [allowAll],
        extraIngress: new Map(),
        extraEgress: new Map(),
        tags: properties.Tags ?? [],
      };
      state.securityGroups.set(id, group);
      return { physicalId: id, attributes: attributesOf(group) };
    },
    update: ({ current, properties }) => {
      const group = groupIn(state, current.physicalId);
      state.securityGroups.set(group.id, {
        ...group,
        ingress: (properties.SecurityGroupIngress ?? []).map(ruleOf),
        egress: properties.SecurityGroupEgress?.map(ruleOf) ?? [allowAll],
        tags: properties.Tags ?? [],
      });
      return current;
    },
    delete: ({ current }) => void state.securityGroups.delete(current.physicalId),
  };
}

function groupIn(state: Ec2State, groupId: string): SecurityGroup {
  const group = state.securityGroups.get(groupId);
  if (!group) throw new Error(`The security group '${groupId}' does not exist`);
  return group;
}

function ruleType(world: World, state: Ec2State, into: 'extraIngress' | 'extraEgress'): ResourceType<RuleProperties> {
  return {
    create: ({ properties }) => {
      const id = `sgr-${world.ids.hex(17)}`;
      groupIn(state, String(properties.GroupId))[into].set(id, ruleOf(properties));
      return { physicalId: id, attributes: { Id: id } };
    },
    update: ({ current, properties }) => {
      groupIn(state, String(properties.GroupId))[into].set(current.physicalId, ruleOf(properties));
      return current;
    },
    delete: ({ current, properties }) =>
      void state.securityGroups.get(String(properties.GroupId))?.[into].delete(current.physicalId),
  };
}
