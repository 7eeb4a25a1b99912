import { createEc2 } from '../../../../rehearsal/services/ec2';
import { INTERNAL, type ResourceState } from '../../../../rehearsal/core/service';
import { testWorld } from '../../../support/rehearsal/world';

async function setup() {
  const world = testWorld();
  const service = createEc2(world);
  world.add(service);
  const request = (logicalId: string, properties: object) => ({
    ...{ stackName: 'App', stackId: 'arn:app', logicalId, properties, signal: new AbortController().signal },
  });
  const make = async (type: string, properties: object): Promise<ResourceState> => {
    const resourceType = service.resourceTypes?.[`AWS::EC2::${type}`];
    if (!resourceType) throw new Error(`no type ${type}`);
    return resourceType.create(request(type, properties));
  };
  const vpc = await make('VPC', { CidrBlock: '10.0.0.0/16', Tags: [{ Key: 'Name', Value: 'v' }] });
  const subnet = await make('Subnet', {
    ...{ VpcId: vpc.physicalId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1b' },
  });
  const group = await make('SecurityGroup', { GroupDescription: 'web', VpcId: vpc.physicalId });
  const call = <T>(operation: string, input: object = {}) => world.call<T>(INTERNAL, 'ec2', operation, input);
  return { world, service, request, make, vpc, subnet, group, call };
}

test('attributes as CloudFormation documents them', async () => {
  const { vpc, subnet, make } = await setup();
  expect(vpc.physicalId).toMatch(/^vpc-[0-9a-f]{17}$/);
  expect(vpc.attributes).toMatchObject({
    CidrBlock: '10.0.0.0/16',
    DefaultNetworkAcl: `acl-${vpc.physicalId.slice(4)}`,
  });
  expect(subnet.attributes).toMatchObject({ AvailabilityZone: 'us-east-1b', AvailabilityZoneId: 'use1-az2' });
  const eip = await make('EIP', { Domain: 'vpc' });
  expect(eip.attributes).toMatchObject({ AllocationId: eip.physicalId });
});

test("finds a load balancer's network interfaces by description, as the gate does", async () => {
  const { world, subnet, group, vpc, call } = await setup();
  const spec = { subnetId: subnet.physicalId, securityGroupIds: [group.physicalId] };
  const { interface: balancer } = world.network.addInterface({ description: 'ELB app/web/50dc6c495c0c9188', ...spec });
  world.network.addInterface({ description: 'arn:aws:ecs:attachment', ...spec });
  const find = (...Values: string[]) =>
    call<{ NetworkInterfaces: { PrivateIpAddress: string; NetworkInterfaceId: string; VpcId: string }[] }>(
      'DescribeNetworkInterfaces',
      { Filters: [{ Name: 'description', Values }] },
    );
  const { NetworkInterfaces } = await find('ELB app/web/50dc6c495c0c9188');
  expect(NetworkInterfaces).toHaveLength(1);
  expect(NetworkInterfaces[0]).toMatchObject({ PrivateIpAddress: balancer.privateAddress, VpcId: vpc.physicalId });
  expect((await find('ELB app/*')).NetworkInterfaces).toHaveLength(1);
  expect((await find('ELB app/other')).NetworkInterfaces).toHaveLength(0);
  const ids = [NetworkInterfaces[0]?.NetworkInterfaceId];
  expect(await call('DescribeNetworkInterfaces', { NetworkInterfaceIds: ids })).toMatchObject({
    NetworkInterfaces: [{ NetworkInterfaceId: ids[0] }],
  });
  await expect(call('DescribeNetworkInterfaces', { NetworkInterfaceIds: ['eni-0'] })).rejects.toThrow('eni-0');
  await expect(call('DescribeNetworkInterfaces', { Filters: [{ Name: 'colour', Values: [] }] })).rejects.toThrow(
    "The filter 'colour' is invalid",
  );
});

test('returns what the CDK needs for a VPC lookup', async () => {
  const { make, vpc, subnet, call } = await setup();
  const table = await make('RouteTable', { VpcId: vpc.physicalId });
  await make('SubnetRouteTableAssociation', { RouteTableId: table.physicalId, SubnetId: subnet.physicalId });
  await make('Route', { RouteTableId: table.physicalId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' });
  const Filters = [{ Name: 'vpc-id', Values: [vpc.physicalId] }];
  expect(await call('DescribeVpcs', { Filters: [{ Name: 'tag:Name', Values: ['v'] }] })).toMatchObject({
    Vpcs: [{ VpcId: vpc.physicalId, CidrBlock: '10.0.0.0/16' }],
  });
  expect(await call('DescribeSubnets', { Filters })).toMatchObject({ Subnets: [{ SubnetId: subnet.physicalId }] });
  expect(await call('DescribeRouteTables', { Filters })).toMatchObject({
    RouteTables: [{ Associations: [{ SubnetId: subnet.physicalId }], Routes: [{ GatewayId: 'igw-1' }] }],
  });
  expect(await call('DescribeVpnGateways', { Filters })).toEqual({ VpnGateways: [] });
  expect(await call('DescribeAvailabilityZones')).toMatchObject({
    AvailabilityZones: [{ ZoneName: 'us-east-1a' }, { ZoneName: 'us-east-1b' }, { ZoneName: 'us-east-1c' }],
  });
});

test('separate ingress rules come and go with their resource', async () => {
  const { service, request, make, group, call } = await setup();
  const properties = { GroupId: group.physicalId, IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' };
  const rule = await make('SecurityGroupIngress', properties);
  const permissions = async () => {
    const { SecurityGroups } = await call<{ SecurityGroups: { IpPermissions: unknown[] }[] }>(
      'DescribeSecurityGroups',
      {
        GroupIds: [group.physicalId],
      },
    );
    return SecurityGroups[0]?.IpPermissions;
  };
  expect(await permissions()).toMatchObject([{ FromPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);
  await service.resourceTypes?.['AWS::EC2::SecurityGroupIngress']?.delete?.({
    ...request('Rule', properties),
    current: rule,
  });
  expect(await permissions()).toEqual([]);
});
