import type { ComparedMeasure, ComparisonResult } from '../../../smoke/comparison/result';
import { failing, sentenceOf } from '../../../smoke/comparison/sentence';

const measure = (changes: Partial<ComparedMeasure>): ComparedMeasure => ({
  measure: 'errors',
  decision: 'not-worse',
  blue: 0,
  green: 0,
  value: 0,
  interval: [null, null],
  pairs: 180,
  evidence: 5_000,
  threshold: 1_200,
  alpha: 0.05,
  margin: 0.01,
  rule: 'test',
  ...changes,
});
type Found = Omit<ComparisonResult, 'outcome' | 'sentence'>;
const found = (changes: Partial<Found>): Found =>
  ({
    decision: 'not-worse',
    endedBy: 'decision',
    requests: 360,
    measures: [measure({})],
    failures: [],
    differences: [],
    newRequests: [],
    ...changes,
  }) as Found;
const choice = { failOnDifferences: false, notEnoughData: 'fail', isGross: false } as const;

test.each([
  [0, '0 %'],
  [0.0005, '0.05 %'],
  [0.005, '0.5 %'],
  [0.01, '1 %'],
  [0.0104, '1 %'],
  [0.0106, '1.1 %'],
  [0.1, '10 %'],
  [0.105, '11 %'],
  [0.994, '99 %'],
  [0.996, '100 %'],
  [1, '100 %'],
])('a share of %s is written as %s', (share, text) => {
  const sentence = sentenceOf(found({ measures: [measure({ green: share })] }), choice);
  expect(sentence).toBe(`green is not worse than blue: ${text} errors against 0 % (360 requests)`);
});

test.each([
  [0.04, '0.0 ms'],
  [9.94, '9.9 ms'],
  [10, '10 ms'],
  [118.4, '118 ms'],
])('a latency of %s ms is written as %s', (green, text) => {
  const slow = measure({ measure: 'latency', decision: 'worse', blue: 20, green, quantile: 0.95 });
  expect(sentenceOf(found({ decision: 'worse', measures: [slow] }), choice)).toBe(
    `green is slower than blue: p95 ${text} against 20 ms, by chance once in 5000, once in 1200 decides, 180 pairs`,
  );
});

test('green that fails more often is said with what failed on it more than on blue', () => {
  const failures = [
    { request: 'GET /a', what: 'status 500', blue: 0, green: 0.05 },
    { request: 'GET /b', what: 'timed out', blue: 0.01, green: 0.02 },
    { request: 'GET /c', what: 'ECONNRESET', blue: 0.03, green: 0.01 },
  ];
  const sentence = sentenceOf(
    found({ decision: 'worse', measures: [measure({ decision: 'worse', green: 0.05 })], failures }),
    choice,
  );
  expect(sentence).toContain('green fails more often than blue: 5 % errors against 0 %');
  expect(sentence).toContain("5 % of green's responses to GET /a had status 500, 0 % of blue's");
  expect(sentence).toContain("2 % of green's responses to GET /b timed out, 1 % of blue's");
  expect(sentence).not.toContain('GET /c');
});

test('trouble that both sides have is said of a comparison that passes, or that has too little data', () => {
  const failures = [
    { request: 'GET /a', what: 'ECONNRESET', blue: 0.01, green: 0.01 },
    { request: 'GET /b', what: 'status 500', blue: 0, green: 0.01 },
  ];
  const trouble = "the live side has the same problem: 1 % of green's responses to GET /a failed (ECONNRESET)";
  expect(sentenceOf(found({ failures }), choice)).toContain(trouble);
  const open = found({
    decision: 'not-enough-data',
    endedBy: 'timeout',
    measures: [measure({ decision: 'not-enough-data' })],
    failures,
  });
  expect(sentenceOf(open, choice)).toContain('errors undecided after 360 requests (timeout)');
  expect(sentenceOf(open, choice)).toContain(trouble);
  expect(sentenceOf(open, choice)).not.toContain('GET /b');
  expect(sentenceOf(open, choice)).not.toContain('the difference is too large to pass without a decision');
  expect(sentenceOf(open, { ...choice, isGross: true })).toContain(
    'the difference is too large to pass without a decision',
  );
});

test('requests that are not compared are named, three of them at most', () => {
  const newRequests = ['GET /a', 'GET /b', 'GET /c', 'GET /d', 'GET /e'];
  const left = (count: number) => sentenceOf(found({ newRequests: newRequests.slice(0, count) }), choice);
  expect(left(3)).toMatch(/; not compared, because the live side refuses them: GET \/a, GET \/b, GET \/c$/);
  expect(left(5)).toMatch(/GET \/c and 2 more$/);
  expect(left(0)).not.toContain('not compared');
});

test.each([
  ['worse', 'warn', false, true],
  ['not-worse', 'fail', true, false],
  ['not-enough-data', 'fail', false, true],
  ['not-enough-data', 'warn', false, false],
  ['not-enough-data', 'warn', true, true],
] as const)('%s with notEnoughData %s, gross %s: fails %s', (decision, notEnoughData, isGross, fails) => {
  expect(failing({ decision, differences: [] }, { failOnDifferences: false, notEnoughData, isGross })).toBe(fails);
});
