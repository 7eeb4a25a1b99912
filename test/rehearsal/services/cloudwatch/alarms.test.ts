import { createCloudWatch } from '../../../../rehearsal/services/cloudwatch';
import { evaluateRule, parseRule } from '../../../../rehearsal/services/cloudwatch/composite-rule';
import { INTERNAL, type World } from '../../../../rehearsal/core/service';
import { testWorld } from '../../../support/rehearsal/world';

const MINUTE = 60_000;
const METRIC = {
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'HTTPCode_Target_5XX_Count',
  Dimensions: [{ Name: 'TargetGroup', Value: 'tg/1' }],
};
const ALARM = {
  AlarmName: 'errors',
  ...METRIC,
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  AlarmActions: ['arn:aws:sns:us-east-1:111111111111:topic'],
};

interface Described {
  readonly StateValue: string;
  readonly StateReason: string;
  readonly StateReasonData: string;
}

function cloudwatchWorld() {
  const world = testWorld();
  const service = createCloudWatch(world);
  world.add(service);
  const call = <T = unknown>(operation: string, input: unknown, principal = INTERNAL) =>
    world.call<T>(principal, 'cloudwatch', operation, input);
  const put = (Value: number) =>
    call('PutMetricData', {
      Namespace: METRIC.Namespace,
      MetricData: [{ MetricName: METRIC.MetricName, Dimensions: METRIC.Dimensions, Value }],
    });
  const describe = async (name: string) => {
    const input = { AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] };
    const result = await call<{ MetricAlarms: Described[]; CompositeAlarms: Described[] }>('DescribeAlarms', input);
    return [...result.MetricAlarms, ...result.CompositeAlarms][0];
  };
  return { world, service, call, put, describe };
}

const changes = (world: World, name: string) =>
  world.events
    .all()
    .filter(({ event, data }) => event === 'alarm-state' && data.alarmName === name)
    .map(({ data }) => data.value);

