import { milliseconds } from '../smoke/comparison';
import type { CheckResult, ExpectationFailure, SmokeReport } from '../smoke/runner';
import { columns } from '../rehearsal/runner/report/columns';
import { oneLine, printable } from '../rehearsal/runner/report/printable';
import { comparisonLines } from './compare-report';

/** The text of the results of a smoke run. Pure. */

const MARKS = { passed: 'ok  ', degraded: 'warn', failed: 'FAIL', skipped: 'skip' } as const;

/** `[ 3/12] FAIL orders  41 ms` */
export function progressLine(result: CheckResult, done: number, all: number): string {
  const at = `[${String(done).padStart(String(all).length)}/${all}]`;
  return `${at} ${MARKS[result.outcome]} ${oneLine(result.name)}${took(result)}`;
}

/** The checks, their unmet expectations, the comparison, and one sentence. @param strict whether degraded checks fail the run */
export function table(report: SmokeReport, strict = false): string {
  const misses = report.checks.flatMap((check) => check.failures.map((failure) => missLine(check, failure)));
  return [
    ...columns(HEADINGS, report.checks.map(rowOf)),
    ...(misses.length > 0 ? ['', ...misses] : []),
    ...(report.comparison ? ['', ...comparisonLines(report.comparison)] : []),
    '',
    oneLine(`${report.target}: ${report.outcome}${note(report, strict)}: ${report.sentence}`),
  ].join('\n');
}

const HEADINGS = ['', 'CHECK', 'STATUS', 'ATTEMPTS', 'FIRST BYTE', 'TOTAL'];

function rowOf(check: CheckResult): readonly string[] {
  const last = check.tries?.at(-1);
  const { outcome, name, attempts, durationMs } = check;
  const shown = name.length > 50 ? `${name.slice(0, 49)}…` : name;
  if (attempts === 0) return [MARKS[outcome], shown, '-', '0', '-', '-'];
  const firstByte = last?.timings.firstByteMs;
  return [
    MARKS[outcome],
    shown,
    String(last?.status ?? '-'),
    String(attempts),
    firstByte === undefined ? '-' : milliseconds(firstByte),
    check.repeat?.p95Ms === undefined ? milliseconds(durationMs) : `p95 ${milliseconds(check.repeat.p95Ms)}`,
  ];
}

function missLine(check: CheckResult, { expectation, expected, actual, soft, place }: ExpectationFailure): string {
  const where = place === undefined ? '' : `${place}: `;
  return oneLine(
    `${where}${check.name}: ${expectation} was ${actual}, expected ${expected}${soft ? ' (degrades)' : ''}`,
  );
}

function note({ outcome }: SmokeReport, strict: boolean): string {
  if (outcome !== 'degraded') return '';
  return strict ? ' (a failure, by --strict)' : ' (counts as passed; --strict makes it a failure)';
}

function took({ durationMs, attempts }: CheckResult): string {
  return attempts === 0 ? '' : `  ${milliseconds(durationMs)}`;
}

/**
 * A JUnit report for CI systems: one test case per check, and one for the comparison. Degraded checks pass, with their unmet
 * expectations in system-out.
 */
export function junit(report: SmokeReport): string {
  const { comparison } = report;
  const count = (outcome: CheckResult['outcome']) => report.checks.filter((check) => check.outcome === outcome).length;
  const attributes = {
    name: report.suite,
    tests: report.checks.length + Number(comparison !== undefined),
    failures: count('failed') + Number(comparison?.outcome === 'failed'),
    errors: 0,
    skipped: count('skipped'),
    time: (report.durationMs / 1_000).toFixed(3),
    timestamp: report.startedAt.replace(/\.\d+Z$/, ''),
  };
  const cases = [
    ...report.checks.map((check) => testcase(check, report)),
    ...(comparison ? [comparisonCase(comparison, report.suite)] : []),
  ].join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${open('testsuite', attributes)}\n${cases}\n</testsuite>\n</testsuites>\n`;
}

function comparisonCase(comparison: NonNullable<SmokeReport['comparison']>, suite: string): string {
  const seconds = (comparison.durationMs / 1_000).toFixed(3);
  const start = open('testcase', { name: 'comparison with the live side', classname: suite, time: seconds });
  const text = escape(comparisonLines(comparison).join('\n'));
  const { outcome, sentence } = comparison;
  const result =
    outcome === 'failed'
      ? `${open('failure', { message: sentence })}${text}</failure>`
      : `<system-out>${text}</system-out>`;
  return `${start}${result}</testcase>`;
}

function testcase(check: CheckResult, report: SmokeReport): string {
  const seconds = (check.durationMs / 1_000).toFixed(3);
  const start = open('testcase', { name: check.name, classname: report.suite, time: seconds });
  const misses = check.failures.map((failure) => missLine(check, failure));
  return `${start}${outcomeOf(check, misses)}</testcase>`;
}

function outcomeOf({ outcome }: CheckResult, misses: readonly string[]): string {
  const text = escape(misses.join('\n'));
  if (outcome === 'passed') return '';
  if (outcome === 'degraded') return `<system-out>${text}</system-out>`;
  const message = { message: misses[0] ?? outcome };
  return outcome === 'skipped'
    ? `${open('skipped', message)}</skipped>`
    : `${open('failure', message)}${text}</failure>`;
}

function open(name: string, attributes: Readonly<Record<string, string | number>>): string {
  const text = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(String(value))}"`);
  return `<${name}${text.join('')}>`;
}

/** XML 1.0 has no control characters but tab and line ends, not even escaped, and no U+FFFE and U+FFFF. */
function escape(text: string): string {
  return printable(text)
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;');
}
