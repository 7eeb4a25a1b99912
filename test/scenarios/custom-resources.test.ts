import { boto3Problem } from '../../rehearsal/services/lambda/python';
import { type Scenario, startScenario, succeeded } from '../support/scenario';

let scenario: Scenario;

/** What handlers in Python made: those of the CDK, and one in the template. */
async function expectPython({ InlinePython, SiteName: Bucket }: Readonly<Record<string, string>>): Promise<void> {
  expect(InlinePython).toBe('Python');
  const { Body } = await scenario.call<{ Body: Buffer }>('s3', 'GetObject', { Bucket, Key: 'site/index.html' });
  expect(Body.toString()).toMatch(/^<p>arn:aws:ssm:us-east-1:111111111111:parameter\/.+<\/p>$/);
  const { Document } = await scenario.call<{ Document: string }>('s3', 'GetBucketNotificationConfiguration', {
    Bucket,
  });
  expect(Document).toContain('EventBridgeConfiguration');
}

beforeAll(async () => {
  scenario = await startScenario('custom-resources', 'Custom');
});
afterAll(() => scenario.stop());

test("a stack with the CDK's own custom resources comes up and goes", async () => {
  const python = boto3Problem() === undefined;
  succeeded(await scenario.deploy({ python: python ? 'yes' : 'no' }));
  const { DefaultGroup, BucketName = '', Value, Key, Inline, Account, ...inPython } = await scenario.outputs();
  expect({ Value, Key, Inline, Account }).toEqual({
    Value: 'from the store',
    Key: 'made',
    Inline: 'Node',
    Account: '111111111111',
  });
  if (python) await expectPython(inPython);
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
