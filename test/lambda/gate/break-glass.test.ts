import { pardon } from '../../../lambda/gate/break-glass';
import type { AlarmResult, Verdict } from '../../../lambda/gate/types';
import type { CheckResult } from '../../../smoke/results';
import { type BreakGlassAllowance, describeRelease, readBreakGlass } from '../../../lambda/shared/break-glass';

type Judged = Pick<Verdict, 'outcome' | 'rule' | 'sentence' | 'checks' | 'alarms'>;

const check: CheckResult = {
  name: 'orders',
  outcome: 'failed',
  request: { method: 'GET', url: 'http://web/orders' },
  attempts: 1,
  durationMs: 1,
  failures: [],
};
const alarm: AlarmResult = { name: 'errors', outcome: 'failed', state: 'ALARM' };
const failed = (rule: Verdict['rule'], evidence: Partial<Judged> = {}): Judged => ({
  outcome: 'Failed',
  rule,
  sentence: 'it was bad',
  checks: [],
  alarms: [],
  ...evidence,
});
const allowing = (...Allow: BreakGlassAllowance[]) => ({ Reason: 'the fix', Allow });

test.each<[string, Judged, BreakGlassAllowance[], boolean]>([
  ['an alarm, when alarms may be passed', failed('alarm-active', { alarms: [alarm] }), ['alarms'], true],
  ['an alarm, when smoke may be passed', failed('alarm-active', { alarms: [alarm] }), ['smoke'], false],
  ['a check, when smoke may be passed', failed('check-failed', { checks: [check] }), ['smoke'], true],
  ['a check, when alarms may be passed', failed('check-failed', { checks: [check] }), ['alarms'], false],
  ['both, when one may', failed('check-failed', { checks: [check], alarms: [alarm] }), ['smoke'], false],
  ['both, when both may', failed('check-failed', { checks: [check], alarms: [alarm] }), ['smoke', 'alarms'], true],
  ['a refused preflight, when alarms may be passed', failed('preflight-refused'), ['alarms'], true],
  ['a worse candidate, when alarms may be passed', failed('comparison-worse'), ['alarms'], false],
  ['the wrong side', failed('identity-failed'), ['smoke', 'alarms'], false],
  ['a gate that could not judge', failed('internal-error'), ['smoke', 'alarms'], false],
])('%s', (_what, judged, allow, passes) => {
  const after = pardon(judged, allowing(...allow));
  expect(after.outcome).toBe(passes ? 'Succeeded' : 'Failed');
  if (passes)
    expect(after).toMatchObject({
      rule: 'break-glass',
      sentence: expect.stringMatching(/the fix.*it was bad/) as string,
    });
  else expect(after).toBe(judged);
});

test('without break-glass nothing is passed', () => {
  const judged = failed('alarm-active');
  expect(pardon(judged, undefined)).toBe(judged);
});

test('a description carries it, and one without carries none', () => {
  const breakGlass = { Reason: 'outage of\ntoday [INC-1]', Allow: ['alarms', 'smoke'] } as const;
  expect(readBreakGlass(describeRelease('web', breakGlass))).toEqual({
    Reason: 'outage of today [INC-1]',
    Allow: ['alarms', 'smoke'],
  });
  for (const text of [undefined, '', describeRelease('web', undefined), 'break-glass [everything] now'])
    expect(readBreakGlass(text)).toBeUndefined();
  expect(describeRelease('web', { ...breakGlass, Reason: 'x'.repeat(500) }).length).toBeLessThanOrEqual(250);
});
