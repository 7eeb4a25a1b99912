import { createHash } from 'node:crypto';
import type { NetworkInterface } from '../../core/network';
import { arn, AwsError, type Operation, type Operations, type World } from '../../core/service';
import type { SecurityGroupRule } from './firewall';
import { zoneId } from './resources';
import { ruleOperations } from './rule-operations';
import type { Ec2State, RouteTable, SecurityGroup, Subnet, Tagged, Vpc } from './state';

interface Filter {
  readonly Name: string;
  readonly Values: readonly string[];
}

interface Described {
  /** What is returned. */
  readonly shape: Readonly<Record<string, unknown>>;
  /** Values by filter name; a filter that is not here is refused. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly id: string;
}

export function ec2Operations(world: World, state: Ec2State): Operations {
  const all = <T>(map: ReadonlyMap<string, T>) => [...map.values()];
  return {
    DescribeNetworkInterfaces: describe('NetworkInterfaces', 'NetworkInterfaceIds', 'InvalidNetworkInterfaceID', () =>
      interfacesIn(world, state).map((one) => networkInterface(world, state, one)),
    ),
    DescribeAvailabilityZones: describe('AvailabilityZones', 'ZoneNames', 'InvalidParameterValue', () =>
      ['a', 'b', 'c'].map((letter) => availabilityZone(world, `${world.region}${letter}`)),
    ),
    DescribeVpcs: describe('Vpcs', 'VpcIds', 'InvalidVpcID', () => all(state.vpcs).map((one) => vpc(world, one))),
    DescribeSubnets: describe('Subnets', 'SubnetIds', 'InvalidSubnetID', () =>
      all(state.subnets).map((one) => subnet(world, one)),
    ),
    DescribeRouteTables: describe('RouteTables', 'RouteTableIds', 'InvalidRouteTableID', () =>
      all(state.routeTables).map((one) => routeTable(world, one)),
    ),
    DescribeSecurityGroups: describe('SecurityGroups', 'GroupIds', 'InvalidGroup', () =>
      all(state.securityGroups).map((one) => securityGroup(world, state, one)),
    ),
    ...ruleOperations(world, state),
    ...interfaceDemands(world),
    DescribeVpnGateways: describe('VpnGateways', 'VpnGatewayIds', 'InvalidVpnGatewayID', () => []),
  };
}

/**
 * What Lambda needs of the role of a function in a VPC: permissions without the work, because its interfaces are shared.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
function interfaceDemands(world: World): Operations {
  const demand = (action: string) => ({
    action: `ec2:${action}`,
    resources: () => [arn(world, 'ec2', 'network-interface/*')],
    isPermission: true as const,
    handle: () => ({}),
  });
  return {
    DemandCreateNetworkInterface: demand('CreateNetworkInterface'),
    DemandDeleteNetworkInterface: demand('DeleteNetworkInterface'),
  };
}

/**
 * A Describe operation with filters and ids.
 * @throws AwsError `<code>.NotFound` for an unknown id, InvalidParameterValue for an unknown filter
 */
function describe(list: string, ids: string, code: string, items: () => readonly Described[]): Operation {
  return {
    handle: (input: Readonly<Record<string, unknown>> & { readonly Filters?: readonly Filter[] }) => {
      const everything = items();
      const requested = (input[ids] as readonly string[] | undefined) ?? [];
      const missing = requested.filter((id) => !everything.some((item) => item.id === id));
      if (missing.length > 0) throw new AwsError(`${code}.NotFound`, `The ID '${missing.join(', ')}' does not exist`);
      const shown = everything.filter(
        (item) =>
          (requested.length === 0 || requested.includes(item.id)) &&
          (input.Filters ?? []).every((filter) => passes(item, filter)),
      );
      return { [list]: shown.map((item) => item.shape) };
    },
  };
}

/** `*` and `?` are wildcards: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html */
function passes(item: Described, filter: Filter): boolean {
  const values = item.filters[filter.Name] ?? (filter.Name.startsWith('tag:') ? [] : undefined);
  if (!values) throw new AwsError('InvalidParameterValue', `The filter '${filter.Name}' is invalid`);
  const patterns = filter.Values.map(wildcard);
  return values.some((value) => patterns.some((pattern) => pattern.test(value)));
}

function wildcard(value: string): RegExp {
  const escaped = value.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*/g, '.*').replace(/\?/g, '.')}$`);
}

function tagFilters({ tags }: Tagged): Record<string, readonly string[]> {
  const byTag = tags.map((tag) => [`tag:${tag.Key}`, [tag.Value]] as const);
  return { ...Object.fromEntries(byTag), 'tag-key': tags.map((tag) => tag.Key) };
}

/** The network is one for all environments: an interface is where its subnet or its group is. */
function interfacesIn(world: World, state: Ec2State): readonly NetworkInterface[] {
  return world.network
    .listInterfaces()
    .filter(
      ({ subnetId = '', securityGroupIds }) =>
        state.subnets.has(subnetId) || securityGroupIds.some((id) => state.securityGroups.has(id)),
    );
}

function networkInterface(world: World, state: Ec2State, one: NetworkInterface): Described {
  const id = `eni-${createHash('sha256').update(one.privateAddress).digest('hex').slice(0, 17)}`;
  const inSubnet = one.subnetId === undefined ? undefined : state.subnets.get(one.subnetId);
  const vpcId = inSubnet?.vpcId ?? state.securityGroups.get(one.securityGroupIds[0] ?? '')?.vpcId;
  const groups = one.securityGroupIds.map((GroupId) => ({
    GroupId,
    GroupName: state.securityGroups.get(GroupId)?.name ?? GroupId,
  }));
  const shape = {
    NetworkInterfaceId: id,
    Description: one.description,
    PrivateIpAddress: one.privateAddress,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: one.privateAddress }],
    SubnetId: one.subnetId,
    VpcId: vpcId,
    AvailabilityZone: inSubnet?.availabilityZone,
    Groups: groups,
    OwnerId: world.accountId,
    Status: 'in-use',
    InterfaceType: 'interface',
    RequesterManaged: true,
    TagSet: [],
  };
  return {
    id,
    shape,
    filters: {
      description: [one.description],
      'group-id': one.securityGroupIds,
      'network-interface-id': [id],
      'private-ip-address': [one.privateAddress],
      'addresses.private-ip-address': [one.privateAddress],
      'subnet-id': one.subnetId === undefined ? [] : [one.subnetId],
      'vpc-id': vpcId === undefined ? [] : [vpcId],
      status: ['in-use'],
    },
  };
}

function availabilityZone(world: World, zone: string): Described {
  const shape = {
    ZoneName: zone,
    ZoneId: zoneId(zone),
    RegionName: world.region,
    State: 'available',
    ZoneType: 'availability-zone',
    OptInStatus: 'opt-in-not-required',
    GroupName: world.region,
  };
  const filters = {
    state: ['available'],
    'zone-name': [zone],
    'region-name': [world.region],
    'zone-type': ['availability-zone'],
    'opt-in-status': ['opt-in-not-required'],
  };
  return { id: zone, shape, filters };
}

function vpc(world: World, one: Vpc): Described {
  const shape = {
    VpcId: one.id,
    CidrBlock: one.cidr,
    IsDefault: one.isDefault ?? false,
    State: 'available',
    InstanceTenancy: 'default',
    OwnerId: world.accountId,
    Tags: one.tags,
  };
  const isDefault = [String(one.isDefault ?? false)];
  const filters = { 'vpc-id': [one.id], cidr: [one.cidr], 'is-default': isDefault, isDefault };
  return { id: one.id, shape, filters: { ...filters, 'owner-id': [world.accountId], ...tagFilters(one) } };
}

function subnet(world: World, one: Subnet): Described {
  const shape = {
    SubnetId: one.id,
    VpcId: one.vpcId,
    CidrBlock: one.cidr,
    AvailabilityZone: one.availabilityZone,
    AvailabilityZoneId: zoneId(one.availabilityZone),
    MapPublicIpOnLaunch: one.mapPublicIpOnLaunch,
    State: 'available',
    AvailableIpAddressCount: 2 ** (32 - Number(one.cidr.split('/')[1] ?? 24)) - 5,
    OwnerId: world.accountId,
    Tags: one.tags,
  };
  const filters = { 'vpc-id': [one.vpcId], 'subnet-id': [one.id], 'availability-zone': [one.availabilityZone] };
  return { id: one.id, shape, filters: { ...filters, ...tagFilters(one) } };
}

function routeTable(world: World, one: RouteTable): Described {
  const routes = [...one.routes].map(([destination, properties]) => ({
    DestinationCidrBlock: destination,
    GatewayId: properties.GatewayId,
    NatGatewayId: properties.NatGatewayId,
    State: 'active',
    Origin: 'CreateRoute',
  }));
  const associations = [...one.associations].map(([id, subnetId]) => ({
    RouteTableAssociationId: id,
    RouteTableId: one.id,
    SubnetId: subnetId,
    Main: false,
  }));
  const shape = {
    RouteTableId: one.id,
    VpcId: one.vpcId,
    Routes: routes,
    Associations: associations,
    OwnerId: world.accountId,
    Tags: one.tags,
  };
  const subnets = [...one.associations.values()];
  const filters = { 'vpc-id': [one.vpcId], 'route-table-id': [one.id], 'association.subnet-id': subnets };
  return { id: one.id, shape, filters: { ...filters, ...tagFilters(one) } };
}

function securityGroup(world: World, state: Ec2State, one: SecurityGroup): Described {
  const rules = state.rulesOf(one.id);
  const shape = {
    GroupId: one.id,
    GroupName: one.name,
    Description: one.description,
    VpcId: one.vpcId,
    OwnerId: world.accountId,
    IpPermissions: (rules?.ingress ?? []).map(permission),
    IpPermissionsEgress: (rules?.egress ?? []).map(permission),
    Tags: one.tags,
  };
  const filters = { 'group-id': [one.id], 'group-name': [one.name], 'vpc-id': [one.vpcId] };
  return { id: one.id, shape, filters: { ...filters, description: [one.description], ...tagFilters(one) } };
}

function permission(rule: SecurityGroupRule) {
  const ports = rule.fromPort === -1 ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort };
  return {
    IpProtocol: rule.protocol,
    ...ports,
    IpRanges: rule.cidr === undefined ? [] : [{ CidrIp: rule.cidr, Description: rule.description }],
    Ipv6Ranges: rule.cidrIpv6 === undefined ? [] : [{ CidrIpv6: rule.cidrIpv6, Description: rule.description }],
    UserIdGroupPairs: rule.groupId === undefined ? [] : [{ GroupId: rule.groupId, Description: rule.description }],
  };
}
