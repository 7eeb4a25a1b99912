import type { z } from 'zod';
import { didYouMean } from '../../../common/document';
import { fieldsAt } from './schema';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What is wrong at a place of the rehearsal file. */
export interface Problem {
  readonly path: Path;
  /** Whether it is the key that is wrong, not its value. */
  readonly isKey: boolean;
  readonly text: string;
}

/** Every problem in plain words: what was read, what is allowed, what was probably meant. */
export function problemsOf(issues: readonly Issue[], content: unknown): readonly Problem[] {
  return issues.flatMap((issue) => describe(issue, [], content));
}

function describe(issue: Issue, parent: Path, content: unknown): readonly Problem[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(path, key));
  if (issue.code === 'invalid_key') return [unknownField(path.slice(0, -1), String(path.at(-1)))];
  const value = valueAt(content, path);
  if (issue.code === 'invalid_union') {
    const branch = bestBranch(issue.errors);
    if (branch) return branch.flatMap((each) => describe(each, path, content));
  }
  return [
    { path, isKey: false, text: `${nameOf(path)} ${shown(value)}: ${allowed(issue, value)}${fieldsOf(issue, path)}` },
  ];
}

function unknownField(path: Path, key: string): Problem {
  const fields = fieldsAt(path);
  const name = path.length > 0 ? `${nameOf(path)}.${key}` : key;
  const use = fields.length > 0 ? `; use ${fields.join(', ')}` : '';
  const text = `${name} is not a field of the rehearsal file${didYouMean(key, fields)}${use}`;
  return { path: [...path, key], isKey: true, text };
}

/** The fields of the map that a place should have. */
function fieldsOf(issue: Issue, path: Path): string {
  if (issue.code !== 'invalid_type' || issue.expected !== 'object') return '';
  return ` (${fieldsAt(path).join(', ')})`;
}

/** Of several forms the one that the value comes closest to: of the right kind, and wrong in its parts only. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const inside = branches.find((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return inside ?? branches.find((issues) => issues.every(({ code }) => code !== 'invalid_type'));
}

function allowed(issue: Issue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return `give ${expected(issue)}`;
  if (issue.code === 'invalid_value') {
    const names = issue.values.map(String);
    return names.length === 1
      ? `it must be ${JSON.stringify(issue.values[0])}`
      : `${expected(issue)}${didYouMean(String(value), names)}`;
  }
  if (issue.code === 'invalid_type' && issue.expected === 'string' && ['number', 'boolean'].includes(typeof value)) {
    return `text is expected: write "${String(value)}"`;
  }
  if (issue.code === 'invalid_type') return `${expected(issue)} is expected${unquoted(issue.expected, value)}`;
  if (issue.code === 'too_big') return `${String(issue.maximum)} at most`;
  if (issue.code === 'too_small')
    return issue.origin === 'number' ? `${String(issue.minimum)} at least` : 'it must not be empty';
  return issue.message.replace(/^Invalid (input|string): /, '');
}

const YES = /^(yes|on)$/i;
const NO = /^(no|off)$/i;

/** What was meant by a text in place of a number, or by YAML 1.1's words for true and false. */
function unquoted(kind: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') return '';
  if (kind === 'number' && Number.isFinite(Number(value))) return `: write ${value.trim()}`;
  if (kind === 'boolean' && (YES.test(value) || value === 'true')) return ': write true';
  return kind === 'boolean' && (NO.test(value) || value === 'false') ? ': write false' : '';
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a map of fields',
  record: 'a map',
  array: 'a list',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function expected(issue: Issue): string {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') {
    const values = issue.values.map((each) => JSON.stringify(each)).join(', ');
    return issue.values.length === 1 ? values : `one of ${values}`;
  }
  return issue.message;
}

const SHOWN_MAX = 80;

function shown(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is empty';
  // JSON has no infinity, which YAML has.
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
  return `is ${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}`;
}

function nameOf(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'the file';
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    content,
  );
}
