import type { ResourceType, World } from '../../core/service';
import { lightTypes } from './light-resources';
import { securityGroupTypes } from './security-group-resources';
import type { Ec2State, RouteTable, Subnet, Tagged, Vpc } from './state';

interface Tags {
  readonly Tags?: Tagged['tags'];
}

interface VpcProperties extends Tags {
  readonly CidrBlock?: string;
}

interface SubnetProperties extends Tags {
  readonly VpcId: string;
  readonly CidrBlock: string;
  readonly AvailabilityZone?: string;
  readonly MapPublicIpOnLaunch?: boolean | string;
}

/** CloudFormation's EC2 types: VPC, subnets and routes with a model, the rest as light records. */
export function ec2ResourceTypes(world: World, state: Ec2State): Record<string, ResourceType> {
  return {
    ...lightTypes(world),
    ...securityGroupTypes(world, state),
    'AWS::EC2::VPC': vpcType(world, state),
    'AWS::EC2::Subnet': subnetType(world, state),
    ...routeTypes(world, state),
  };
}

function vpcType(world: World, state: Ec2State): ResourceType<VpcProperties> {
  const put = (id: string, defaultSecurityGroup: string, properties: VpcProperties) => {
    const vpc: Vpc = {
      id,
      cidr: properties.CidrBlock ?? '10.0.0.0/16',
      defaultSecurityGroup,
      tags: properties.Tags ?? [],
    };
    state.vpcs.set(id, vpc);
    const attributes = {
      VpcId: id,
      CidrBlock: vpc.cidr,
      CidrBlockAssociations: [`vpc-cidr-assoc-${id.slice(4)}`],
      DefaultNetworkAcl: `acl-${id.slice(4)}`,
      DefaultSecurityGroup: defaultSecurityGroup,
      Ipv6CidrBlocks: [],
    };
    return { physicalId: id, attributes };
  };
  return {
    create: ({ properties }) => {
      const id = `vpc-${world.ids.hex(17)}`;
      const group = state.addDefaultGroup(`sg-${world.ids.hex(17)}`, id);
      return put(id, group, properties);
    },
    update: ({ current, properties }) =>
      put(current.physicalId, String(current.attributes.DefaultSecurityGroup), properties),
    delete: ({ current }) => {
      state.vpcs.delete(current.physicalId);
      state.securityGroups.delete(String(current.attributes.DefaultSecurityGroup));
    },
  };
}

function subnetType(world: World, state: Ec2State): ResourceType<SubnetProperties> {
  const put = (id: string, properties: SubnetProperties) => {
    const subnet: Subnet = {
      id,
      vpcId: properties.VpcId,
      cidr: properties.CidrBlock,
      availabilityZone: properties.AvailabilityZone ?? `${world.region}a`,
      mapPublicIpOnLaunch: String(properties.MapPublicIpOnLaunch) === 'true',
      tags: properties.Tags ?? [],
    };
    state.subnets.set(id, subnet);
    const attributes = {
      SubnetId: id,
      VpcId: subnet.vpcId,
      CidrBlock: subnet.cidr,
      AvailabilityZone: subnet.availabilityZone,
      AvailabilityZoneId: zoneId(subnet.availabilityZone),
      NetworkAclAssociationId: `aclassoc-${id.slice(7)}`,
      Ipv6CidrBlocks: [],
      OutpostArn: '',
    };
    return { physicalId: id, attributes };
  };
  return {
    create: ({ properties }) => put(`subnet-${world.ids.hex(17)}`, properties),
    update: ({ current, properties }) => put(current.physicalId, properties),
    delete: ({ current }) => void state.subnets.delete(current.physicalId),
  };
}

/** `use1-az1` for `us-east-1a`: a zone's id, by the usual order. */
export function zoneId(zone: string): string {
  const [area = '', side = '', number = ''] = zone.slice(0, -1).split('-');
  return `${area}${side.slice(0, 1)}${number}-az${zone.charCodeAt(zone.length - 1) - 96}`;
}

function routeTypes(world: World, state: Ec2State): Record<string, ResourceType> {
  const table = (id: string): RouteTable => {
    const found = state.routeTables.get(id);
    if (!found) throw new Error(`The routeTable ID '${id}' does not exist`);
    return found;
  };
  const routeTable: ResourceType<Tags & { readonly VpcId: string }> = {
    create: ({ properties }) => {
      const id = `rtb-${world.ids.hex(17)}`;
      const tags = properties.Tags ?? [];
      state.routeTables.set(id, { id, vpcId: properties.VpcId, routes: new Map(), associations: new Map(), tags });
      return { physicalId: id, attributes: { RouteTableId: id } };
    },
    update: ({ current, properties }) => {
      state.routeTables.set(current.physicalId, { ...table(current.physicalId), tags: properties.Tags ?? [] });
      return current;
    },
    delete: ({ current }) => void state.routeTables.delete(current.physicalId),
  };
  return { 'AWS::EC2::RouteTable': routeTable, ...routeEntryTypes(world, state, table) };
}

type RouteProperties = Readonly<Record<string, unknown>> & { readonly RouteTableId: string };

function routeEntryTypes(
  world: World,
  state: Ec2State,
  table: (id: string) => RouteTable,
): Record<string, ResourceType> {
  const destination = (properties: RouteProperties) =>
    String(
      properties.DestinationCidrBlock ?? properties.DestinationIpv6CidrBlock ?? properties.DestinationPrefixListId,
    );
  const route: ResourceType<RouteProperties> = {
    create: ({ properties }) => {
      const to = destination(properties);
      table(properties.RouteTableId).routes.set(to, properties);
      return { physicalId: `${properties.RouteTableId}|${to}`, attributes: { CidrBlock: to } };
    },
    update: ({ current, properties }) => {
      table(properties.RouteTableId).routes.set(destination(properties), properties);
      return current;
    },
    delete: ({ properties }) =>
      void state.routeTables.get(properties.RouteTableId)?.routes.delete(destination(properties)),
  };
  const association: ResourceType<{ readonly RouteTableId: string; readonly SubnetId: string }> = {
    create: ({ properties }) => {
      const id = `rtbassoc-${world.ids.hex(17)}`;
      table(properties.RouteTableId).associations.set(id, properties.SubnetId);
      return { physicalId: id, attributes: { Id: id } };
    },
    delete: ({ current, properties }) =>
      void state.routeTables.get(properties.RouteTableId)?.associations.delete(current.physicalId),
  };
  return { 'AWS::EC2::Route': route, 'AWS::EC2::SubnetRouteTableAssociation': association };
}
