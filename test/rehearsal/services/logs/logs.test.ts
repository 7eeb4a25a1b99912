import { createLogs } from '../../../../rehearsal/services/logs';
import { STREAM_EVENTS_MAX } from '../../../../rehearsal/services/logs/state';
import { INTERNAL } from '../../../../rehearsal/core/service';
import { testWorld } from '../../../support/rehearsal/world';

interface Page {
  events: { message: string; timestamp: number; logStreamName: string }[];
  nextToken?: string;
  nextForwardToken: string;
  nextBackwardToken: string;
}

const group = { logGroupName: '/aws/lambda/gate' };

function setUp() {
  const world = testWorld();
  const logs = createLogs(world);
  world.add(logs);
  const call = (operation: string, input: unknown) => world.call<Page>(INTERNAL, 'logs', operation, input);
  const put = (logStreamName: string, ...logEvents: { timestamp: number; message: string }[]) =>
    call('PutLogEvents', { ...group, logStreamName, logEvents });
  return { world, logs, call, put };
}

async function withStreams(...names: string[]) {
  const context = setUp();
  await context.call('CreateLogGroup', group);
  for (const logStreamName of names) await context.call('CreateLogStream', { ...group, logStreamName });
  return context;
}

const messages = (page: Page) => page.events.map((event) => event.message);

test('filters by pattern, time and stream, and interleaves streams by time', async () => {
  const { world, call, put } = await withStreams('a', 'b');
  const t = world.clock.now();
  await put('a', { timestamp: t, message: '{"kind":"x","n":1}' }, { timestamp: t + 20, message: '{"kind":"x","n":3}' });
  await put('b', { timestamp: t + 10, message: '{"kind":"x","n":2}' }, { timestamp: t + 10, message: 'plain' });

  const found = await call('FilterLogEvents', { ...group, filterPattern: '{ $.kind = "x" }' });
  expect(messages(found)).toEqual(['{"kind":"x","n":1}', '{"kind":"x","n":2}', '{"kind":"x","n":3}']);
  expect(found.events[1]?.logStreamName).toBe('b');
  const late = await call('FilterLogEvents', { ...group, startTime: t + 10, endTime: t + 10 });
  expect(messages(late)).toEqual(['{"kind":"x","n":2}', 'plain']);
  expect(messages(await call('FilterLogEvents', { ...group, logStreamNames: ['a'] }))).toHaveLength(2);
  expect(messages(await call('FilterLogEvents', { ...group, logStreamNamePrefix: 'c' }))).toEqual([]);
});

test('pages through FilterLogEvents without loss', async () => {
  const { world, call, put } = await withStreams('a');
  const t = world.clock.now();
  await put('a', ...[0, 1, 2, 3, 4].map((n) => ({ timestamp: t, message: `m${n}` })));
  const read: string[] = [];
  let nextToken: string | undefined;
  do {
    const page: Page = await call('FilterLogEvents', { ...group, limit: 2, nextToken });
    read.push(...messages(page));
    nextToken = page.nextToken;
  } while (nextToken);
  expect(read).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
});

test('GetLogEvents returns the newest by default, and pages both ways', async () => {
  const { world, call, put } = await withStreams('a');
  const t = world.clock.now();
  await put('a', ...[0, 1, 2, 3].map((n) => ({ timestamp: t + n, message: `m${n}` })));
  const stream = { ...group, logStreamName: 'a', limit: 2 };
  const newest = await call('GetLogEvents', stream);
  expect(messages(newest)).toEqual(['m2', 'm3']);
  expect(messages(await call('GetLogEvents', { ...stream, nextToken: newest.nextBackwardToken }))).toEqual([
    'm0',
    'm1',
  ]);
  expect(messages(await call('GetLogEvents', { ...stream, startFromHead: true, endTime: t + 1 }))).toEqual(['m0']);
  const end = await call('GetLogEvents', { ...stream, nextToken: newest.nextForwardToken });
  expect(messages(end)).toEqual([]);
  expect(end.nextForwardToken).toBe(newest.nextForwardToken);
});

test('groups, streams and their errors', async () => {
  const { call, put, world } = await withStreams('a');
  await expect(call('CreateLogGroup', group)).rejects.toMatchObject({ code: 'ResourceAlreadyExistsException' });
  await expect(call('CreateLogStream', { ...group, logStreamName: 'a' })).rejects.toMatchObject({
    code: 'ResourceAlreadyExistsException',
  });
  await expect(put('b', { timestamp: 1, message: 'm' })).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  await expect(call('FilterLogEvents', { logGroupName: 'no' })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
  await expect(call('FilterLogEvents', { ...group, filterPattern: '{ $.a' })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
  const groups = await world.call<{ logGroups: unknown[] }>(INTERNAL, 'logs', 'DescribeLogGroups', {});
  expect(groups.logGroups).toMatchObject([{ logGroupName: group.logGroupName }]);
});

test('memory is bounded, and retention forgets', async () => {
  const { world, logs, call, put } = await withStreams('a');
  const t = world.clock.now();
  const many = Array.from({ length: STREAM_EVENTS_MAX + 5 }, (_, n) => ({ timestamp: t, message: `m${n}` }));
  await put('a', ...many.slice(0, 100));
  await put('a', ...many.slice(100));
  const events = logs.state.groups.get(group.logGroupName)?.streams.get('a')?.events;
  expect(events).toHaveLength(STREAM_EVENTS_MAX);
  expect(events?.[0]?.message).toBe('m5');
  await call('PutRetentionPolicy', { ...group, retentionInDays: 1 });
  await world.clock.advance(25 * 3_600_000);
  expect(messages(await call('FilterLogEvents', group))).toEqual([]);
});

test('an event, and a batch, larger than CloudWatch takes is refused', async () => {
  const { world, put } = await withStreams('a');
  const timestamp = world.clock.now();
  const event = (length: number) => ({ timestamp, message: 'x'.repeat(length) });
  await put('a', event(256 * 1_024 - 26));
  await expect(put('a', event(256 * 1_024 - 25))).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: 'Log event too large: 262145 bytes exceeds limit of 262144',
  });
  const four = Array.from({ length: 4 }, () => event(256 * 1_024 - 26));
  await put('a', ...four);
  await expect(put('a', ...four, event(1))).rejects.toMatchObject({ code: 'InvalidParameterException' });
});

test('IAM sees the stream, and an empty stream for calls on a group', () => {
  const { logs } = setUp();
  const resources = (operation: string) => logs.operations[operation]?.resources?.({ ...group, logStreamName: 's' });
  expect(resources('PutLogEvents')).toEqual([
    'arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/gate:log-stream:s',
  ]);
  expect(logs.operations['FilterLogEvents']?.resources?.(group)).toEqual([
    'arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/gate:log-stream:',
  ]);
});

test('the log group resource', async () => {
  const { logs, call } = setUp();
  const type = logs.resourceTypes?.['AWS::Logs::LogGroup'];
  const request = {
    stackName: 'S',
    stackId: 'arn',
    logicalId: 'L',
    signal: new AbortController().signal,
    properties: { RetentionInDays: '7' },
  };
  const created = await type?.create(request);
  expect(created?.physicalId).toMatch(/^S-L-/);
  expect(created?.attributes['Arn']).toMatch(/:log-group:S-L-\w+:\*$/);
  expect(logs.state.groups.get(created?.physicalId ?? '')?.retentionInDays).toBe(7);
  if (created) await type?.delete?.({ ...request, current: created });
  await expect(call('FilterLogEvents', { logGroupName: created?.physicalId })).rejects.toThrow('does not exist');
});
