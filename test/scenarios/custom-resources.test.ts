import { boto3Problem } from '../../rehearsal/services/lambda/python';
import { whereThereIs } from '../support/machine';
import { type Scenario, startScenario, succeeded } from '../support/scenarios/scenario';

let scenario: Scenario;
const withoutPython = boto3Problem();

beforeAll(async () => {
  scenario = await startScenario('custom-resources', 'Custom');
  succeeded(await scenario.deploy({ python: withoutPython === undefined ? 'yes' : 'no' }));
}, 600_000);
afterAll(() => scenario.stop());

test("a stack with the CDK's own custom resources comes up", async () => {
  const { DefaultGroup, BucketName, Value, Key, Inline, Account } = await scenario.outputs();
  expect({ Value, Key, Inline, Account }).toEqual({
    Value: 'from the store',
    Key: 'made',
    Inline: 'Node',
    Account: '111111111111',
  });
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
});

whereThereIs(withoutPython, "the CDK's handlers in Python, and one in the template, have done their work", async () => {
  const { InlinePython, SiteName: Bucket } = await scenario.outputs();
  expect(InlinePython).toBe('Python');
  const { Body } = await scenario.call<{ Body: Buffer }>('s3', 'GetObject', { Bucket, Key: 'site/index.html' });
  expect(Body.toString()).toMatch(/^<p>arn:aws:ssm:us-east-1:111111111111:parameter\/.+<\/p>$/);
  expect(await scenario.call<object>('s3', 'GetBucketNotificationConfiguration', { Bucket })).toEqual({
    EventBridgeConfiguration: {},
  });
});

test('the stack goes, with what its custom resources made, and no call was denied', async () => {
  const { BucketName: Bucket } = await scenario.outputs();
  succeeded(await scenario.destroy());
  await expect(scenario.call('s3', 'HeadBucket', { Bucket })).rejects.toThrow('bucket does not exist');
  expect(scenario.aws.events.all().filter(({ event }) => event === 'denied')).toEqual([]);
}, 600_000);
