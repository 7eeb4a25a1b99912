import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INTERNAL } from '../rehearsal/core/service';
import { type LocalAws, startLocalAws } from '../rehearsal/local-aws';

/** Snapshots of localstack/localstack, recorded on AWS; only some machines have them, so the facts are here too. */
const RECORDED = join(__dirname, '..', '..', 'shared', 'aws-recorded');

interface Fact {
  readonly title: string;
  /** File, test, and key of the snapshot. */
  readonly at: readonly [file: string, test: string, key: string];
  readonly run: () => Promise<unknown>;
  /** The code and sentence that AWS sent; else the snapshot's placeholders are in the way and only members are compared. */
  readonly error?: readonly [code: string, message: string];
}

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 600 });
  await call('logs', 'CreateLogGroup', { logGroupName: 'g' });
  await call('logs', 'CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
});
afterAll(() => aws.stop());

const call = (prefix: string, operation: string, input: unknown) => aws.world.call(INTERNAL, prefix, operation, input);

const now = Date.UTC(2026, 0, 1);
const statistics = (days: number, Period: number) =>
  call('cloudwatch', 'GetMetricStatistics', {
    ...{ Namespace: 'n', MetricName: 'metric_name', Statistics: ['SampleCount'], Period },
    ...{ StartTime: new Date(now).toISOString(), EndTime: new Date(now + days * 86_400_000).toISOString() },
  });

const group = { logGroupName: 'g' };
const stream = { ...group, logStreamName: 's' };
const length = 'Invalid LogGroup or LogStream, both must have length less than or equal to 512.';
const pattern = 'Member must satisfy regular expression pattern';
const minimal = JSON.stringify({ Resources: { A: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } });

