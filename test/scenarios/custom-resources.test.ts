import { type Scenario, startScenario, succeeded } from '../support/scenario';

let scenario: Scenario;
beforeAll(async () => {
  scenario = await startScenario('custom-resources', 'Custom');
});
afterAll(() => scenario.stop());

test("a stack with the CDK's own custom resources comes up and goes", async () => {
  succeeded(await scenario.deploy());
  const { DefaultGroup, BucketName = '', Value, Key } = await scenario.outputs();
  expect({ Value, Key }).toEqual({ Value: 'from the store', Key: 'made' });
  const { SecurityGroups } = await scenario.call<{
    SecurityGroups: { IpPermissions: object[]; IpPermissionsEgress: object[] }[];
  }>('ec2', 'DescribeSecurityGroups', { GroupIds: [DefaultGroup] });
  expect(SecurityGroups[0]).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [] });
  const { logGroups } = await scenario.call<{ logGroups: object[] }>('logs', 'DescribeLogGroups', {
    logGroupNamePrefix: '/kept/',
  });
  expect(logGroups).toMatchObject([{ logGroupName: '/kept/a-week', retentionInDays: 7 }]);
  expect(await scenario.call<object>('s3', 'GetObject', { Bucket: BucketName, Key: 'made' })).toMatchObject({
    Body: Buffer.from('by the provider'),
  });

  succeeded(await scenario.destroy());
  await expect(scenario.call('s3', 'HeadBucket', { Bucket: BucketName })).rejects.toThrow('bucket does not exist');
  expect(scenario.aws.events.all().filter(({ event }) => event === 'denied')).toEqual([]);
}, 300_000);
