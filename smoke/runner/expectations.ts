import type { HttpResponse } from '../../common/http';
import { beginningOf } from '../../common/json/values';
import type { Path } from '../../common/path-text';
import type { ExpectationFailure } from '../results';
import { documentOf } from './document';
import { assessJson } from './json-values';
import type { Mask } from './mask';
import { JUDGING_MS_MAX } from '../suite/in-time';
import { schemaErrors } from '../suite/json-schema';
import type { HeaderExpectation, SmokeExpectation } from '../suite/model';
import { match } from '../suite/patterns';

/** An expectation that an answer does not meet, and which one of the suite's it is. */
export interface Miss extends Pick<ExpectationFailure, 'expectation' | 'expected' | 'actual'> {
  /** From the expectation on: `['headers', 'etag']`. */
  readonly at: Path;
}

/** What an answer is judged by besides itself. */
export interface AnswerContext {
  /** What was asked for. */
  readonly url: URL;
  /** Names under which the service may call the target. */
  readonly origins: readonly string[];
  readonly nowMs: number;
  /** What is reported of the response goes through it, before anything is cut. */
  readonly mask: Mask;
}

const DAY_MS = 86_400_000;

/** Every expectation that the answer does not meet, with what was expected and what came. */
export function assess(expect: SmokeExpectation, answer: HttpResponse, context: AnswerContext): Miss[] {
  return [
    ...assessStatus(expect, answer, context),
    ...assessRedirect(expect.redirect, answer, context),
    ...Object.entries(expect.headers ?? {}).flatMap(([name, wanted]) => assessHeader(name, wanted, answer, context)),
    ...assessBody(expect, answer, context),
    ...assessDocument(expect, answer, context),
    ...assessLatency(expect.latencyMs, answer),
    ...assessCertificate(expect.tlsDaysLeft, answer, context.nowMs),
  ];
}

function assessStatus({ status }: SmokeExpectation, answer: HttpResponse, { mask }: AnswerContext): Miss[] {
  if (status === undefined) return [];
  const accepted = Array.isArray(status) ? (status as readonly (string | number)[]) : [status as string | number];
  const code = String(answer.status);
  const fits = accepted.some((each) => String(each) === code || (String(each).endsWith('xx') && sameClass(each, code)));
  if (fits) return [];
  const location = answer.headers.location;
  const actual = location ? `${code} to ${mask.excerpt(location)}` : code;
  return [{ at: ['status'], expectation: 'status', expected: accepted.join(' or '), actual }];
}

function sameClass(wanted: string | number, code: string): boolean {
  return String(wanted)[0] === code[0] && code.length === 3;
}

function assessRedirect(wanted: SmokeExpectation['redirect'], answer: HttpResponse, context: AnswerContext): Miss[] {
  if (wanted === undefined) return [];
  const { location } = answer.headers;
  const { excerpt, quote } = context.mask;
  const miss = (expected: string, actual: string) => [{ at: ['redirect'], expectation: 'redirect', expected, actual }];
  const expected = typeof wanted === 'string' ? wanted : `a URL matching /${excerpt(wanted.pattern)}/`;
  if (location === undefined) return miss(expected, 'absent');
  if (!URL.canParse(location, context.url.href)) return miss(expected, `${quote(location)}, which is no URL`);
  const target = new URL(location, context.url);
  if (typeof wanted !== 'string') {
    return match(wanted.pattern, target.href) ? [] : miss(expected, excerpt(target.href));
  }
  // The service calls itself by its own name, the suite by a path.
  const own = context.origins.includes(target.origin);
  const fits = wanted.startsWith('/')
    ? own && target.href.slice(target.origin.length) === wanted
    : URL.canParse(wanted) && new URL(wanted).href === target.href;
  return fits ? [] : miss(expected, excerpt(location));
}

function assessHeader(name: string, wanted: HeaderExpectation, answer: HttpResponse, { mask }: AnswerContext): Miss[] {
  const { quote } = mask;
  const value = answer.headers[name.toLowerCase()];
  const actual = value === undefined ? 'absent' : quote(value);
  const miss = (expected: string) => ({
    at: ['headers', name],
    expectation: `header ${name.toLowerCase()}`,
    expected,
    actual,
  });
  if (typeof wanted === 'string') return value === wanted ? [] : [miss(quote(wanted))];
  const { pattern, contains, exists } = wanted;
  const misses: Miss[] = [];
  if (exists === false && value !== undefined) misses.push(miss('absent'));
  if (exists === true && value === undefined) misses.push(miss('present'));
  if (contains !== undefined && !value?.includes(contains)) misses.push(miss(`text containing ${quote(contains)}`));
  if (pattern !== undefined) {
    const found = value === undefined ? null : match(pattern, value);
    if (!found) misses.push(miss(patternText(pattern, found, mask)));
  }
  return misses;
}

