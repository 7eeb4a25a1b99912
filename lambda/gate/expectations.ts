import { runInNewContext } from 'node:vm';
import { shorten } from '../shared/text';
import type { ExpectationFailure, HeaderExpectation, SmokeExpectation } from './contract';
import type { HttpAnswer } from '../shared/http';

const EXCERPT_LENGTH_MAX = 200;
/** A pattern that backtracks for ever must not keep the gate from its report. */
const PATTERN_MS_MAX = 1_000;

/** Every expectation that the answer does not meet, with what was expected and what came. */
export function assess(expect: SmokeExpectation, answer: HttpAnswer): ExpectationFailure[] {
  return [
    ...assessStatus(expect.status ?? 200, answer),
    ...Object.entries(expect.headers ?? {}).flatMap(([name, wanted]) => assessHeader(name, wanted, answer)),
    ...assessBody(expect, answer),
    ...assessLatency(expect.latencyMs, answer),
  ];
}

function assessStatus(status: number | readonly number[], answer: HttpAnswer): ExpectationFailure[] {
  const accepted = typeof status === 'number' ? [status] : status;
  if (accepted.includes(answer.status)) return [];
  const location = answer.headers.location;
  const actual = location ? `${answer.status} to ${excerpt(location)}` : String(answer.status);
  return [{ expectation: 'status', expected: accepted.join(' or '), actual }];
}

function assessHeader(name: string, wanted: HeaderExpectation, answer: HttpAnswer): ExpectationFailure[] {
  const value = answer.headers[name.toLowerCase()];
  const actual = value === undefined ? 'absent' : quote(value);
  const expectation = `header ${name.toLowerCase()}`;
  if (typeof wanted === 'string') {
    return value === wanted ? [] : [{ expectation, expected: quote(wanted), actual }];
  }
  const match = value === undefined ? false : matches(wanted.pattern, value);
  return match === true ? [] : [{ expectation, expected: patternText(wanted.pattern, match), actual }];
}

function assessBody(expect: SmokeExpectation, answer: HttpAnswer): ExpectationFailure[] {
  const failures: ExpectationFailure[] = [];
  const actual = bodyText(answer);
  if (expect.bodyContains !== undefined && !answer.body.includes(expect.bodyContains)) {
    failures.push({ expectation: 'body', expected: `text containing ${quote(expect.bodyContains)}`, actual });
  }
  if (expect.bodyPattern !== undefined) {
    const match = matches(expect.bodyPattern, answer.body);
    if (match !== true) {
      failures.push({ expectation: 'body', expected: patternText(expect.bodyPattern, match), actual });
    }
  }
  return failures;
}

function assessLatency(latencyMs: number | undefined, answer: HttpAnswer): ExpectationFailure[] {
  if (latencyMs === undefined || answer.durationMs <= latencyMs) return [];
  // Rounded up, so that the value shown is above the limit shown.
  const actual = `${Math.ceil(answer.durationMs)} ms`;
  return [{ expectation: 'latency', expected: `at most ${latencyMs} ms`, actual }];
}

/** @returns undefined when the pattern was not decided in time */
function matches(pattern: string, text: string): boolean | undefined {
  try {
    const sandbox = { pattern, text };
    return runInNewContext('new RegExp(pattern).test(text)', sandbox, { timeout: PATTERN_MS_MAX }) as boolean;
  } catch {
    return undefined;
  }
}

function patternText(pattern: string, match: boolean | undefined): string {
  const text = `text matching /${excerpt(pattern)}/`;
  return match === undefined ? `${text} (which took more than ${PATTERN_MS_MAX} ms to match: simplify it)` : text;
}

function bodyText(answer: HttpAnswer): string {
  if (answer.body === '') return 'empty';
  return answer.truncated ? `${quote(answer.body)} (first 1 MiB read)` : quote(answer.body);
}

function quote(text: string): string {
  return JSON.stringify(excerpt(text));
}

function excerpt(text: string): string {
  return shorten(text, EXCERPT_LENGTH_MAX);
}
