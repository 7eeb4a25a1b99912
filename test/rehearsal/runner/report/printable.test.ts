import fc from 'fast-check';
import type { RehearsalEvent } from '../../../../rehearsal/core/events';
import { columns } from '../../../../rehearsal/runner/report/columns';
import type { RehearsalReport } from '../../../../rehearsal/runner/report/document';
import { jsonText, oneLine, printable } from '../../../../rehearsal/runner/report/printable';
import { noRequests } from '../../../../rehearsal/runner/report/requests';
import { progressLine, summary } from '../../../../rehearsal/runner/report/text';

/** What a terminal acts on, or what turns text around, by number. */
function isUnsafe(text: string): boolean {
  const inRange = (code: number, [from, to]: readonly [number, number]) => code >= from && code <= to;
  const ranges = [
    [0x00, 0x09],
    [0x0b, 0x1f],
    [0x7f, 0x9f],
    [0x61c, 0x61c],
    [0x200e, 0x200f],
    [0x2028, 0x202e],
    [0x2066, 0x2069],
    [0xd800, 0xdfff],
  ] as const;
  return [...text].some((letter) => ranges.some((range) => inRange(letter.codePointAt(0) ?? 0, range)));
}

/** Any text, rich in what must not come through. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u001b[2J',
      '\u001b]0;title\u0007',
      '\r',
      '\n',
      '\t',
      '\u009b31m',
      '\u202e',
      '\u2066',
      '\u2028',
      '\ud800',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('a', '😀', 'é', 'שלום'),
  ),
});

test('the check itself finds an escape sequence and lets ordinary text be', () => {
  expect(['\u001b[31m', 'a\rb', '\u0085', '\u202etxt', '\udc00'].map(isUnsafe)).toEqual(Array(5).fill(true));
  expect(isUnsafe('é 😀 שלום\n')).toBe(false);
});

test('what could act on a terminal is shown as its number', () => {
  expect(oneLine('a\u001b[31mb\r\nc\u202ed\u009be\ud800')).toBe('a\\u001b[31mb c\\u202ed\\u009be\\ud800');
  expect(printable('a\r\nb\tc\rd')).toBe('a\nb\tc\\u000dd');
  expect(printable('é 😀 שלום')).toBe('é 😀 שלום');
});

test('no text comes through in a live line, whatever an event says', () => {
  fc.assert(
    fc.property(hostile, (detail) => {
      const event: RehearsalEvent = { atMs: 0, source: 'ecs', event: 'task-stopped', detail, data: {} };
      const line = progressLine(event, 0);
      expect([isUnsafe(line), line.includes('\n')]).toEqual([false, false]);
    }),
  );
});

test('no text comes through in the summary, and none adds a line to it', () => {
  const reportOf = (text: string): RehearsalReport => ({
    releases: [
      {
        name: `v${text}`,
        outcome: 'rolled-back',
        expected: 'succeeded',
        asExpected: false,
        violations: [{ assertion: 'reason', value: `v${text}`, expected: `e${text}` }],
        overload: `o${text}`,
        cdkExitCode: 1,
        stackStatus: `S${text}`,
        deploymentId: `d${text}`,
        reason: `r${text}`,
        awsSeconds: 1,
        wallMs: 1,
        requests: noRequests,
        services: [1, 2].map((number) => ({
          name: `s${number}${text}`,
          outcome: 'rolled-back',
          deploymentId: `d${text}`,
          reason: `r${text}`,
          requests: noRequests,
        })),
        timeline: [],
      },
    ],
    inertResources: [{ type: `T${text}`, count: 1 }],
    notModelled: [property(text)],
    deniedCalls: [
      { release: `v${text}`, principal: `p${text}`, action: `a${text}`, resource: `r${text}`, allowed: true },
    ],
    faults: [{ release: `v${text}`, message: `m${text}` }],
    speed: { wanted: 60, achieved: 60 },
    versions: { greenlight: '0', node: '20', awsCdkCli: '2', awsCdkLib: '2' },
  });
  const lines = summary(reportOf('')).split('\n').length;
  fc.assert(
    fc.property(hostile, (text) => {
      const shown = summary(reportOf(text));
      expect([isUnsafe(shown), shown.split('\n').length]).toEqual([false, lines]);
    }),
  );
});

test('no text comes through in a table', () => {
  fc.assert(
    fc.property(hostile, hostile, (one, other) => {
      const lines = columns(['A', one], [[other, 'x']]);
      expect(lines).toHaveLength(2);
      expect(lines.some((line) => isUnsafe(line) || line.includes('\n'))).toBe(false);
    }),
  );
});

test('a JSON document keeps every text, without one character that acts on a terminal', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const document = { text, [text]: [text] };
      expect(isUnsafe(jsonText(document))).toBe(false);
      expect(JSON.parse(jsonText(document))).toEqual(document);
    }),
  );
});

const property = (text: string) => ({
  logicalId: `l${text}`,
  type: `t${text}`,
  property: `p${text}`,
  effect: `e${text}`,
  decides: true,
  allowed: false,
});
