import type { CheckResult } from '../../../smoke/results';
import type { Verdict } from '../../../lambda/gate/types';
import { decide } from '../../../lambda/gate/verdict';
import { fitVerdict, VERDICT_BYTES_MAX } from '../../../lambda/gate/verdict-size';
import { findEvidence } from '../../../lambda/release/evidence';
import { failureSentence } from '../../../verdict/sentence';
import { createLogs } from '../../../rehearsal/services/logs';
import { INTERNAL } from '../../../rehearsal/core/service';
import { schemaProblems } from '../../support/verdict-schema';
import { testWorld } from '../../support/rehearsal/world';

const WORST = '\u0001"\\\u{1F600}日';

function check(index: number, outcome: CheckResult['outcome'], text: string): CheckResult {
  const failure = { expectation: 'body', expected: text, actual: text, place: `smoke.yaml:${index}:1` };
  const failures = outcome === 'passed' ? [] : Array.from({ length: 10 }, () => failure);
  const attempt = { status: 500, timings: { totalMs: 1 }, failures };
  return {
    name: `check ${index}`,
    outcome,
    request: { method: 'GET', url: `http://web/${text.slice(0, 200)}` },
    attempts: 3,
    durationMs: 1,
    failures,
    place: `smoke.yaml:${index}:1`,
    tries: [attempt, attempt, attempt],
  };
}

function verdictOf(parts: Partial<Verdict>): Verdict {
  const { checks = [], alarms = [] } = parts;
  return {
    kind: 'greenlight.verdict',
    version: 1,
    service: 'web',
    lifecycleEvent: 'AfterAllowTestTraffic',
    deploymentId: 'd-1',
    ...decide({ checks, alarms, ...parts }),
    target: 'http://web:80',
    startedAt: '2026-11-21T12:00:00.000Z',
    durationMs: 1,
    ...parts,
    checks,
    alarms,
  };
}

const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
const text = 'the response was not what the suite expects '.repeat(5);
const difference = (index: number) => ({
  request: `GET /${index}`,
  kind: 'body' as const,
  place: WORST.repeat(200),
  blue: text,
  green: text,
  count: 1,
  of: 1,
});

const LONG: readonly (readonly [string, Partial<Verdict>])[] = [
  ['500 failed checks', { checks: many(500, (index) => check(index, 'failed', text)) }],
  [
    '1,000 failed checks of characters that JSON escapes',
    { checks: many(1_000, (i) => check(i, 'failed', WORST.repeat(40))) },
  ],
  [
    '1,000 passed checks and one that failed',
    { checks: many(1_001, (i) => check(i, i === 900 ? 'failed' : 'passed', text)) },
  ],
  [
    'custom checks with details',
    {
      customChecks: many(300, (i) => ({
        name: `c${i}`,
        outcome: 'failed' as const,
        message: text,
        durationMs: 1,
        details: { text: 'x'.repeat(4_000) },
      })),
    },
  ],
  [
    'alarms with long reasons',
    {
      alarms: many(300, (i) => ({
        name: `a${i}`,
        outcome: 'failed' as const,
        state: 'ALARM' as const,
        reason: WORST.repeat(200),
      })),
    },
  ],
  [
    'a comparison of everything',
    {
      comparison: {
        decision: 'worse',
        outcome: 'failed',
        sentence: 'green is slower',
        measures: [],
        differences: many(5_000, difference),
        failures: [],
        newRequests: many(5_000, (i) => `${i}${WORST.repeat(100)}`),
        noise: many(5_000, (i) => `${i}${WORST.repeat(100)}`),
        requests: 1,
        durationMs: 1,
        endedBy: 'worse',
      },
    },
  ],
  [
    'one entry that is longer than a log event',
    {
      identity: {
        outcome: 'failed',
        green: 'x'.repeat(400_000),
        forwards: many(2_000, () => ({ targetGroup: 'x'.repeat(300), weight: 1 })),
        version: { header: 'x', expected: 'x', actual: 'x'.repeat(400_000) },
        attempts: 1,
        durationMs: 1,
        reason: 'x'.repeat(400_000),
      },
    },
  ],
];

test.each(LONG)('a verdict on %s fits into one log event and still says what decided', (_name, parts) => {
  const verdict = verdictOf(parts);
  expect(Buffer.byteLength(JSON.stringify(verdict))).toBeGreaterThan(VERDICT_BYTES_MAX);
  const fitted = fitVerdict(verdict);
  expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(VERDICT_BYTES_MAX);
  expect(schemaProblems(fitted)).toEqual([]);
  const { outcome, rule, sentence, deploymentId } = verdict;
  expect(fitted).toMatchObject({ outcome, rule, sentence, deploymentId, omitted: { details: true } });
});

test('what does not fit is counted, and failed checks are listed before all others', () => {
  const fitted = fitVerdict(verdictOf(LONG[2]?.[1] ?? {}));
  expect(fitted.checks.map(({ name }) => name)).toContain('check 900');
  const counted = Object.values(fitted.omitted?.checks ?? {}).reduce((sum, each) => sum + each, 0);
  expect(counted + fitted.checks.length).toBe(1_001);
});

test('a verdict that fits is as it was', () => {
  const verdict = verdictOf({ checks: [check(1, 'failed', 'x')] });
  expect(fitVerdict(verdict)).toBe(verdict);
});

test('the reason of 500 failed checks arrives at the release function through CloudWatch Logs', async () => {
  const world = testWorld();
  world.add(createLogs(world));
  const place = { logGroupName: '/gate', logStreamName: 's' };
  const call = <T>(operation: string, input: object) => world.call<T>(INTERNAL, 'logs', operation, input);
  await call('CreateLogGroup', place);
  await call('CreateLogStream', place);
  const verdict = verdictOf({ checks: many(500, (index) => check(index, 'failed', text)) });
  const put = (message: string) =>
    call('PutLogEvents', { ...place, logEvents: [{ timestamp: world.clock.now(), message }] });
  await expect(put(JSON.stringify(verdict))).rejects.toThrow(/Log event too large: \d+ bytes exceeds limit of 262144/);
  await put(JSON.stringify(fitVerdict(verdict)));

  const event = { name: 'AfterAllowTestTraffic', status: 'Failed' };
  const deployment = {
    id: 'd-1',
    status: 'Failed' as const,
    autoRollback: true,
    terminationWait: false,
    events: [event],
  };
  const properties = { GateLogGroups: { AfterAllowTestTraffic: '/gate' }, AlarmNames: [] } as never;
  const evidence = await findEvidence(deployment, properties, {
    logMessages: async (logGroupName, filterPattern) =>
      (await call<{ events: { message: string }[] }>('FilterLogEvents', { logGroupName, filterPattern })).events.map(
        ({ message }) => message,
      ),
    alarmHistory: () => Promise.resolve([]),
    alarmStates: () => Promise.resolve([]),
  });
  expect(evidence.verdict?.sentence).toBe(verdict.sentence);
  expect(failureSentence('web', deployment, evidence, { kind: 'never-left' })).toContain(
    'the AfterAllowTestTraffic gate says: check "check 0" failed: body was',
  );
});
