import fc from 'fast-check';
import type { JsonSchema } from '../../../common/schema/json-schema';

/** Values of all kinds that are wrong in most places. */
const stray = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', 'x', '/', '${a}', '$.a', '(', 0, -1, 1.5, Infinity, null, true, [], {}) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** Documents as a schema asks for them, with few of the optional fields, and each with a chance of a stray value or a wrong field in any place. */
export function documents(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 300, arbitrary: asAsked(schema) }, { weight: 1, arbitrary: stray });
}

const TEXTS = [
  'a',
  'b',
  '/',
  '/orders?x=1',
  '$.a',
  '$["b"]',
  'GET',
  '2xx',
  'api.example.com:1',
  'arn:aws:ssm:x',
  '^a+$',
];
const NAMES = ['a', 'b_1', 'x-version', '__proto__', 'é y'];

function asAsked(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { anyOf, type, items, properties, additionalProperties: entry, minItems = 0 } = schema;
  if (anyOf) return fc.oneof(...anyOf.map(documents));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ('const' in schema) return fc.constant(schema.const);
  if (type === 'array') return fc.array(documents(items ?? {}), { minLength: Number(minItems), maxLength: 3 });
  if (properties) return maps(properties, schema.required ?? []);
  if (typeof entry === 'object') return fc.array(fc.tuple(fc.constantFrom(...NAMES), documents(entry))).map(ownKeys);
  if (type === 'object') return fc.constantFrom({}, { type: 'string' }, { const: { a: 1.5 } }, { type: 5 });
  if (type === 'integer' || type === 'number') return fc.constantFrom(schema.minimum ?? 1, schema.maximum ?? 5, 5, 100);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type !== 'string') return fc.jsonValue();
  const form = new RegExp(typeof schema.pattern === 'string' ? schema.pattern : '');
  return fc.constantFrom(...TEXTS.filter((text) => form.test(text)));
}

function maps(fields: Readonly<Record<string, JsonSchema>>, required: readonly string[]): fc.Arbitrary<unknown> {
  const entries = Object.entries(fields).map(([name, field]) => {
    const value = documents(field).map((each) => [[name, each]] as [string, unknown][]);
    return required.includes(name)
      ? value
      : fc.oneof({ weight: 12, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: value });
  });
  const wrong = fc.oneof(
    { weight: 100, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('nam', '__proto__', 'constructor').map((name) => [[name, 1]] as [string, unknown][]),
    },
  );
  return fc.tuple(...entries, wrong).map((all) => ownKeys(all.flat()));
}

/** Also of `__proto__`, as a parser of JSON makes it. */
function ownKeys(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}
