import { evidenceLines, OTHER_REMEDY, remedyOf } from '../../../cli/release/why-evidence';
import type { Verdict } from '../../../lambda/gate/types';

const request = { method: 'GET', url: 'http://shop/orders' };
const check = { name: 'orders', request, attempts: 1, durationMs: 3 };
const status = { expectation: 'status', expected: '200', actual: '500' };

test('what did not pass is evidence, and nothing else', () => {
  const verdict: Partial<Verdict> = {
    preflight: [
      { name: 'one-live-side', outcome: 'passed', message: 'one' },
      { name: 'live-side-healthy', outcome: 'failed', message: 'no target is healthy' },
    ],
    identity: { outcome: 'failed', forwards: [], attempts: 1, durationMs: 1, reason: 'blue responded' },
    checks: [
      { ...check, outcome: 'failed', failures: [status], place: 'smoke.yaml:3:5' },
      { ...check, name: 'slow', outcome: 'degraded', failures: [{ ...status, expectation: 'latency' }] },
      { ...check, name: 'home', outcome: 'passed', failures: [] },
    ],
    customChecks: [{ name: 'stock', outcome: 'failed', message: 'empty', durationMs: 1 }],
    alarms: [
      { name: 'quiet', outcome: 'passed', state: 'OK' },
      { name: 'errors', outcome: 'failed', state: 'ALARM', reason: '60 > 5' },
    ],
  };
  expect(evidenceLines(verdict)).toEqual([
    'live-side-healthy: no target is healthy',
    'identity: blue responded',
    'check "orders" failed: status was 500, expected 200 (smoke.yaml:3:5)',
    'check "slow" degraded: latency was 500, expected 200',
    'custom check "stock" failed: empty',
    'alarm "errors" ALARM: 60 > 5',
  ]);
  expect(evidenceLines({})).toEqual([]);
});

test('each rule has its remedy, and a rule of a newer gate the general one', () => {
  expect(remedyOf({ rule: 'check-failed' })).toContain('fix what the check found');
  expect(remedyOf({ rule: 'not known yet' as 'timeout' })).toBe(OTHER_REMEDY);
  expect(remedyOf(undefined)).toBe(OTHER_REMEDY);
});
