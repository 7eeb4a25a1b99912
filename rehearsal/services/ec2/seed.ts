import type { World } from '../../core/service';
import type { Ec2State, RouteTable } from './state';

/** A VPC that is there before the first release. */
export interface ExistingVpc {
  readonly id?: string;
  readonly cidr: string;
  readonly isDefault?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  readonly subnets: readonly ExistingSubnet[];
}

export interface ExistingSubnet {
  readonly id?: string;
  readonly routeTableId?: string;
  readonly availabilityZone: string;
  readonly cidr: string;
  readonly type: 'Public' | 'Private' | 'Isolated';
  /** Of the group that the CDK puts it in. */
  readonly name: string;
}

const pairs = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Adds it with its routes and the tags that the CDK's lookup reads a subnet's type from; one that is there stays. */
export function addExistingVpc(world: Pick<World, 'ids'>, state: Ec2State, vpc: ExistingVpc): void {
  const id = vpc.id ?? `vpc-${world.ids.hex(17)}`;
  if (state.vpcs.has(id)) return;
  const defaultSecurityGroup = state.addDefaultGroup(`sg-${world.ids.hex(17)}`, id);
  const { cidr, isDefault = false, tags = {} } = vpc;
  state.vpcs.set(id, { id, cidr, defaultSecurityGroup, isDefault, tags: pairs(tags) });
  for (const subnet of vpc.subnets) addSubnet(world, state, id, subnet);
}

function addSubnet(world: Pick<World, 'ids'>, state: Ec2State, vpcId: string, subnet: ExistingSubnet): void {
  const id = subnet.id ?? `subnet-${world.ids.hex(17)}`;
  const tags = { Name: subnet.name, 'aws-cdk:subnet-type': subnet.type, 'aws-cdk:subnet-name': subnet.name };
  state.subnets.set(id, {
    id,
    vpcId,
    cidr: subnet.cidr,
    availabilityZone: subnet.availabilityZone,
    mapPublicIpOnLaunch: subnet.type === 'Public',
    tags: pairs(tags),
  });
  const tableId = subnet.routeTableId ?? `rtb-${world.ids.hex(17)}`;
  const table = state.routeTables.get(tableId) ?? newTable(tableId, vpcId);
  table.associations.set(`rtbassoc-${world.ids.hex(17)}`, id);
  const gateway = {
    Public: { GatewayId: `igw-${vpcId.slice(4)}` },
    Private: { NatGatewayId: `nat-${vpcId.slice(4)}` },
  };
  if (subnet.type !== 'Isolated') table.routes.set('0.0.0.0/0', gateway[subnet.type]);
  state.routeTables.set(tableId, table);
}

function newTable(id: string, vpcId: string): RouteTable {
  return { id, vpcId, routes: new Map(), associations: new Map(), tags: [] };
}
