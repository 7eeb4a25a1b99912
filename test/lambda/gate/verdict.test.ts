import { judgeAlarms } from '../../../lambda/gate/alarms';
import type { CheckResult } from '../../../smoke/results';
import { decide } from '../../../lambda/gate/verdict';

const passed: CheckResult = {
  name: 'home',
  outcome: 'passed',
  request: { method: 'GET', url: 'http://lb/' },
  attempts: 1,
  durationMs: 3,
  failures: [],
};
const failed: CheckResult = {
  ...passed,
  name: 'orders',
  outcome: 'failed',
  request: { method: 'GET', url: 'http://lb/orders' },
  attempts: 3,
  failures: [{ expectation: 'status', expected: '200', actual: '500' }],
};
const since = new Date('2026-01-01T00:00:00Z');

test('a failed check decides, with expected and actual value', () => {
  expect(decide({ checks: [passed, failed], alarms: [] })).toEqual({
    outcome: 'Failed',
    rule: 'check-failed',
    sentence: 'check "orders" failed: status was 500, expected 200 (GET http://lb/orders, 3 attempts)',
  });
});

test('the sentence names three and counts the rest, within 1000 characters', () => {
  const long = { ...failed, failures: [{ expectation: 'body', expected: 'x'.repeat(400), actual: 'y'.repeat(400) }] };
  const { sentence } = decide({ checks: [long, long, long, failed, failed], alarms: [] });
  expect(sentence).toMatch(/; and 2 more$/);
  expect(sentence.length).toBeLessThanOrEqual(1_000);
});

test('only an unmet timeout is rule timeout', () => {
  const late = {
    ...failed,
    failures: [{ expectation: 'timeout', expected: 'done within 9 s', actual: 'not begun' }],
  };
  expect(decide({ checks: [late], alarms: [] }).rule).toBe('timeout');
  expect(decide({ checks: [late, failed], alarms: [] }).rule).toBe('check-failed');
});

test('an alarm decides: firing, missing and unreadable fail; without data passes and is stated', () => {
  const alarms = judgeAlarms(
    ['fires', 'quiet', 'silent', 'gone'],
    [
      { name: 'fires', state: 'ALARM', reason: 'Threshold Crossed: 12.0 > 1.0', since },
      { name: 'quiet', state: 'OK' },
      { name: 'silent', state: 'INSUFFICIENT_DATA' },
    ],
  );
  expect(alarms.map((alarm) => [alarm.state, alarm.outcome])).toEqual([
    ['ALARM', 'failed'],
    ['OK', 'passed'],
    ['INSUFFICIENT_DATA', 'passed'],
    ['MISSING', 'failed'],
  ]);
  expect(decide({ checks: [passed], alarms })).toEqual({
    outcome: 'Failed',
    rule: 'alarm-active',
    sentence:
      'alarm "fires" is firing: state was ALARM since 2026-01-01T00:00:00.000Z, expected OK (Threshold Crossed: 12.0 > 1.0); ' +
      'alarm "gone" does not exist: state was MISSING, expected OK',
  });
  expect(decide({ checks: [passed], alarms: alarms.slice(1, 3) })).toEqual({
    outcome: 'Succeeded',
    rule: 'all-passed',
    sentence: '1 check passed, 2 alarms quiet (1 without data yet)',
  });
  expect(decide({ checks: [passed], alarms: [], alarmsError: 'AccessDenied: no' })).toMatchObject({
    outcome: 'Failed',
    rule: 'alarms-unreadable',
  });
});

test('an alarm state that is not known counts as ALARM', () => {
  expect(judgeAlarms(['a'], [{ name: 'a', state: 'NEW_STATE' }])[0]).toMatchObject({
    state: 'ALARM',
    outcome: 'failed',
  });
});
