import {
  App,
  CfnOutput,
  Duration,
  Stack,
  aws_ec2 as ec2,
  aws_ecs as ecs,
  aws_s3 as s3,
  aws_sns as sns,
} from 'aws-cdk-lib';
import { createCloudFormation, Responses } from '../../../../rehearsal/services/cloudformation';
import { createEc2 } from '../../../../rehearsal/services/ec2';
import { INTERNAL } from '../../../../rehearsal/core/service';
import { testWorld } from '../../../support/rehearsal/world';

function synthesized() {
  const app = new App();
  const stack = new Stack(app, 'App');
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const web = new ec2.SecurityGroup(stack, 'Web', { vpc, allowAllOutbound: false });
  const gate = new ec2.SecurityGroup(stack, 'Gate', { vpc });
  web.addIngressRule(gate, ec2.Port.tcp(8443));
  new ecs.Cluster(stack, 'Cluster', { vpc });
  new sns.Topic(stack, 'Topic');
  const bucket = new s3.Bucket(stack, 'Bucket', { lifecycleRules: [{ expiration: Duration.days(1) }] });
  new CfnOutput(stack, 'Where', { value: `${bucket.bucketDomainName} ${vpc.availabilityZones.join(',')}` });
  new CfnOutput(stack, 'Subnets', { value: vpc.privateSubnets.map((subnet) => subnet.subnetId).join(',') });
  new CfnOutput(stack, 'Groups', { value: `${web.securityGroupId} ${gate.securityGroupId}` });
  return app.synth().getStackByName('App').template as { Resources: Record<string, { Type: string }> };
}

async function deployed() {
  const world = testWorld();
  const network = createEc2(world);
  const service = createCloudFormation(world, {
    responses: new Responses(),
    resourceTypes: network.resourceTypes ?? {},
    readObject: () => Promise.reject(new Error('none')),
  });
  world.add(network);
  world.add(service);
  world.add({
    prefix: 'ssm',
    operations: { GetParameter: { handle: () => ({ Parameter: { Value: '30' } }) } },
  });
  const template = synthesized();
  await world.call(INTERNAL, 'cloudformation', 'CreateStack', {
    StackName: 'App',
    TemplateBody: JSON.stringify(template),
  });
  await world.clock.advance(1000);
  const { Stacks } = await world.call<{
    Stacks: { StackStatus: string; StackStatusReason: string; Outputs: { OutputKey: string; OutputValue: string }[] }[];
  }>(INTERNAL, 'cloudformation', 'DescribeStacks', { StackName: 'App' });
  const outputs = Object.fromEntries((Stacks[0]?.Outputs ?? []).map((one) => [one.OutputKey, one.OutputValue]));
  return { world, service, template, stack: Stacks[0], outputs };
}

test('every intrinsic function of a CDK template resolves', async () => {
  const { world, service, stack, outputs } = await deployed();
  expect(stack).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  expect(outputs.Where).toMatch(/^app-bucket[a-z0-9-]+\.us-east-1\.amazonaws\.com us-east-1a,us-east-1b$/);
  expect(outputs.Subnets).toMatch(/^subnet-[0-9a-f]{17},subnet-[0-9a-f]{17}$/);
  expect(JSON.stringify(outputs)).not.toMatch(/undefined|\[object|Fn::|Token/);
  expect(
    service
      .inertResources()
      .map((one) => one.type)
      .sort(),
  ).toEqual(['AWS::ECS::Cluster', 'AWS::S3::Bucket', 'AWS::SNS::Topic']);
  const { Subnets } = await world.call<{ Subnets: { AvailabilityZone: string; CidrBlock: string; VpcId: string }[] }>(
    INTERNAL,
    'ec2',
    'DescribeSubnets',
    { Filters: [{ Name: 'tag:aws-cdk:subnet-type', Values: ['Private'] }] },
  );
  expect(Subnets.map((subnet) => subnet.AvailabilityZone).sort()).toEqual(['us-east-1a', 'us-east-1b']);
});

test("CDK's security groups let in whom they name, and nobody out who may not", async () => {
  const { world, outputs } = await deployed();
  const [web = '', gate = ''] = (outputs.Groups ?? '').split(' ');
  const endpoint = (securityGroupId: string, address: string) =>
    world.network.register({
      privateAddresses: [address],
      names: [],
      internetFacing: false,
      port: 8443,
      localPort: 1234,
      securityGroupIds: [securityGroupId],
    });
  endpoint(web, '10.0.0.9');
  endpoint(gate, '10.0.0.8');
  expect(world.network.resolve('10.0.0.9', 8443, { securityGroupIds: [gate] })).toEqual({ localPort: 1234 });
  expect(world.network.resolve('10.0.0.9', 8444, { securityGroupIds: [gate] })).toEqual({ error: 'ETIMEDOUT' });
  expect(world.network.resolve('10.0.0.9', 8443, {})).toEqual({ error: 'ETIMEDOUT' });
  expect(world.network.resolve('10.0.0.8', 8443, { securityGroupIds: [web] })).toEqual({ error: 'ETIMEDOUT' });
});
