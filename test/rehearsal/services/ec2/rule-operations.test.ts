import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { createEc2, type Ec2Service } from '../../../../rehearsal/services/ec2';
import { type RunningWorld, runningWorld } from '../../../support/rehearsal/running-world';

let running: RunningWorld;
let ec2: EC2Client;
let service: Ec2Service;
let group: string;
beforeAll(async () => {
  running = await runningWorld((world) => [(service = createEc2(world))]);
  ec2 = new EC2Client(running.client(running.role('all', { Effect: 'Allow', Action: 'ec2:*', Resource: '*' })));
  const vpc = await service.resourceTypes!['AWS::EC2::VPC']!.create({
    ...{ stackName: 's', stackId: 's', logicalId: 'V', properties: {}, signal: new AbortController().signal },
  });
  group = String(vpc.attributes['DefaultSecurityGroup']);
});
afterAll(() => running.stop());

const rules = async () => {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }));
  return { in: SecurityGroups?.[0]?.IpPermissions, out: SecurityGroups?.[0]?.IpPermissionsEgress };
};

test("restrictDefaultSecurityGroup: a VPC's default group loses its rules and gets them back", async () => {
  const own: IpPermission[] = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: group, UserId: '111111111111' }] }];
  const all: IpPermission[] = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: group, IpPermissions: all }));
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: own }));
  expect(await rules()).toEqual({ in: [], out: [] });
  await expect(
    ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: own })),
  ).rejects.toMatchObject({ name: 'InvalidPermission.NotFound' });
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: own }));
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: group, IpPermissions: all }));
  expect(await rules()).toMatchObject({
    in: [{ UserIdGroupPairs: [{ GroupId: group }] }],
    out: [{ IpProtocol: '-1' }],
  });
  await expect(
    ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: group, IpPermissions: all })),
  ).rejects.toMatchObject({ name: 'InvalidPermission.Duplicate' });
});

test('a rule that a call adds lets connections in until a call takes it away', async () => {
  const IpPermissions: IpPermission[] = [
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '0.0.0.0/0' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
    },
  ];
  running.world.network.register({
    ...{ privateAddresses: ['10.0.9.9'], names: [], internetFacing: false, port: 443, localPort: 4433 },
    securityGroupIds: [group],
  });
  const connect = () => running.world.network.resolve('10.0.9.9', 443, {});
  expect(connect()).toEqual({ error: 'ETIMEDOUT' });
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions }));
  expect(connect()).toEqual({ localPort: 4433 });
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions }));
  expect(connect()).toEqual({ error: 'ETIMEDOUT' });
  await expect(
    ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: 'sg-0', IpPermissions })),
  ).rejects.toMatchObject({ name: 'InvalidGroup.NotFound' });
});
