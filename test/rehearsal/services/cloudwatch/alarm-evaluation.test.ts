import { assess, breaches, type Rule } from '../../../../rehearsal/services/cloudwatch/alarm-evaluation';
import { reasonOf } from '../../../../rehearsal/services/cloudwatch/alarm-reason';
import type { AlarmState, MetricAlarm, TreatMissingData } from '../../../../rehearsal/services/cloudwatch/state';

const VALUES: Readonly<Record<string, number | undefined>> = { '0': 0, X: 10, '-': undefined };
const points = (text: string) =>
  text.split(' ').map((mark, index) => ({ atMs: Date.UTC(2026, 0, 1, 0, index), value: VALUES[mark] }));
const rule = (datapoints: number, treatment: TreatMissingData): Rule => ({
  EvaluationPeriods: 3,
  DatapointsToAlarm: datapoints,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: treatment,
});
const treatments: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** The tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html; `=` retains. */
describe.each([
  [3, '0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  [3, '0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  [3, '- - - - -', 'INSUFFICIENT_DATA', '=', 'ALARM', 'OK'],
  [3, '0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [3, '- - X - -', 'ALARM', '=', 'ALARM', 'OK'],
  [3, '- - - - X', 'INSUFFICIENT_DATA', '=', 'ALARM', 'OK'],
  [2, '0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '- - - X -', 'ALARM', '=', 'ALARM', 'OK'],
])('%i of 3 on %s', (datapoints, text, ...expected) => {
  test.each(treatments.map((treatment, index) => [treatment, expected[index]]))('%s is %s', (treatment, state) => {
    for (const current of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] satisfies AlarmState[])
      expect(assess(rule(datapoints, treatment), points(text), current).state).toBe(state === '=' ? current : state);
  });
});

test.each([
  ['- - - - -', 'INSUFFICIENT_DATA'],
  ['- - X - -', 'ALARM'],
  ['- - - - 0', 'OK'],
])('an alarm without TreatMissingData treats %s as missing: %s', (text, state) => {
  const bare = { ...rule(3, 'missing'), TreatMissingData: undefined };
  expect(assess(bare, points(text), 'OK').state).toBe(state);
});

test('without DatapointsToAlarm every evaluation period has to breach', () => {
  const bare = { ...rule(3, 'notBreaching'), DatapointsToAlarm: undefined };
  expect(assess(bare, points('X X X'), 'OK').state).toBe('ALARM');
  expect(assess(bare, points('X 0 X'), 'OK').state).toBe('OK');
});

describe.each([
  ['GreaterThanThreshold', false, true],
  ['GreaterThanOrEqualToThreshold', true, true],
  ['LessThanThreshold', false, false],
  ['LessThanOrEqualToThreshold', true, false],
] as const)('%s', (operator, atThreshold, above) => {
  test.each([
    ['at the threshold', 5, atThreshold],
    ['above it', 6, above],
    ['below it', 4, !above],
  ])('a value %s', (_, value, expected) => {
    expect(breaches({ ...rule(1, 'missing'), ComparisonOperator: operator }, value)).toBe(expected);
  });
});

describe('the reason', () => {
  const alarm: MetricAlarm = { AlarmName: 'a', ...rule(2, 'missing') };
  const reason = (given: MetricAlarm, text: string) => reasonOf(given, assess(given, points(text), 'OK'));

  test('names the deciding datapoints, newest first, as CloudWatch does', () => {
    expect(reason(alarm, '0 0 X 0 X')).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [10.0 (01/01/26 00:04:00), 10.0 (01/01/26 00:02:00)] were greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).',
    );
    expect(reason(alarm, '0 0 X 0 0')).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [0.0 (01/01/26 00:04:00), 0.0 (01/01/26 00:03:00)] were not greater than the threshold (5.0) (minimum 2 datapoints for ALARM -> OK transition).',
    );
  });

  test('says how missing data was treated', () => {
    const breaching: MetricAlarm = { ...alarm, TreatMissingData: 'breaching' };
    expect(reason(breaching, '- - - - -')).toBe(
      'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
    );
    expect(reason(breaching, '- - - - X')).toBe(
      'Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
    );
    expect(reason(alarm, '- - - - -')).toBe('Insufficient Data: 3 datapoints were unknown.');
  });
});
