import { stringifyJson } from '../../common/json/parse';
import { shorten } from '../../common/text';
import { SUITE } from './format';
import { isRecord, type Mistake, pathText, type Report, type SmokeCheck, type Suite } from './model';
import { verifyRules } from './rules';
import { verify } from './shape';
import { references, render } from './templates';

export { METHODS } from './format';
export { isIdempotent } from './methods';

export const RETRIES_DEFAULT = 2;
export const TIMEOUT_MS_DEFAULT = 5_000;

/** Every mistake in what claims to be a suite; empty when it is sound. Never throws, whatever it is given. */
export function findMistakes(suite: unknown): Mistake[] {
  const mistakes: Mistake[] = [];
  const report: Report = (path, value, allowed) => mistakes.push({ path, value, allowed });
  verify(SUITE, suite, [], report);
  if (isRecord(suite) && Array.isArray(suite.checks)) verifyRules(suite, report);
  return mistakes.sort((one, other) => (indexOf(one) ?? -1) - (indexOf(other) ?? -1));
}

/** Mistakes of one check stand together. */
function indexOf({ path }: Mistake): number | undefined {
  return path[0] === 'checks' && typeof path[1] === 'number' ? path[1] : undefined;
}

/** Every mistake of a suite in code or in the bundle, each with place, value and what is allowed. */
export function validateSuite(suite: Suite): string[] {
  const content: object = isRecord(suite) ? suite : {};
  return findMistakes({ version: 1, ...content, file: undefined, places: undefined }).map(describeMistake);
}

/** `checks[2].expect.status is 99: a status code from 100 to 599` */
export function describeMistake({ path, value, allowed }: Mistake): string {
  const what = path.length === 0 ? 'the suite' : pathText(path);
  return `${what} is ${show(value)}: ${allowed}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  return shorten(textOf(value), 80);
}

function textOf(value: unknown): string {
  try {
    return value === undefined ? typeof value : stringifyJson(value);
  } catch {
    // A value in code may hold itself.
    return typeof value;
  }
}

/** A check with the suite's defaults in it. */
export function withDefaults(check: SmokeCheck, { defaults = {} }: Suite): SmokeCheck {
  const { retries, ...others } = defaults;
  return {
    ...others,
    ...(retries !== undefined && { retries }),
    ...check,
    ...((defaults.headers ?? check.headers) && { headers: { ...defaults.headers, ...check.headers } }),
  };
}

export interface Bound {
  /** Every variable with its value. */
  readonly values: Readonly<Record<string, string>>;
  /** Those that nothing declares, and those that have no value. */
  readonly mistakes: readonly string[];
}

/** Gives the suite's variables their values: the given ones, else the defaults. */
export function bindVariables(suite: Suite, given: Readonly<Record<string, string>>): Bound {
  const declared = suite.variables ?? {};
  const names = Object.keys(declared);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  const values = { ...declared, ...given };
  const missing = names.filter((name) => values[name] === null || values[name] === undefined);
  const have = names.length > 0 ? `the suite declares ${names.join(', ')}` : 'the suite declares none';
  return {
    values: Object.fromEntries(
      Object.entries(values).filter(([name]) => names.includes(name) && !missing.includes(name)),
    ) as Record<string, string>,
    mistakes: [
      ...unknown.map((name) => `variable ${name} is ${show(given[name])}: ${have}`),
      ...missing.map((name) => `variable ${name} is missing: the suite asks for a value`),
    ],
  };
}

/** The ARNs of the secrets that a suite reads, its variables filled in. */
export function secretArns(suite: Suite, values: Readonly<Record<string, string>>): string[] {
  const arns = suite.checks.flatMap(({ auth }) => (auth ? [render(auth.secret, values)] : []));
  return [...new Set(arns)];
}

/** Whether a text still waits for a value. */
export function isOpen(text: string): boolean {
  return references(text, []).length > 0;
}