test('2 of 3 breaching minutes raise the alarm when they are visible, its composite follows, and both recover', async () => {
  const { world, call, put, describe } = cloudwatchWorld();
  await call('PutMetricAlarm', ALARM);
  await call('PutCompositeAlarm', { AlarmName: 'release', AlarmRule: 'ALARM("errors") OR ALARM(other)' });
  for (const value of [0, 9, 8]) {
    await put(value);
    await world.clock.advance(MINUTE);
  }
  expect((await describe('errors'))?.StateValue).toBe('OK');
  await world.clock.advance(MINUTE);
  const alarm = await describe('errors');
  expect(alarm).toMatchObject({ StateValue: 'ALARM' });
  expect(alarm?.StateReason).toMatch(
    /^Threshold Crossed: 2 out of the last 3 datapoints \[8\.0 \(01\/01\/26 00:02:00\), 9\.0/,
  );
  expect(JSON.parse(alarm?.StateReasonData ?? '')).toMatchObject({
    recentDatapoints: [0, 9, 8],
    threshold: 5,
    period: 60,
  });
  expect((await describe('release'))?.StateReason).toMatch(
    /alarm:errors transitioned to ALARM at Thursday 01 January, 2026 00:04:00 UTC$/,
  );
  expect(world.events.all().find(({ event }) => event === 'alarm-action')?.data).toMatchObject({ alarmName: 'errors' });
  await world.clock.advance(10 * MINUTE);
  expect(changes(world, 'errors')).toEqual(['OK', 'ALARM', 'OK']);
  expect(changes(world, 'release')).toEqual(['OK', 'ALARM', 'OK']);
});

test('the history has every state change as JSON', async () => {
  const { call } = cloudwatchWorld();
  await call('PutMetricAlarm', ALARM);
  await call('SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'drill' });
  const input = { AlarmName: 'errors', HistoryItemType: 'StateUpdate' };
  const {
    AlarmHistoryItems: [item],
  } = await call<{ AlarmHistoryItems: { HistoryData: string; HistorySummary: string }[] }>(
    'DescribeAlarmHistory',
    input,
  );
  expect(item?.HistorySummary).toBe('Alarm updated from INSUFFICIENT_DATA to ALARM');
  expect(JSON.parse(item?.HistoryData ?? '')).toMatchObject({
    version: '1.0',
    newState: { stateValue: 'ALARM', stateReason: 'drill' },
  });
});

test('SetAlarmState lasts until the next comparison', async () => {
  const { world, call, describe } = cloudwatchWorld();
  await call('PutMetricAlarm', ALARM);
  await call('SetAlarmState', { AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'drill' });
  await world.clock.advance(30_000);
  expect((await describe('errors'))?.StateValue).toBe('ALARM');
  await world.clock.advance(MINUTE);
  expect((await describe('errors'))?.StateValue).toBe('OK');
});

test('a percentile alarm reads the distribution', async () => {
  const { world, call, describe } = cloudwatchWorld();
  await call('PutMetricAlarm', {
    ...ALARM,
    Statistic: undefined,
    ExtendedStatistic: 'p99',
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 1,
  });
  const MetricData = [
    { MetricName: METRIC.MetricName, Dimensions: METRIC.Dimensions, Values: [0.1, 3], Counts: [98, 2] },
  ];
  await call('PutMetricData', { Namespace: METRIC.Namespace, MetricData });
  await world.clock.advance(2 * MINUTE + 10_000);
  expect(await describe('errors')).toMatchObject({
    StateValue: 'ALARM',
    StateReason: expect.stringContaining('[3.0 (') as string,
  });
});

test('metrics can be read back, with expressions and statistics', async () => {
  const { world, call, put } = cloudwatchWorld();
  await put(2);
  await put(4);
  const times = { StartTime: world.clock.now() / 1000, EndTime: world.clock.now() / 1000 + 60 };
  const MetricStat = { Metric: METRIC, Period: 60, Stat: 'Sum' };
  const MetricDataQueries = [
    { Id: 'm', MetricStat, ReturnData: false },
    { Id: 'e', Expression: 'm / 2' },
  ];
  expect(await call('GetMetricData', { ...times, MetricDataQueries })).toMatchObject({
    MetricDataResults: [{ Id: 'e', Values: [3] }],
  });
  const statistics = { ...METRIC, ...times, Period: 60, Statistics: ['Average', 'Maximum', 'SampleCount'] };
  expect(await call('GetMetricStatistics', statistics)).toMatchObject({
    Datapoints: [{ Average: 3, Maximum: 4, SampleCount: 2 }],
  });
});

test('bad input is refused with the value', async () => {
  const { call } = cloudwatchWorld();
  await expect(call('PutMetricAlarm', { ...ALARM, DatapointsToAlarm: 4 })).rejects.toThrow('DatapointsToAlarm 4');
  await expect(call('PutCompositeAlarm', { AlarmName: 'c', AlarmRule: 'ALARM("a" OR' })).rejects.toThrow(
    "')' expected",
  );
  await expect(call('PutCompositeAlarm', { AlarmName: 'c', AlarmRule: 'NOT ALARM(c)' })).rejects.toThrow('c -> c');
  await expect(call('PutMetricData', { Namespace: 'AWS/X' }, { ...INTERNAL, kind: 'role' })).rejects.toThrow('AWS/X');
});

test.each([
  ['ALARM(a) OR OK(a)', true],
  ['ALARM("a") AND (ALARM(b) OR NOT INSUFFICIENT_DATA("gone"))', false],
  ['ALARM(arn:aws:cloudwatch:us-east-1:111111111111:alarm:a)', true],
  ['NOT ALARM(b) AND TRUE', true],
  ['FALSE', false],
])('rule %s is %s', (rule, expected) => {
  const states: Readonly<Record<string, 'ALARM' | 'OK'>> = { a: 'ALARM', b: 'OK' };
  expect(evaluateRule(parseRule(rule), (name) => states[name])).toBe(expected);
});

test('CloudFormation creates, updates and deletes an alarm', async () => {
  const { service, call, describe } = cloudwatchWorld();
  const type = service.resourceTypes?.['AWS::CloudWatch::Alarm'];
  const request = { stackName: 'Stack', stackId: 's', logicalId: 'Errors', signal: new AbortController().signal };
  const properties = { ...ALARM, AlarmName: undefined, Threshold: '5' };
  const current = await type?.create({ ...request, properties });
  if (!current) throw new Error('no such type');
  expect(current).toMatchObject({
    physicalId: expect.stringMatching(/^Stack-Errors-/) as string,
    attributes: { Arn: expect.stringContaining(':alarm:Stack-Errors-') as string },
  });
  await type?.update?.({ ...request, properties: { ...properties, Threshold: 7 }, previous: properties, current });
  expect(await describe(current.physicalId)).toMatchObject({ Threshold: 7 });
  await type?.delete?.({ ...request, properties, current });
  expect(await call('DescribeAlarms', {})).toMatchObject({ MetricAlarms: [] });
});