function assessBody(
  { bodyContains = [], bodyPattern }: SmokeExpectation,
  answer: HttpResponse,
  { mask }: AnswerContext,
): Miss[] {
  const actual = bodyText(answer, mask);
  const texts = typeof bodyContains === 'string' ? [bodyContains] : bodyContains;
  const misses: Miss[] = texts
    .filter((text) => !answer.body.includes(text))
    .map((text) => ({
      at: ['bodyContains'],
      expectation: 'body',
      expected: `text containing ${mask.quote(text)}`,
      actual,
    }));
  if (bodyPattern === undefined) return misses;
  const found = match(bodyPattern, answer.body);
  if (found) return misses;
  return [
    ...misses,
    { at: ['bodyPattern'], expectation: 'body', expected: patternText(bodyPattern, found, mask), actual },
  ];
}

function assessDocument(
  { json = [], jsonSchema }: SmokeExpectation,
  answer: HttpResponse,
  { mask }: AnswerContext,
): Miss[] {
  if (json.length === 0 && jsonSchema === undefined) return [];
  const at = jsonSchema === undefined ? ['json'] : ['jsonSchema'];
  const miss = (actual: string): Miss[] => [{ at, expectation: 'body', expected: 'JSON', actual }];
  if (answer.truncated) return miss('longer than the 1 MiB that is read');
  const { document, problem } = documentOf(answer);
  if (problem !== undefined) return miss(problem === 'not JSON' ? bodyText(answer, mask) : problem);
  const values = json.flatMap((expectation, index) =>
    assessJson(expectation, document, mask).map((each) => ({
      at: ['json', index],
      expectation: `json ${expectation.path}`,
      ...each,
    })),
  );
  const errors = jsonSchema === undefined ? [] : schemaErrors(jsonSchema, document, answer.body.length);
  return [
    ...values,
    ...errors.map(({ pointer, rule }) => ({
      at: ['jsonSchema'],
      expectation: `schema at ${mask.excerpt(pointer)}`,
      expected: mask.excerpt(rule),
      actual: quoteAt(document, pointer, mask),
    })),
  ];
}

/** The value at a JSON Pointer. RFC 6901. */
function quoteAt(document: unknown, pointer: string, mask: Mask): string {
  const keys = pointer
    .split('/')
    .slice(1)
    .filter((key, _, all) => all.length > 1 || key !== '');
  const value = keys.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
    document,
  );
  return value === undefined ? 'absent' : mask.excerpt(beginningOf(value, 2_000));
}

function assessLatency(latencyMs: number | undefined, answer: HttpResponse): Miss[] {
  if (latencyMs === undefined || answer.durationMs <= latencyMs) return [];
  // Rounded up, so that the value shown is above the limit shown.
  const actual = `${Math.ceil(answer.durationMs)} ms`;
  return [{ at: ['latencyMs'], expectation: 'latency', expected: `at most ${latencyMs} ms`, actual }];
}

function assessCertificate(days: number | undefined, { tls }: HttpResponse, nowMs: number): Miss[] {
  if (days === undefined) return [];
  const left = tls && Math.floor((tls.validTo.getTime() - nowMs) / DAY_MS);
  if (left !== undefined && left >= days) return [];
  const actual = left === undefined ? 'no TLS' : `${left} days (until ${tls?.validTo.toISOString()})`;
  return [{ at: ['tlsDaysLeft'], expectation: 'certificate', expected: `valid for at least ${days} days`, actual }];
}

function patternText(pattern: string, found: readonly string[] | null | undefined, mask: Mask): string {
  const text = `text matching /${mask.excerpt(pattern)}/`;
  return found === undefined ? `${text} (which took more than ${JUDGING_MS_MAX} ms to match: simplify it)` : text;
}

function bodyText(answer: HttpResponse, mask: Mask): string {
  if (answer.body === '') return 'empty';
  return answer.truncated ? `${mask.quote(answer.body)} (first 1 MiB read)` : mask.quote(answer.body);
}
