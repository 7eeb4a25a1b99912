import { isRecord } from '../../common/json/values';
import type { Path } from '../../common/path-text';
import type { Report } from '../../common/schema/problems';
import { isIndependent } from '../comparison/options';
import { isIdempotent } from '../methods';
import { cycles } from './graph';
import { graphOf, referencesOf } from './references';
import { type Reference, soleReference } from './templates';

/** The rules between fields, which the schema cannot express. The values are those that were read, of any type. */

/** Reports fields that contradict each other, within a check and between checks. */
export function verifyRules(suite: Readonly<Record<string, unknown>>, report: Report): void {
  const checks = (suite.checks as readonly unknown[]).map((check) => (isRecord(check) ? check : {}));
  verifyNames(checks, report);
  checks.forEach((check, index) => verifyCheck(check, ['checks', index], report));
  verifyValues(suite, checks, report);
  verifyNeeds(checks, report);
  if (suite.compare === true) verifyComparison({}, checks, report);
  if (isRecord(suite.compare)) verifyComparison(suite.compare, checks, report);
}

type Checks = readonly Readonly<Record<string, unknown>>[];

function verifyComparison({ requests }: Readonly<Record<string, unknown>>, checks: Checks, report: Report): void {
  const place = ['compare', 'requests'];
  if (requests === undefined && !checks.some(isIndependent)) {
    report(
      place,
      undefined,
      'list at least one GET, HEAD or OPTIONS: no check can be sent to both sides without preparation',
    );
  }
  if (!Array.isArray(requests)) return;
  const names = requests.map((request: unknown) => (isRecord(request) ? nameOf(request) : undefined));
  names.forEach((name, index) => {
    if (name === undefined || names.indexOf(name) === index) return;
    report([...place, index], name, 'another request has this name: give each its own name');
  });
}

/** The name of a request in reports. */
function nameOf({ name, method = 'GET', path }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof name === 'string') return name;
  return typeof method === 'string' && typeof path === 'string' ? `${method} ${path}` : undefined;
}

function verifyNames(checks: Checks, report: Report): void {
  const names = new Set<unknown>();
  checks.forEach(({ name }, index) => {
    if (typeof name !== 'string') return;
    if (names.has(name)) report(['checks', index, 'name'], name, 'names are unique: another check has it');
    names.add(name);
  });
}

function verifyCheck(check: Readonly<Record<string, unknown>>, path: Path, report: Report): void {
  const { retries, method, repeat, auth, expect, warn } = check;
  const given = JSON.stringify(method);
  if (typeof retries === 'number' && retries > 0 && typeof method === 'string' && !isIdempotent(method)) {
    report([...path, 'retries'], retries, `${given} is sent once, because repeating it may act twice: remove retries`);
  }
  if (repeat !== undefined && typeof method === 'string' && !isIdempotent(method)) {
    report([...path, 'repeat'], repeat, `${given} is sent once, because repeating it may act twice: remove repeat`);
  }
  if (isRecord(auth)) {
    if (auth.type === 'header' && auth.name === undefined) {
      report([...path, 'auth', 'name'], undefined, 'the header that carries the secret, such as x-api-key');
    }
    if (auth.type !== 'header' && auth.name !== undefined) {
      report([...path, 'auth', 'name'], auth.name, 'only for type header: remove it');
    }
  }
  verifyExpectation(expect, [...path, 'expect'], report);
  verifyExpectation(warn, [...path, 'warn'], report);
}

function verifyExpectation(expect: unknown, path: Path, report: Report): void {
  if (!isRecord(expect) || !Array.isArray(expect.json)) return;
  expect.json.forEach((each: unknown, index) => {
    if (isRecord(each) && each.path !== undefined && Object.keys(each).length === 1) {
      report([...path, 'json', index], each, 'say what must hold for the value, such as exists: true');
    }
  });
}

/** Each `${name}` has a source, each capture a name of its own. */
function verifyValues(suite: Readonly<Record<string, unknown>>, checks: Checks, report: Report): void {
  const variables = new Set(isRecord(suite.variables) ? Object.keys(suite.variables) : []);
  const captures = new Map<string, number>();
  checks.forEach(({ capture }, index) => {
    if (!isRecord(capture)) return;
    for (const name of Object.keys(capture)) {
      const path = ['checks', index, 'capture', name];
      if (variables.has(name)) report(path, name, 'a variable has this name: choose another');
      else if (captures.has(name)) report(path, name, 'another check captures this name: choose another');
      else captures.set(name, index);
    }
  });
  const known = [...variables, ...captures.keys()];
  checks.forEach((check, index) => {
    for (const reference of referencesOf(check, index)) {
      verifyReference(reference, variables, known, captures.get(reference.name) === index, report);
    }
  });
}

function verifyReference(
  { path, name, text }: Reference,
  variables: ReadonlySet<string>,
  known: readonly string[],
  own: boolean,
  report: Report,
): void {
  const have = known.length > 0 ? `use ${known.join(', ')}` : 'declare it under variables';
  if (!known.includes(name))
    report(path, `\${${name}}`, `no variable or capture of this name: ${have}, or $\${ for the text`);
  else if (own)
    report(path, `\${${name}}`, 'this check captures it, so it has no value before: use it in a later check');
  else if (path.at(-1) === 'secret' && !variables.has(name)) {
    report(path, text, 'permission to read a secret is granted at deployment: use a variable, not a captured value');
  }
  if (path.at(-1) === 'path' && text.startsWith('${') && soleReference(text) === undefined) {
    report(path, text, "begin it with '/', or use one captured value and nothing else");
  }
}

function verifyNeeds(checks: Checks, report: Report): void {
  const names = checks.map(({ name }) => name);
  checks.forEach(({ needs }, index) => {
    if (!Array.isArray(needs)) return;
    needs.forEach((need: unknown, at) => {
      if (typeof need !== 'string' || names.includes(need)) return;
      report(['checks', index, 'needs', at], need, 'no check has this name');
    });
  });
  for (const cycle of cycles(graphOf(checks))) {
    const first = cycle[0] ?? 0;
    const around = [...cycle, first].map((index) => String(names[index])).join(' -> ');
    const path = ['checks', first, ...(checks[first]?.needs === undefined ? [] : ['needs'])];
    report(path, checks[first]?.needs ?? names[first], `these checks wait for each other: ${around}`);
  }
}
