import type { Verdict } from '../../../lambda/gate/types';
import { decide } from '../../../lambda/gate/verdict';
import { schemaProblems } from '../../support/verdict-schema';

/** Every field that a verdict can have: the compiler says when one is missing here. */
const FULL: Required<Verdict> = {
  kind: 'greenlight.verdict',
  version: 1,
  service: 'web',
  lifecycleEvent: 'AfterAllowTraffic',
  deploymentId: 'd-1',
  outcome: 'Failed',
  rule: 'check-failed',
  sentence: 'check "orders" failed',
  target: 'http://web:80',
  startedAt: '2026-11-21T12:00:00.000Z',
  durationMs: 1_234,
  identity: {
    outcome: 'failed',
    green: 'green',
    forwards: [{ targetGroup: 'blue', weight: 100 }],
    version: { header: 'x-version', expected: 'v2', actual: '' },
    attempts: 2,
    durationMs: 3_000,
    reason: 'the live side responds',
  },
  preflight: [{ name: 'live-side-healthy', outcome: 'passed', message: '2 of 2 targets are healthy' }],
  checks: [
    {
      name: 'orders',
      outcome: 'failed',
      request: { method: 'GET', url: 'http://web:80/orders' },
      attempts: 2,
      durationMs: 12.5,
      failures: [{ expectation: 'status', expected: '200', actual: '500', soft: true, place: 'smoke.yaml:3:5' }],
      place: 'smoke.yaml:2:5',
      tries: [
        { status: 500, timings: { dnsMs: 1, connectMs: 2, tlsMs: 3, firstByteMs: 4, totalMs: 5 }, failures: [] },
        { timings: { totalMs: 5 }, failures: [] },
      ],
      repeat: { times: 10, errors: 1, p50Ms: 1, p95Ms: 2, p99Ms: 3 },
    },
  ],
  liveChecks: [
    {
      name: 'orders',
      outcome: 'passed',
      request: { method: 'GET', url: 'http://lb/orders' },
      attempts: 1,
      durationMs: 3,
      failures: [],
    },
  ],
  customChecks: [{ name: 'stock', outcome: 'degraded', message: 'low', durationMs: 5, details: { n: 1 } }],
  alarms: [
    { name: 'rate', outcome: 'passed', state: 'OK', phase: 'after', since: '2026-11-21T12:00:00Z', reason: 'ok' },
  ],
  bake: { seconds: 1_200, startedAt: '2026-11-21T12:00:00.000Z', smokeRuns: 5, alarmReadings: 40, invocations: 2 },
  omitted: { details: true, checks: { passed: 3, degraded: 1, failed: 2, skipped: 4 } },
  comparison: {
    decision: 'worse',
    outcome: 'failed',
    sentence: 'green is slower',
    measures: [
      {
        measure: 'latency',
        decision: 'worse',
        value: 1.5,
        interval: [1.2, null],
        blue: 10,
        green: 15,
        quantile: 0.5,
        pairs: 200,
        evidence: 120,
        threshold: 100,
        alpha: 0.01,
        margin: 1.25,
        rule: 'paired signs',
      },
    ],
    differences: [
      { request: 'orders', kind: 'json-missing', place: 'orders[].id', blue: '"1"', green: 'missing', count: 3, of: 3 },
      { request: 'orders', kind: 'status', place: 'status', blue: '200', green: '201', count: 3, of: 3, fails: true },
    ],
    noise: ['header date'],
    failures: [{ request: 'orders', what: 'timed out', blue: 0, green: 0.01 }],
    newRequests: ['returns'],
    requests: 400,
    durationMs: 2_000,
    endedBy: 'worse',
  },
};

test('a verdict with every field keeps the schema', () => {
  expect(schemaProblems(FULL)).toEqual([]);
});

test('a verdict with no more than it needs keeps it, whatever decided', () => {
  const optional = ['identity', 'preflight', 'customChecks', 'bake', 'comparison'];
  const least = Object.fromEntries(Object.entries(FULL).filter(([name]) => !optional.includes(name)));
  const empty = { checks: [], alarms: [] };
  for (const decision of [
    decide(empty),
    decide({ ...empty, interruption: { rule: 'timeout', reason: 'late' } }),
    decide({ ...empty, interruption: { rule: 'internal-error', reason: 'x'.repeat(5_000) } }),
  ]) {
    expect(schemaProblems({ ...least, ...empty, ...decision })).toEqual([]);
  }
});

test.each<[string, object]>([
  ['an unknown field', { extra: 1 }],
  ['another kind', { kind: 'other' }],
  ['an outcome that does not exist', { outcome: 'Passed' }],
  ['a rule that does not exist', { rule: 'because' }],
  ['a check without attempts', { checks: [{ ...FULL.checks[0], attempts: undefined }] }],
  ['a time that is none', { startedAt: 'now' }],
])('%s does not', (_name, change) => {
  expect(schemaProblems({ ...FULL, ...change })).not.toEqual([]);
});
