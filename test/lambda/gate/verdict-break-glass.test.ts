import type { Evidence } from '../../../lambda/gate/evidence';
import { type Decision, withBreakGlass } from '../../../lambda/gate/verdict';
import type { AlarmResult, Verdict } from '../../../lambda/gate/types';
import type { CheckResult } from '../../../smoke/results';
import type { BreakGlassAllowance } from '../../../lambda/shared/break-glass';

type Failure = readonly [Decision, Evidence];

const check: CheckResult = {
  name: 'orders',
  outcome: 'failed',
  request: { method: 'GET', url: 'http://web/orders' },
  attempts: 1,
  durationMs: 1,
  failures: [],
};
const alarm: AlarmResult = { name: 'errors', outcome: 'failed', state: 'ALARM' };
const failed = (rule: Verdict['rule'], evidence: Partial<Evidence> = {}): Failure => [
  { outcome: 'Failed', rule, sentence: 'it was bad' },
  { checks: [], alarms: [], ...evidence },
];
const allowing = (...Allow: BreakGlassAllowance[]) => ({ Reason: 'the fix', Allow });

test.each<[string, Failure, BreakGlassAllowance[], boolean]>([
  ['an alarm, when alarms may be passed', failed('alarm-active', { alarms: [alarm] }), ['alarms'], true],
  ['an alarm, when smoke may be passed', failed('alarm-active', { alarms: [alarm] }), ['smoke'], false],
  ['a check, when smoke may be passed', failed('check-failed', { checks: [check] }), ['smoke'], true],
  ['a check, when alarms may be passed', failed('check-failed', { checks: [check] }), ['alarms'], false],
  ['both, when one may', failed('check-failed', { checks: [check], alarms: [alarm] }), ['smoke'], false],
  ['both, when both may', failed('check-failed', { checks: [check], alarms: [alarm] }), ['smoke', 'alarms'], true],
  ['a refused preflight, when alarms may be passed', failed('preflight-refused'), ['alarms'], true],
  ['a worse green, when alarms may be passed', failed('comparison-worse'), ['alarms'], false],
  ['the wrong side', failed('identity-failed'), ['smoke', 'alarms'], false],
  ['a gate that could not judge', failed('internal-error'), ['smoke', 'alarms'], false],
])('%s', (_what, [decision, evidence], allow, passes) => {
  const after = withBreakGlass(decision, { ...evidence, breakGlass: allowing(...allow) });
  expect(after.outcome).toBe(passes ? 'Succeeded' : 'Failed');
  if (passes)
    expect(after).toMatchObject({
      rule: 'break-glass',
      sentence: expect.stringMatching(/the fix.*it was bad/) as string,
    });
  else expect(after).toBe(decision);
});

test('without break-glass nothing is passed', () => {
  const [decision, evidence] = failed('alarm-active');
  expect(withBreakGlass(decision, evidence)).toBe(decision);
});
