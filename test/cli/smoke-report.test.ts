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
