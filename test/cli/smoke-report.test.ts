import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { junit, progressLine, table } from '../../cli/smoke-report';
import type { SmokeReport } from '../../smoke/runner';

const UNSAFE = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/u;

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u001b[2J',
      '\r',
      '\n',
      '\t',
      '\u009b31m',
      '\u202e',
      '\u2028',
      '\ud800',
      '\uffff',
      '<',
      '&',
      ']]>',
      '"',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

const reportOf = (text: string) =>
  ({
    kind: 'greenlight.smoke',
    suite: `suite ${text}`,
    target: `http://127.0.0.1/${text}`,
    outcome: 'failed',
    sentence: `sentence ${text}`,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 5,
    checks: [
      {
        name: `check ${text}`,
        outcome: 'failed',
        attempts: 1,
        durationMs: 5,
        failures: [{ expectation: `status ${text}`, expected: `200 ${text}`, actual: `500 ${text}`, place: text }],
      },
    ],
  }) as unknown as SmokeReport;

test('nothing that a server or a suite says reaches the terminal unescaped or adds a line', () => {
  const lines = table(reportOf('')).split('\n').length;
  fc.assert(
    fc.property(hostile, (text) => {
      const report = reportOf(text);
      expect(table(report)).not.toMatch(UNSAFE);
      expect(table(report).split('\n')).toHaveLength(lines);
      expect(progressLine(report.checks[0]!, 1, 1)).not.toMatch(/\n|(?!\n)[\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]/u);
    }),
  );
});

test('a JUnit report is well-formed XML that can be shown on a terminal, whatever is in it', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const xml = junit(reportOf(text));
      expect(xml).not.toMatch(UNSAFE);
      expect(xml).not.toMatch(/[\ufffe\uffff]/);
      expect(XMLValidator.validate(xml)).toBe(true);
      expect(new XMLParser().parse(xml)).toHaveProperty('testsuites.testsuite.testcase.failure');
    }),
  );
});

describe('a run with every outcome', () => {
  const miss = { expectation: 'status', expected: '200', actual: '503' };
  const check = (name: string, outcome: string, more: object = {}) => ({
    name,
    outcome,
    attempts: 2,
    durationMs: 1_234.5,
    failures: [],
    tries: [{ status: 500 }, { status: 200, timings: { firstByteMs: 8.31 } }],
    ...more,
  });
  const report = {
    ...reportOf('x'),
    target: 'http://lb',
    outcome: 'degraded',
    sentence: '1 check degraded',
    startedAt: '2026-01-01T00:00:00.123Z',
    durationMs: 2_500,
    checks: [
      check('health', 'passed'),
      check('slow', 'passed', { repeat: { p95Ms: 41.7 } }),
      check('n'.repeat(51), 'degraded', { failures: [{ ...miss, soft: true }] }),
      check('orders', 'failed', { failures: [{ ...miss, place: 'suite.yaml:3:5' }], tries: [] }),
      check('later', 'skipped', { attempts: 0, durationMs: 0, tries: [] }),
    ],
  } as unknown as SmokeReport;

  test('is a table of the checks, then what they missed, then the sentence', () => {
    expect(
      table(report)
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      ['CHECK', 'STATUS', 'ATTEMPTS', 'FIRST BYTE', 'TOTAL'],
      ['ok', 'health', '200', '2', '8.3 ms', '1235 ms'],
      ['ok', 'slow', '200', '2', '8.3 ms', 'p95 42 ms'],
      ['warn', `${'n'.repeat(49)}…`, '200', '2', '8.3 ms', '1235 ms'],
      ['FAIL', 'orders', '-', '2', '-', '1235 ms'],
      ['skip', 'later', '-', '0', '-', '-'],
      [''],
      [`${'n'.repeat(51)}: status was 503, expected 200 (degrades)`],
      ['suite.yaml:3:5: orders: status was 503, expected 200'],
      [''],
      ['http://lb: degraded (counts as passed; --strict makes it a failure): 1 check degraded'],
    ]);
    expect(table(report, true)).toContain('degraded (a failure, by --strict): ');
    expect(table({ ...report, outcome: 'failed' }, true)).toContain('http://lb: failed: ');
  });

  test('is a JUnit suite whose numbers CI systems show', () => {
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
    const suiteOf = (given: SmokeReport) =>
      (parser.parse(junit(given)) as { testsuites: { testsuite: { testcase: object[] } } }).testsuites.testsuite;
    expect(suiteOf(report)).toMatchObject({
      tests: '5',
      failures: '1',
      errors: '0',
      skipped: '1',
      time: '2.500',
      timestamp: '2026-01-01T00:00:00',
      testcase: [
        { name: 'health', time: '1.234' },
        { name: 'slow' },
        { 'system-out': `${'n'.repeat(51)}: status was 503, expected 200 (degrades)` },
        { failure: { message: 'suite.yaml:3:5: orders: status was 503, expected 200' } },
        { skipped: { message: 'skipped' } },
      ],
    });
    const comparison = { outcome: 'failed', sentence: 'green fails', durationMs: 500, measures: [], differences: [] };
    const compared = suiteOf({
      ...report,
      comparison: comparison as unknown as NonNullable<SmokeReport['comparison']>,
    });
    expect(compared).toMatchObject({ tests: '6', failures: '2' });
    expect(compared.testcase.at(-1)).toMatchObject({
      name: 'comparison with the live side',
      time: '0.500',
      failure: { message: 'green fails' },
    });
  });

  test('is a line for each check while it runs', () => {
    expect(progressLine(report.checks[0]!, 3, 12)).toBe('[ 3/12] ok   health  1235 ms');
    expect(progressLine(report.checks[4]!, 12, 12)).toBe('[12/12] skip later');
  });
});
