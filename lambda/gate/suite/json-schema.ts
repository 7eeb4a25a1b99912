import type { ErrorObject, ValidateFunction } from 'ajv';
import { inTime, JUDGING_MS_MAX } from './in-time';
import { match } from './patterns';

/** Mistakes of one body that are worth telling. */
const ERRORS_MAX = 10;

/** A schema's patterns run on what a server sent, so they have a time limit as the suite's own have. */
const regExp = Object.assign(
  (pattern: string, flags: string) => ({ test: (text: string) => Boolean(match(pattern, text, flags)) }),
  { code: 'undefined' },
);

const options = { allErrors: true, strict: false, validateFormats: false, logger: false, code: { regExp } } as const;
const compiled = new WeakMap<object, ValidateFunction>();

/** Draft 2020-12, or draft-07 where `$schema` says so. @throws Error when the schema is wrong or refers to elsewhere */
function compile(schema: object): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const draft07 = JSON.stringify(schema).includes('json-schema.org/draft-07/schema');
  const validate = createAjv(draft07).compile(schema);
  compiled.set(schema, validate);
  return validate;
}

/** Loaded where a suite has a schema, and not at every gate's cold start. */
function createAjv(draft07: boolean) {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded when needed: an import would load this file, which is large, at every cold start
  const { Draft07, Draft2020 } = require('../late/ajv') as typeof import('../late/ajv');
  return draft07 ? new Draft07(options) : new Draft2020(options);
}

/** @returns what is wrong with a schema, or undefined */
export function schemaProblem(schema: object): string | undefined {
  try {
    compile(schema);
    return undefined;
  } catch (error) {
    return `not a JSON Schema (${(error as Error).message.replace(/^schema is invalid: /, '')})`;
  }
}

/** Every mistake of `value`: the JSON Pointer of its place, and what the schema asks for there. */
export function schemaErrors(schema: object, value: unknown): readonly { pointer: string; rule: string }[] {
  const validate = compile(schema);
  // `uniqueItems` compares every two, and `$ref` may go on where a document is deep.
  const valid = inTime(() => validate(value));
  if (!valid) return [{ pointer: '/', rule: `must be decided within ${JUDGING_MS_MAX} ms: simplify the schema` }];
  if (valid.value) return [];
  return (validate.errors ?? []).slice(0, ERRORS_MAX).map((error: ErrorObject) => ({
    pointer: error.instancePath || '/',
    rule: `${error.message ?? error.keyword}${detail(error)}`,
  }));
}

function detail({ keyword, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `: ${String(params.additionalProperty)}`;
  if (keyword === 'enum') return `: ${JSON.stringify(params.allowedValues)}`;
  return keyword === 'const' ? `: ${JSON.stringify(params.allowedValue)}` : '';
}
