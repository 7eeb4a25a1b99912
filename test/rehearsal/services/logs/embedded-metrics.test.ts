import { metricsOf } from '../../../../lambda/gate/report';
import type { Verdict } from '../../../../lambda/gate/types';
import { createCloudWatch } from '../../../../rehearsal/services/cloudwatch';
import { createLogs } from '../../../../rehearsal/services/logs';
import { embeddedMetrics } from '../../../../rehearsal/services/logs/embedded-metrics';
import { INTERNAL } from '../../../../rehearsal/core/service';
import { testWorld } from '../../../support/rehearsal/world';

const document = (changes: object = {}, directive: object = {}) => ({
  _aws: {
    Timestamp: 1_767_225_600_000,
    CloudWatchMetrics: [
      { Namespace: 'Shop', Dimensions: [['Service'], []], Metrics: [{ Name: 'Orders', Unit: 'Count' }], ...directive },
    ],
  },
  Service: 'web',
  Orders: 3,
  ...changes,
});
const read = (value: object) => embeddedMetrics(JSON.stringify(value));

test('one datum per dimension set, in the unit and at the time of the document', () => {
  expect(read(document())).toEqual([
    {
      Namespace: 'Shop',
      MetricData: [
        {
          MetricName: 'Orders',
          Dimensions: [{ Name: 'Service', Value: 'web' }],
          Values: [3],
          Unit: 'Count',
          Timestamp: 1_767_225_600,
        },
        { MetricName: 'Orders', Dimensions: [], Values: [3], Unit: 'Count', Timestamp: 1_767_225_600 },
      ],
    },
  ]);
});

test.each([
  ['values in a list', document({ Orders: [1, 2] }), [1, 2]],
  ['a value that is no number', document({ Orders: 'three' }), undefined],
  ['a metric without a value', document({ Orders: undefined }), undefined],
  ['a dimension without a value', document({ Service: undefined }, { Dimensions: [['Service']] }), undefined],
  ['more than a hundred values', document({ Orders: Array.from({ length: 101 }, () => 1) }), undefined],
])('%s', (_name, value, expected) => {
  expect(read(value)[0]?.MetricData[0]?.Values).toEqual(expected);
});

test.each(['plain text', '{"_aws"', '{"_aws":{}}', '{"_aws":{"Timestamp":1,"CloudWatchMetrics":[null]}}'])(
  '%s is a log line and no metric',
  (line) => {
    expect(embeddedMetrics(line)).toEqual([]);
  },
);

test("a gate's metrics arrive in CloudWatch by way of its log", async () => {
  const world = testWorld();
  world.add(createLogs(world));
  world.add(createCloudWatch(world));
  const stream = { logGroupName: 'gate', logStreamName: 's' };
  await world.call(INTERNAL, 'logs', 'CreateLogGroup', { logGroupName: 'gate' });
  await world.call(INTERNAL, 'logs', 'CreateLogStream', stream);
  const nowMs = world.clock.now();
  const check = (outcome: string) => ({ outcome });
  const verdict = {
    service: 'web',
    lifecycleEvent: 'AfterAllowTestTraffic',
    deploymentId: 'd-1',
    outcome: 'Failed',
    durationMs: 1_500,
    checks: [check('passed'), check('degraded'), check('failed'), check('skipped')],
    customChecks: [check('passed')],
  } as unknown as Verdict;
  const message = JSON.stringify(metricsOf(verdict, nowMs));
  await world.call(INTERNAL, 'logs', 'PutLogEvents', { ...stream, logEvents: [{ timestamp: nowMs, message }] });
  const sum = async (MetricName: string) => {
    const { Datapoints } = await world.call<{ Datapoints: { Sum: number }[] }>(
      INTERNAL,
      'cloudwatch',
      'GetMetricStatistics',
      {
        Namespace: 'Greenlight',
        MetricName,
        Dimensions: [
          { Name: 'Service', Value: 'web' },
          { Name: 'LifecycleEvent', Value: 'AfterAllowTestTraffic' },
        ],
        StartTime: nowMs / 1000 - 60,
        EndTime: nowMs / 1000 + 60,
        Period: 60,
        Statistics: ['Sum'],
      },
    );
    return Datapoints.reduce((total, point) => total + point.Sum, 0);
  };
  const names = ['ChecksPassed', 'ChecksFailed', 'GatePassed', 'GateFailed', 'GateDuration'];
  expect(await Promise.all(names.map(sum))).toEqual([3, 1, 0, 1, 1_500]);
});
