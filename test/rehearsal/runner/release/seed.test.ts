import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../../../rehearsal/local-aws';
import { INTERNAL } from '../../../../rehearsal/core/service';
import { seed } from '../../../../rehearsal/runner/release/seed';
import { temporaryDirectory } from '../../../support/temporary';

const env = { account: '222222222222', region: 'eu-west-1' };
let aws: LocalAws;
beforeEach(async () => {
  aws = await startLocalAws({ speed: 60 });
});
afterEach(() => aws.stop());

test("a VPC that the app's cdk.context.json remembers is there, with its subnets and routes", async () => {
  const directory = temporaryDirectory('remembered');
  const subnet = (letter: string, index: number) => ({
    subnetId: `subnet-${index}`,
    cidr: `10.9.${index}.0/24`,
    availabilityZone: `eu-west-1${letter}`,
    routeTableId: `rtb-${index}`,
  });
  const key = 'vpc-provider:account=222222222222:filter.vpc-id=vpc-99:region=eu-west-1:returnAsymmetricSubnets=true';
  const context = {
    [key]: {
      vpcId: 'vpc-99',
      vpcCidrBlock: '10.9.0.0/16',
      ownerAccountId: env.account,
      availabilityZones: [],
      subnetGroups: [{ name: 'app', type: 'Private', subnets: [subnet('a', 1), subnet('b', 2)] }],
    },
    'availability-zones:account=222222222222:region=eu-west-1': ['eu-west-1a'],
  };
  writeFileSync(join(directory, 'cdk.context.json'), JSON.stringify(context));
  seed(aws, [], directory);
  const { world } = aws.worldOf({ accountId: env.account, region: env.region });
  const call = (operation: string, input: object) => world.call<object>(INTERNAL, 'ec2', operation, input);
  expect(await call('DescribeVpcs', { VpcIds: ['vpc-99'] })).toMatchObject({ Vpcs: [{ CidrBlock: '10.9.0.0/16' }] });
  const Filters = [{ Name: 'vpc-id', Values: ['vpc-99'] }];
  expect(await call('DescribeSubnets', { Filters })).toMatchObject({
    Subnets: [{ SubnetId: 'subnet-1', AvailabilityZone: 'eu-west-1a' }, { SubnetId: 'subnet-2' }],
  });
  expect(await call('DescribeRouteTables', { Filters })).toMatchObject({
    RouteTables: [{ RouteTableId: 'rtb-1', Routes: [{ NatGatewayId: 'nat-99' }] }, { RouteTableId: 'rtb-2' }],
  });
});
