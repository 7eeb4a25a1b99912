import type { z } from 'zod';
import { didYouMean } from '../document/nearest';

type RawIssue = z.core.$ZodRawIssue;

export const MAP_OF_FIELDS = 'a map of fields';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: MAP_OF_FIELDS,
  record: 'a map',
  array: 'a list',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** What is allowed, for fields that have no message of their own. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue;
  if (input === undefined && issue.code !== 'custom') return `give ${expected(issue)}`;
  if (issue.code === 'invalid_value') {
    const names = issue.values.map(String);
    return names.length === 1 ? `it must be ${names[0]}` : `${expected(issue)}${didYouMean(String(input), names)}`;
  }
  if (issue.code === 'invalid_type') return `${expected(issue)} is expected${unquoted(issue.expected, input)}`;
  if (issue.code === 'too_big') return `${String(issue.maximum)} at most`;
  if (issue.code === 'too_small') {
    return issue.origin === 'number' ? `${String(issue.minimum)} at least` : 'it must not be empty';
  }
  if (issue.code === 'invalid_format' && issue.format === 'starts_with') return `begin it with ${String(issue.prefix)}`;
  return undefined;
};

function expected(issue: RawIssue): string {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected;
  if (issue.code !== 'invalid_value') return 'a value';
  return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
}

const YES = /^(yes|on|true)$/i;
const NO = /^(no|off|false)$/i;

/** What was meant by text in place of a number and the other way round, or by YAML 1.1's words for true and false. */
function unquoted(kind: string, value: unknown): string {
  if (kind === 'string') return ['number', 'boolean'].includes(typeof value) ? `: write "${String(value)}"` : '';
  if (typeof value !== 'string' || value.trim() === '') return '';
  if (kind === 'number' && Number.isFinite(Number(value))) return `: write ${value.trim()}`;
  if (kind === 'boolean' && YES.test(value)) return ': write true';
  return kind === 'boolean' && NO.test(value) ? ': write false' : '';
}
