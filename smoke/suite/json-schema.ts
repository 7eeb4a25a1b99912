import type { ErrorObject, ValidateFunction } from 'ajv';
import { ExactNumber } from '../../common/json/exact-number';
import { holdsExact, stringifyJson } from '../../common/json/parse';
import { StandIns } from '../../common/json/stand-ins';
import { inTime, EVALUATION_MS_MAX } from './in-time';
import { match } from './patterns';

/** How many problems of one body are reported. */
const ERRORS_MAX = 10;

/** The patterns of a schema run on what a server sent, so they have the same timeout as those of the suite. */
const regExp = Object.assign(
  (pattern: string, flags: string) => ({ test: (text: string) => Boolean(match(pattern, text, flags)) }),
  { code: 'undefined' },
);

/** Characters of a document in which every problem is reported. In a larger one only the first is, because each takes memory. */
const ALL_ERRORS_LENGTH_MAX = 50_000;

const options = { strict: false, validateFormats: false, logger: false, code: { regExp } } as const;
type Compiled = Partial<Record<'all' | 'first', ValidateFunction>>;
const compiled = new WeakMap<object, Compiled>();

/** Draft 2020-12, or draft-07 by `$schema`. @throws Error if the schema is invalid or refers to another document */
function compile(schema: object, errors: keyof Compiled): ValidateFunction {
  const known = compiled.get(schema) ?? {};
  compiled.set(schema, known);
  const draft07 = () => JSON.stringify(schema).includes('json-schema.org/draft-07/schema');
  return (known[errors] ??= createAjv(draft07(), errors === 'all').compile(schema));
}

/** Loaded only if a suite has a schema, because it would slow down every cold start. */
function createAjv(draft07: boolean, allErrors: boolean) {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when needed: an import would load this file, which is large, at every cold start
  const { Draft07, Draft2020 } = require('../late/ajv') as typeof import('../late/ajv');
  return draft07 ? new Draft07({ ...options, allErrors }) : new Draft2020({ ...options, allErrors });
}

/** @returns what is wrong with a schema, or undefined */
export function schemaProblem(schema: object): string | undefined {
  try {
    compile(hasExact(schema) ? (new StandIns([schema]).put(schema) as object) : schema, 'all');
    return undefined;
  } catch (error) {
    return `not a JSON Schema (${(error as Error).message.replace(/^schema is invalid: /, '')})`;
  }
}

/** Every problem of `value`: the JSON Pointer of its place, and what the schema requires there. */
export function schemaErrors(
  schema: object,
  value: unknown,
  length: number,
): readonly { pointer: string; rule: string }[] {
  // `uniqueItems` compares all pairs of entries, and `$ref` may recurse in a deep document.
  const valid = inTime(() => {
    const standIns = plainPair(schema, value);
    const validate = compile(standIns.schema, length > ALL_ERRORS_LENGTH_MAX ? 'first' : 'all');
    return { ok: validate(standIns.value), errors: validate.errors, take: standIns.take };
  });
  if (!valid) return [{ pointer: '/', rule: `must be decided within ${EVALUATION_MS_MAX} ms: simplify the schema` }];
  const { ok, errors, take } = valid.value;
  if (ok) return [];
  return (errors ?? []).slice(0, ERRORS_MAX).map((error: ErrorObject) => ({
    pointer: error.instancePath || '/',
    rule: `${messageOf(error, take)}${detail(error, take)}`,
  }));
}

type Take = (value: unknown) => unknown;

/** Schema and value with stand-ins for exact numbers, or unchanged if there are none. */
function plainPair(schema: object, value: unknown): { schema: object; value: unknown; take: Take } {
  const isExact = hasExact(schema);
  if (!isExact && !holdsExact(value)) return { schema, value, take: (each) => each };
  const standIns = new StandIns([schema, value]);
  const take: Take = (each) => standIns.take(each);
  return { schema: isExact ? (standIns.put(schema) as object) : schema, value: standIns.put(value), take };
}

const exactSchemas = new WeakMap<object, boolean>();

function hasExact(schema: object): boolean {
  const known = exactSchemas.get(schema) ?? walk(schema);
  exactSchemas.set(schema, known);
  return known;

  function walk(value: unknown): boolean {
    if (value instanceof ExactNumber) return true;
    return typeof value === 'object' && value !== null && Object.values(value).some(walk);
  }
}

/** A limit in the message is a stand-in too. */
function messageOf({ message, keyword, params }: ErrorObject, take: Take): string {
  const exact = take(params.limit);
  if (!(exact instanceof ExactNumber)) return message ?? keyword;
  return `must be ${String(params.comparison)} ${exact.literal}`;
}

function detail({ keyword, params }: ErrorObject, take: Take): string {
  if (keyword === 'additionalProperties') return `: ${String(params.additionalProperty)}`;
  if (keyword === 'enum') return `: ${stringifyJson((params.allowedValues as unknown[]).map(take))}`;
  return keyword === 'const' ? `: ${stringifyJson(take(params.allowedValue))}` : '';
}
