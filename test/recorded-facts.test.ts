import { INTERNAL } from '../rehearsal/core/service';
import { type LocalAws, startLocalAws } from '../rehearsal/local-aws';
import { eventually } from './support/until';

/** What recordings of AWS settled, for machines without the recordings: docs/fidelity/recorded.md. */

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 600 });
});
afterAll(() => aws.stop());

type Output = Record<string, never>;
const call = (prefix: string, operation: string, input: unknown) =>
  aws.world.call<Output>(INTERNAL, prefix, operation, input);

test('the name of an executed change set is free, and the stack names the change set', async () => {
  const template = (name: string) =>
    JSON.stringify({
      Resources: { A: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'n', DisplayName: name } } },
    });
  const input = { StackName: 's', ChangeSetName: 'c' };
  const create = (ChangeSetType: string, name: string) =>
    call('cloudformation', 'CreateChangeSet', { ...input, ChangeSetType, TemplateBody: template(name) });
  const { Id } = await create('CREATE', 'one');
  await expect(create('CREATE', 'one')).rejects.toMatchObject({ code: 'AlreadyExistsException' });
  await call('cloudformation', 'ExecuteChangeSet', input);
  const stack = async () =>
    (await call('cloudformation', 'DescribeStacks', { StackName: 's' })) as unknown as {
      Stacks: [{ StackStatus: string; ChangeSetId: string }];
    };
  await eventually(async () => (await stack()).Stacks[0].StackStatus === 'CREATE_COMPLETE');
  expect((await stack()).Stacks[0].ChangeSetId).toBe(Id);
  await expect(create('UPDATE', 'two')).resolves.toHaveProperty('Id');
});

test('PutLogEvents says which events are too old and too new', async () => {
  await call('logs', 'CreateLogGroup', { logGroupName: 'g' });
  await call('logs', 'CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
  const day = 86_400_000;
  const events = [-15, -15, 0, 1].map((days) => ({
    timestamp: Math.floor(aws.clock.now()) + days * day,
    message: 'm',
  }));
  const stream = { logGroupName: 'g', logStreamName: 's' };
  const { rejectedLogEventsInfo } = await call('logs', 'PutLogEvents', { ...stream, logEvents: events });
  expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 3 });
  expect((await call('logs', 'GetLogEvents', stream)).events).toHaveLength(1);
});

test('series that differ in statistic or period say so in their labels, and several units are reported', async () => {
  const Metric = { Namespace: 'n', MetricName: 'm' };
  const data = ['Seconds', 'Milliseconds'].map((Unit, index) => ({ MetricName: 'm', Unit, Value: 10 * (index + 1) }));
  await call('cloudwatch', 'PutMetricData', { Namespace: 'n', MetricData: data });
  const queries = [
    { Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Sum' } },
    { Id: 'b', MetricStat: { Metric, Period: 30, Stat: 'Sum', Unit: 'Seconds' } },
  ];
  const [StartTime, EndTime] = [-120_000, 120_000].map((ms) => new Date(aws.clock.now() + ms).toISOString());
  const { MetricDataResults } = await call('cloudwatch', 'GetMetricData', {
    ...{ MetricDataQueries: queries, StartTime, EndTime },
  });
  const Messages = [{ Code: 'MultipleUnits', Value: "Multiple units returned: '[Milliseconds, Seconds]'" }];
  expect(MetricDataResults).toMatchObject([
    { Label: 'm 60', Values: [20], Messages },
    { Label: 'm 30', Values: [10] },
  ]);
});

test('a version of a secret has the labels of its caller, and what is current stays', async () => {
  await call('secretsmanager', 'CreateSecret', { Name: 'x', SecretString: 'one' });
  const put = { SecretId: 'x', SecretString: 'two', VersionStages: ['AWSPENDING'] };
  expect(await call('secretsmanager', 'PutSecretValue', put)).toMatchObject({ VersionStages: ['AWSPENDING'] });
  expect(await call('secretsmanager', 'GetSecretValue', { SecretId: 'x' })).toMatchObject({ SecretString: 'one' });
  const pending = { SecretId: 'x', VersionStage: 'AWSPENDING' };
  expect(await call('secretsmanager', 'GetSecretValue', pending)).toMatchObject({ SecretString: 'two' });
  await call('secretsmanager', 'DeleteSecret', { SecretId: 'x' });
  await expect(call('secretsmanager', 'CreateSecret', { Name: 'x' })).rejects.toMatchObject({
    code: 'InvalidRequestException',
    message: "You can't create this secret because a secret with this name is already scheduled for deletion.",
  });
});

test('a malformed ARN of a role is invalid', async () => {
  const assume = call('sts', 'AssumeRole', { RoleArn: 'arn:a:a::aaaaaaaaaa:', RoleSessionName: 'session' });
  await expect(assume).rejects.toMatchObject({ code: 'ValidationError', message: 'arn:a:a::aaaaaaaaaa: is invalid' });
});
