import type { HttpResponse } from '../../common/http';
import { beginningOf } from '../../common/json/values';
import type { Path } from '../../common/path-text';
import type { ExpectationFailure } from '../results';
import { documentOf } from './document';
import { assessJson } from './json-values';
import type { Mask } from './mask';
import { EVALUATION_MS_MAX } from '../suite/in-time';
import { schemaErrors } from '../suite/json-schema';
import type { HeaderExpectation, SmokeExpectation } from '../suite/model';
import { match } from '../suite/patterns';

/** An expectation that a response does not meet, and its place in the suite. */
export interface UnmetExpectation extends Pick<ExpectationFailure, 'expectation' | 'expected' | 'actual'> {
  /** The path within the expectation: `['headers', 'etag']`. */
  readonly at: Path;
}

/** What an expectation needs in addition to the response. */
export interface ResponseContext {
  /** The URL that was requested. */
  readonly url: URL;
  /** The origins by which the service may name the target. */
  readonly origins: readonly string[];
  readonly nowMs: number;
  /** Masks what is reported of the response, before anything is cut. */
  readonly mask: Mask;
}

const DAY_MS = 86_400_000;

/** Every expectation that the response does not meet, with the expected and the actual value. */
export function assess(expect: SmokeExpectation, response: HttpResponse, context: ResponseContext): UnmetExpectation[] {
  return [
    ...assessStatus(expect, response, context),
    ...assessRedirect(expect.redirect, response, context),
    ...Object.entries(expect.headers ?? {}).flatMap(([name, wanted]) => assessHeader(name, wanted, response, context)),
    ...assessBody(expect, response, context),
    ...assessDocument(expect, response, context),
    ...assessLatency(expect.latencyMs, response),
    ...assessCertificate(expect.certificateValidityDays, response, context.nowMs),
  ];
}

function assessStatus(
  { status }: SmokeExpectation,
  response: HttpResponse,
  { mask }: ResponseContext,
): UnmetExpectation[] {
  if (status === undefined) return [];
  const accepted = Array.isArray(status) ? (status as readonly (string | number)[]) : [status as string | number];
  const code = String(response.status);
  const fits = accepted.some((each) => String(each) === code || (String(each).endsWith('xx') && sameClass(each, code)));
  if (fits) return [];
  const location = response.headers.location;
  const actual = location ? `${code} to ${mask.excerpt(location)}` : code;
  return [{ at: ['status'], expectation: 'status', expected: accepted.join(' or '), actual }];
}

function sameClass(wanted: string | number, code: string): boolean {
  return String(wanted)[0] === code[0] && code.length === 3;
}

function assessRedirect(
  wanted: SmokeExpectation['redirect'],
  response: HttpResponse,
  context: ResponseContext,
): UnmetExpectation[] {
  if (wanted === undefined) return [];
  const { location } = response.headers;
  const { excerpt, quote } = context.mask;
  const miss = (expected: string, actual: string) => [{ at: ['redirect'], expectation: 'redirect', expected, actual }];
  const expected = typeof wanted === 'string' ? wanted : `a URL matching /${excerpt(wanted.pattern)}/`;
  if (location === undefined) return miss(expected, 'absent');
  if (!URL.canParse(location, context.url.href)) return miss(expected, `${quote(location)}, which is no URL`);
  const target = new URL(location, context.url);
  if (typeof wanted !== 'string') {
    return match(wanted.pattern, target.href) ? [] : miss(expected, excerpt(target.href));
  }
  // The service names itself by its own host name, the suite by a path.
  const own = context.origins.includes(target.origin);
  const fits = wanted.startsWith('/')
    ? own && target.href.slice(target.origin.length) === wanted
    : URL.canParse(wanted) && new URL(wanted).href === target.href;
  return fits ? [] : miss(expected, excerpt(location));
}

function assessHeader(
  name: string,
  wanted: HeaderExpectation,
  response: HttpResponse,
  { mask }: ResponseContext,
): UnmetExpectation[] {
  const { quote } = mask;
  const value = response.headers[name.toLowerCase()];
  const actual = value === undefined ? 'absent' : quote(value);
  const miss = (expected: string) => ({
    at: ['headers', name],
    expectation: `header ${name.toLowerCase()}`,
    expected,
    actual,
  });
  if (typeof wanted === 'string') return value === wanted ? [] : [miss(quote(wanted))];
  const { pattern, contains, exists } = wanted;
  const misses: UnmetExpectation[] = [];
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
  response: HttpResponse,
  { mask }: ResponseContext,
): UnmetExpectation[] {
  const actual = bodyText(response, mask);
  const texts = typeof bodyContains === 'string' ? [bodyContains] : bodyContains;
  const misses: UnmetExpectation[] = texts
    .filter((text) => !response.body.includes(text))
    .map((text) => ({
      at: ['bodyContains'],
      expectation: 'body',
      expected: `text containing ${mask.quote(text)}`,
      actual,
    }));
  if (bodyPattern === undefined) return misses;
  const found = match(bodyPattern, response.body);
  if (found) return misses;
  return [
    ...misses,
    { at: ['bodyPattern'], expectation: 'body', expected: patternText(bodyPattern, found, mask), actual },
  ];
}

function assessDocument(
  { json = [], jsonSchema }: SmokeExpectation,
  response: HttpResponse,
  { mask }: ResponseContext,
): UnmetExpectation[] {
  if (json.length === 0 && jsonSchema === undefined) return [];
  const at = jsonSchema === undefined ? ['json'] : ['jsonSchema'];
  const miss = (actual: string): UnmetExpectation[] => [{ at, expectation: 'body', expected: 'JSON', actual }];
  if (response.truncated) return miss('longer than the 1 MiB that is read');
  const { document, problem } = documentOf(response);
  if (problem !== undefined) return miss(problem === 'not JSON' ? bodyText(response, mask) : problem);
  const values = json.flatMap((expectation, index) =>
    assessJson(expectation, document, mask).map((each) => ({
      at: ['json', index],
      expectation: `json ${expectation.path}`,
      ...each,
    })),
  );
  const errors = jsonSchema === undefined ? [] : schemaErrors(jsonSchema, document, response.body.length);
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

function assessLatency(latencyMs: number | undefined, response: HttpResponse): UnmetExpectation[] {
  if (latencyMs === undefined || response.durationMs <= latencyMs) return [];
  // Rounded up, so that the value shown is above the limit shown.
  const actual = `${Math.ceil(response.durationMs)} ms`;
  return [{ at: ['latencyMs'], expectation: 'latency', expected: `at most ${latencyMs} ms`, actual }];
}

function assessCertificate(days: number | undefined, { tls }: HttpResponse, nowMs: number): UnmetExpectation[] {
  if (days === undefined) return [];
  const left = tls && Math.floor((tls.validTo.getTime() - nowMs) / DAY_MS);
  if (left !== undefined && left >= days) return [];
  const actual = left === undefined ? 'no TLS' : `${left} days (until ${tls?.validTo.toISOString()})`;
  return [
    {
      at: ['certificateValidityDays'],
      expectation: 'certificate',
      expected: `valid for at least ${days} days`,
      actual,
    },
  ];
}

function patternText(pattern: string, found: readonly string[] | null | undefined, mask: Mask): string {
  const text = `text matching /${mask.excerpt(pattern)}/`;
  return found === undefined ? `${text} (which took more than ${EVALUATION_MS_MAX} ms to match: simplify it)` : text;
}

function bodyText(response: HttpResponse, mask: Mask): string {
  if (response.body === '') return 'empty';
  return response.truncated ? `${mask.quote(response.body)} (first 1 MiB read)` : mask.quote(response.body);
}
