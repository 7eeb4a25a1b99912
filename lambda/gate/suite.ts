import { shorten } from '../shared/text';
import type { Suite } from './contract';

/** Every method that a check may use; the idempotent ones alone are retried (RFC 9110, 9.2.2). */
export const METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH'];
const IDEMPOTENT: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

export const RETRIES_DEFAULT = 2;
export const TIMEOUT_MS_DEFAULT = 5_000;
const CHECKS_MAX = 200;
const NAME_LENGTH_MAX = 100;
const PATH_LENGTH_MAX = 2_000;
const CHECK_KEYS = ['name', 'method', 'path', 'headers', 'body', 'expect', 'retries', 'timeoutMs'];
const EXPECT_KEYS = ['status', 'headers', 'bodyContains', 'bodyPattern', 'latencyMs'];
// RFC 9110, 5.1 and 5.5: a field name is a token; a value has no control characters but the tab.
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.includes(method);
}

type Values = Readonly<Record<string, unknown>>;
type Report = (place: string, value: unknown, remedy: string) => void;

/**
 * Every mistake in a suite, each with place, value and remedy; empty when it is sound. The suite may come from a file, so
 * its types are not trusted.
 */
export function validateSuite(suite: Suite): string[] {
  const mistakes: string[] = [];
  const report: Report = (place, value, remedy) => mistakes.push(`${place} is ${show(value)}: ${remedy}`);
  const checks: unknown = isObject(suite) ? suite.checks : undefined;
  if (!Array.isArray(checks) || checks.length === 0) {
    report('checks', checks, 'list at least one check');
    return mistakes;
  }
  if (checks.length > CHECKS_MAX) report('the number of checks', checks.length, `${CHECKS_MAX} at most`);
  const names = new Set<unknown>();
  checks.forEach((check: unknown, index) => {
    const place = `checks[${index}]`;
    if (!isObject(check)) return report(place, check, 'a check is an object with name and path');
    validateName(place, check.name, names, report);
    validateRequest(place, check, report);
    validateAttempts(place, check, report);
    if (check.expect !== undefined) validateExpectation(`${place}.expect`, check.expect, report);
    reportUnknown(place, check, CHECK_KEYS, report);
  });
  return mistakes;
}

function validateName(place: string, name: unknown, names: Set<unknown>, report: Report): void {
  if (typeof name !== 'string' || name.trim() === '') report(`${place}.name`, name, 'give the check a name');
  else if (name.length > NAME_LENGTH_MAX) report(`${place}.name`, name, `${NAME_LENGTH_MAX} characters at most`);
  else if (names.has(name)) report(`${place}.name`, name, 'names are unique: another check has it');
  names.add(name);
}

function validateRequest(place: string, check: Values, report: Report): void {
  const { path, method, headers, body } = check;
  if (typeof path !== 'string' || !path.startsWith('/')) report(`${place}.path`, path, "begin it with '/'");
  else if (/[^\x21-\x7e]/.test(path)) report(`${place}.path`, path, 'percent-encode spaces and non-ASCII characters');
  else if (path.length > PATH_LENGTH_MAX) report(`${place}.path`, path, `${PATH_LENGTH_MAX} characters at most`);
  else if (path.includes('#')) report(`${place}.path`, path, 'a fragment is never sent: remove it');
  if (method !== undefined && !(typeof method === 'string' && METHODS.includes(method))) {
    report(`${place}.method`, method, `one of ${METHODS.join(', ')}`);
  }
  if (body !== undefined && typeof body !== 'string') report(`${place}.body`, body, 'text; JSON goes in as text');
  if (headers !== undefined) validateHeaders(`${place}.headers`, headers, report, false);
}

function validateAttempts(place: string, check: Values, report: Report): void {
  const { retries, timeoutMs, method } = check;
  if (retries !== undefined && !isWhole(retries, 0, 10)) {
    report(`${place}.retries`, retries, 'a whole number from 0 to 10');
  } else if (retries !== undefined && retries !== 0 && typeof method === 'string' && !isIdempotent(method)) {
    report(`${place}.retries`, retries, `${show(method)} is sent once, as repeating it may act twice: remove retries`);
  }
  if (timeoutMs !== undefined && !isWhole(timeoutMs, 1, 60_000)) {
    report(`${place}.timeoutMs`, timeoutMs, 'whole milliseconds from 1 to 60000');
  }
}

function validateExpectation(place: string, expect: unknown, report: Report): void {
  if (!isObject(expect)) return report(place, expect, 'an object, such as {"status": 200}');
  const { status, headers, bodyContains, bodyPattern, latencyMs } = expect;
  if (status !== undefined) validateStatus(`${place}.status`, status, report);
  if (headers !== undefined) validateHeaders(`${place}.headers`, headers, report, true);
  if (bodyContains !== undefined && (typeof bodyContains !== 'string' || bodyContains === '')) {
    report(`${place}.bodyContains`, bodyContains, 'the text that the body must contain');
  }
  if (bodyPattern !== undefined) validatePattern(`${place}.bodyPattern`, bodyPattern, report);
  if (latencyMs !== undefined && !(typeof latencyMs === 'number' && latencyMs > 0 && Number.isFinite(latencyMs))) {
    report(`${place}.latencyMs`, latencyMs, 'milliseconds, more than 0');
  }
  reportUnknown(place, expect, EXPECT_KEYS, report);
}

function validateStatus(place: string, status: unknown, report: Report): void {
  const remedy = 'a status code from 100 to 599, or a list of them';
  const codes: readonly unknown[] = Array.isArray(status) ? status : [status];
  if (codes.length === 0) report(place, status, remedy);
  for (const code of codes) if (!isWhole(code, 100, 599)) report(place, code, remedy);
}

function validateHeaders(place: string, headers: unknown, report: Report, patterns: boolean): void {
  if (!isObject(headers)) return report(place, headers, 'an object of header names and values');
  for (const [name, value] of Object.entries(headers)) {
    const here = `${place}[${JSON.stringify(name)}]`;
    if (!HEADER_NAME.test(name)) report(here, name, 'not a header name: letters, digits and -');
    if (patterns && isObject(value)) validatePattern(`${here}.pattern`, value.pattern, report);
    else if (typeof value !== 'string') report(here, value, patterns ? 'text, or {"pattern": "..."}' : 'text');
    else if (!HEADER_VALUE.test(value)) report(here, value, 'no line breaks or control characters in a header');
  }
}

function validatePattern(place: string, pattern: unknown, report: Report): void {
  if (typeof pattern !== 'string') return report(place, pattern, 'a regular expression as text');
  try {
    new RegExp(pattern);
  } catch (error) {
    report(place, pattern, `not a regular expression (${(error as Error).message})`);
  }
}

function reportUnknown(place: string, object: Values, known: readonly string[], report: Report): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) report(`${place}.${key}`, object[key], `unknown; use ${known.join(', ')}`);
  }
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  return shorten(JSON.stringify(value) ?? typeof value, 80);
}