const FACTS: readonly Fact[] = [
  {
    title: 'statistics have at most 1,440 datapoints',
    at: [
      'cloudwatch/test_cloudwatch',
      'TestCloudwatch::test_invalid_amount_of_datapoints[query]',
      'error-invalid-amount-datapoints',
    ],
    run: () => statistics(1, 1),
    error: [
      'InvalidParameterCombination',
      'You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
    ],
  },
  {
    title: 'statistics of no time',
    at: [
      'cloudwatch/test_cloudwatch',
      'TestCloudwatch::test_invalid_amount_of_datapoints[query]',
      'error-invalid-time-frame',
    ],
    run: () => statistics(0, 1),
    error: ['InvalidParameterValue', 'The parameter StartTime must be less than the parameter EndTime.'],
  },
  {
    title: 'statistics of a metric without data',
    at: [
      'cloudwatch/test_cloudwatch',
      'TestCloudwatch::test_invalid_amount_of_datapoints[query]',
      'get-metric-statitics',
    ],
    run: () => statistics(1, 60),
  },
  {
    title: 'a log group that exists',
    at: ['logs/test_logs_groups', 'TestLogsGroups::test_create_log_group_duplicate_error', 'error-duplicate-log-group'],
    run: () => call('logs', 'CreateLogGroup', group),
    error: ['ResourceAlreadyExistsException', 'The specified log group already exists'],
  },
  {
    title: 'a log group with a name of 513 characters',
    at: [
      'logs/test_logs_groups',
      'TestLogsGroups::test_create_log_group_invalid_name_length',
      'error-invalid-name-length',
    ],
    run: () => call('logs', 'CreateLogGroup', { logGroupName: 'x'.repeat(513) }),
    error: ['InvalidParameterException', length],
  },
  {
    title: 'log groups by prefix and by pattern',
    at: [
      'logs/test_logs_groups',
      'TestLogsGroups::test_describe_log_groups_prefix_and_pattern_error',
      'error-prefix-and-pattern',
    ],
    run: () => call('logs', 'DescribeLogGroups', { logGroupNamePrefix: 'a', logGroupNamePattern: 'b' }),
    error: [
      'InvalidParameterException',
      'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    ],
  },
  {
    title: 'a log stream that exists',
    at: [
      'logs/test_logs_streams',
      'TestLogsStreams::test_create_log_stream_duplicate_error',
      'error-duplicate-log-stream',
    ],
    run: () => call('logs', 'CreateLogStream', stream),
    error: ['ResourceAlreadyExistsException', 'The specified log stream already exists'],
  },
  {
    title: 'members of log streams',
    at: [
      'logs/test_logs_streams',
      'TestLogsStreams::test_create_and_delete_log_stream',
      'describe-log-streams-after-create',
    ],
    run: () => call('logs', 'DescribeLogStreams', group),
  },
  {
    title: 'events for a stream that does not exist',
    at: ['logs/test_logs_events', 'TestLogsEvents::test_put_log_events_to_invalid_stream', 'error-invalid-stream'],
    run: () =>
      call('logs', 'PutLogEvents', { ...group, logStreamName: 'no', logEvents: [{ timestamp: now, message: 'm' }] }),
    error: ['ResourceNotFoundException', 'The specified log stream does not exist.'],
  },
  {
    title: 'events in the wrong order',
    at: ['logs/test_logs_events', 'TestLogsEvents::test_put_log_events_wrong_order', 'error-wrong-order'],
    run: () =>
      call('logs', 'PutLogEvents', {
        ...stream,
        logEvents: [now, now - 1].map((timestamp) => ({ timestamp, message: 'm' })),
      }),
    error: ['InvalidParameterException', 'Log events in a single PutLogEvents request must be in chronological order.'],
  },
  {
    title: 'a token of events that is none',
    at: ['logs/test_logs_events', 'TestLogsEvents::test_get_log_events_invalid_token', 'error-invalid-token'],
    run: () => call('logs', 'GetLogEvents', { ...stream, nextToken: 'invalid' }),
    error: ['InvalidParameterException', 'The specified nextToken is invalid.'],
  },
  {
    title: 'a page of 10,001 events',
    at: ['logs/test_logs_events', 'TestLogsEvents::test_get_log_events_limit_validation', 'error-limit-exceeded'],
    run: () => call('logs', 'GetLogEvents', { ...stream, limit: 10_001 }),
    error: [
      'InvalidParameterException',
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
  },
  {
    title: 'a stack created while it is in review',
    at: ['cloudformation/api/test_changesets', 'test_create_while_in_review', 'create_stack_while_in_review'],
    run: async () => {
      const ChangeSet = { StackName: 'r', ChangeSetName: 'c', ChangeSetType: 'CREATE', TemplateBody: minimal };
      await call('cloudformation', 'CreateChangeSet', ChangeSet);
      return call('cloudformation', 'CreateStack', { StackName: 'r', TemplateBody: minimal });
    },
  },
  {
    title: 'members of a stack without parameters and outputs',
    at: ['cloudformation/api/test_changesets', 'test_create_while_in_review', 'describe_stack'],
    run: () => call('cloudformation', 'DescribeStacks', { StackName: 'r' }),
  },
  {
    title: 'events of a stack that does not exist',
    at: [
      'cloudformation/api/test_stacks',
      'test_describe_stack_events_errors',
      'describe_stack_events_stack_not_found',
    ],
    run: () => call('cloudformation', 'DescribeStackEvents', { StackName: 'does-not-exist' }),
    error: ['ValidationError', 'Stack [does-not-exist] does not exist'],
  },
  {
    title: 'the deletion of a change set of no stack',
    at: ['cloudformation/api/test_changesets', 'test_delete_change_set_exception', 'e1'],
    run: () => call('cloudformation', 'DeleteChangeSet', { StackName: 'nostack', ChangeSetName: 'c' }),
    error: ['ValidationError', 'Stack [nostack] does not exist'],
  },
  {
    title: 'a resource of no stack',
    at: ['cloudformation/api/test_resources', '', ''],
    run: () =>
      call('cloudformation', 'DescribeStackResource', { StackName: 'not-a-valid-stack', LogicalResourceId: 'a' }),
    error: ['ValidationError', "Stack 'not-a-valid-stack' does not exist"],
  },
  {
    title: 'a datum with a value and values',
    at: [
      'cloudwatch/test_cloudwatch',
      'TestCloudwatch::test_put_metric_data_validation[query]',
      'invalid-param-combination',
    ],
    run: () =>
      call('cloudwatch', 'PutMetricData', { Namespace: 'n', MetricData: [{ MetricName: 'm', Value: 1, Values: [1] }] }),
    error: [
      'InvalidParameterCombination',
      'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
    ],
  },
  {
    title: 'a datum with more values than counts',
    at: ['cloudwatch/test_cloudwatch', 'TestCloudwatch::test_put_metric_data_validation[query]', 'invalid-param-value'],
    run: () =>
      call('cloudwatch', 'PutMetricData', {
        Namespace: 'n',
        MetricData: [{ MetricName: 'm', Values: [1, 2], Counts: [1] }],
      }),
    error: [
      'InvalidParameterValue',
      'The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.',
    ],
  },
  {
    title: 'a session name with a colon',
    at: ['sts/test_sts', '', ''],
    run: () =>
      call('sts', 'AssumeRole', { RoleArn: 'arn:aws:iam::111111111111:role/r', RoleSessionName: 'Session1:2' }),
    error: [
      'ValidationError',
      `1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: ${pattern}: [\\w+=,.@-]*`,
    ],
  },
];

/** The names of members, which placeholders do not change; of a list the first item's. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null || value instanceof Date) return 'value';
  const members = Object.entries(value).filter(([name, inner]) => name !== 'ResponseMetadata' && inner !== undefined);
  return Object.fromEntries(
    members.map(([name, inner]) => [name, shape(inner)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function responseOf({ run }: Fact): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { Error: { Code: code, Message: message } };
  }
}

/** The whole file's text for a fact without a key: the sentence is somewhere in it. */
function recorded({ at: [file, test, key] }: Fact): unknown {
  const text = readFileSync(join(RECORDED, `${file}.snapshot.json`), 'utf8');
  if (key === '') return text;
  const all = JSON.parse(text) as Readonly<
    Record<string, { readonly 'recorded-content': Readonly<Record<string, unknown>> }>
  >;
  return all[Object.keys(all).find((name) => name.endsWith(`::${test}`)) ?? '']?.['recorded-content'][key];
}

let compared = 0;
afterAll(() => {
  const where = existsSync(RECORDED) ? 'with the snapshots' : 'with the facts in this file only';
  process.stdout.write(`recorded responses: ${compared} of ${FACTS.length} equal, compared ${where}\n`);
});

describe('the local AWS responds as AWS was recorded to', () => {
  test.each(FACTS)('$title', async (fact) => {
    const response = await responseOf(fact);
    if (fact.error) expect(response).toEqual({ Error: { Code: fact.error[0], Message: fact.error[1] } });
    else expect(response).not.toHaveProperty('Error');
    if (!existsSync(RECORDED)) return void compared++;
    const snapshot = recorded(fact);
    if (typeof snapshot === 'string') expect(snapshot).toContain(JSON.stringify(fact.error?.[1]).slice(1, -1));
    else if (fact.error) expect(snapshot).toMatchObject(response as object);
    else expect(shape(response)).toEqual(shape(snapshot));
    compared++;
  });
});
