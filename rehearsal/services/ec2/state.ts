import type { SecurityGroupRule, SecurityGroupRules } from './firewall';

export interface Tagged {
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

export interface Vpc extends Tagged {
  readonly id: string;
  readonly cidr: string;
  readonly defaultSecurityGroup: string;
  readonly isDefault?: boolean;
}

export interface Subnet extends Tagged {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly availabilityZone: string;
  readonly mapPublicIpOnLaunch: boolean;
}

export interface RouteTable extends Tagged {
  readonly id: string;
  readonly vpcId: string;
  readonly routes: Map<string, Readonly<Record<string, unknown>>>;
  /** Subnet id by association id. */
  readonly associations: Map<string, string>;
}

export interface SecurityGroup extends Tagged {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  /** Rules written in the group itself. */
  ingress: readonly SecurityGroupRule[];
  egress: readonly SecurityGroupRule[];
  /** Rules that are resources of their own, by rule id. */
  readonly extraIngress: Map<string, SecurityGroupRule>;
  readonly extraEgress: Map<string, SecurityGroupRule>;
}

/** The model behind the EC2 API: what a release's template creates of a network. */
export class Ec2State {
  readonly vpcs = new Map<string, Vpc>();
  readonly subnets = new Map<string, Subnet>();
  readonly routeTables = new Map<string, RouteTable>();
  readonly securityGroups = new Map<string, SecurityGroup>();

  /** Lets its own members in and everybody out: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html */
  addDefaultGroup(id: string, vpcId: string): string {
    const everything = { protocol: '-1', fromPort: -1, toPort: -1 };
    this.securityGroups.set(id, {
      id,
      name: 'default',
      description: 'default VPC security group',
      vpcId,
      ingress: [{ ...everything, groupId: id }],
      egress: [{ ...everything, cidr: '0.0.0.0/0' }],
      extraIngress: new Map(),
      extraEgress: new Map(),
      tags: [],
    });
    return id;
  }

  /** A group's rules, its own and the separate ones; `undefined` for a group that does not exist. */
  rulesOf(groupId: string): SecurityGroupRules | undefined {
    const group = this.securityGroups.get(groupId);
    if (!group) return undefined;
    return {
      ingress: [...group.ingress, ...group.extraIngress.values()],
      egress: [...group.egress, ...group.extraEgress.values()],
      vpcCidr: this.vpcs.get(group.vpcId)?.cidr ?? '10.0.0.0/16',
    };
  }
}

/** The security groups of several accounts and regions; ids are unique among them. */
export class SecurityGroups {
  private readonly states: Ec2State[] = [];

  add(state: Ec2State): void {
    this.states.push(state);
  }

  rulesOf(groupId: string): SecurityGroupRules | undefined {
    return this.states.find((state) => state.securityGroups.has(groupId))?.rulesOf(groupId);
  }
}
