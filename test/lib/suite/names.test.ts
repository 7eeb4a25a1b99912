import * as lib from '../../../lib';
import type { JsonSchema } from '../../../common/schema/json-schema';
import { suiteJsonSchema } from '../../../smoke/suite/schema/suite';
import { publicPropTypes } from '../public-props';

/** A suite in code and a suite in a file have the same names: docs/adr/0108-one-name-in-code-and-in-files.md. */

const PROPS = publicPropTypes();

/** A duration is a `Duration` in code and a number in a file, whose unit ends its name there. */
const UNIT = /(Ms|Seconds|Days)$/;

/** The part of the suite's schema at a path: `[]` is an entry of a list, `*` a value of a map with free keys. */
function partAt(...path: readonly string[]): JsonSchema {
  let parts: readonly JsonSchema[] = [suiteJsonSchema()];
  for (const step of path) {
    const all = parts.flatMap(forms);
    const next = (part: JsonSchema) =>
      step === '[]' ? part.items : step === '*' ? part.additionalProperties : part.properties?.[step];
    parts = all.map(next).filter((part) => typeof part === 'object');
  }
  const [found, ...others] = parts.flatMap(forms).filter(({ properties, enum: values }) => properties ?? values);
  if (!found || others.length > 0) throw new Error(`${path.join('.')} has not exactly one map or choice`);
  return found;
}

function forms(part: JsonSchema): readonly JsonSchema[] {
  return part.anyOf ? part.anyOf.flatMap(forms) : [part];
}

const fieldsAt = (...path: readonly string[]) => Object.keys(partAt(...path).properties ?? {}).sort();
const choicesAt = (...path: readonly string[]) => [...(partAt(...path).enum as readonly string[])].sort();

/** A field of a file for each prop: the same name, with a unit where the prop is a `Duration`. */
function namesInFile(type: string, fields: readonly string[]): readonly string[] {
  const props = PROPS.get(type) ?? new Map<string, string>();
  return [...props].map(([name, of]) =>
    of === 'Duration' ? (fields.find((field) => field !== name && field.replace(UNIT, '') === name) ?? name) : name,
  );
}

test.each<[string, readonly string[]]>([
  ['SmokeCheck', ['checks', '[]']],
  ['SmokeExpectations', ['checks', '[]', 'expect']],
  ['SmokeExpectations', ['checks', '[]', 'warn']],
  ['JsonMatch', ['checks', '[]', 'expect', 'json', '[]']],
  ['RepeatOptions', ['checks', '[]', 'repeat']],
  ['ComparisonOptions', ['compare']],
  ['ComparedRequest', ['compare', 'requests', '[]']],
])('%s has the fields of a file at %j, with a unit only in the file', (type, path) => {
  const fields = fieldsAt(...path);
  expect(fields.length).toBeGreaterThan(3);
  expect([...namesInFile(type, fields)].sort()).toEqual(fields);
});

/** The static factories of a class. */
const factoriesOf = (type: object) =>
  Object.getOwnPropertyNames(type).filter(
    (name) => typeof (type as Record<string, unknown>)[name] === 'function' && name !== 'fromSecret',
  );

test.each<[string, object, readonly string[], readonly string[]]>([
  // The whole value of a header is a text of its own in a file.
  ['HeaderMatch', lib.HeaderMatch, ['exactly'], fieldsAt('checks', '[]', 'expect', 'headers', '*')],
  ['Capture', lib.Capture, [], fieldsAt('checks', '[]', 'capture', '*')],
  // Code reads a file by itself.
  ['SmokeBody', lib.SmokeBody, [], fieldsAt('checks', '[]', 'body').filter((name) => name !== 'file')],
  // A file has the ARN, which says the service.
  ['SmokeAuth', lib.SmokeAuth, ['bearerParameter'], choicesAt('checks', '[]', 'auth', 'type')],
])('%s has a factory for each choice of a file', (_name, type, onlyInCode, choices) => {
  expect(choices.length).toBeGreaterThan(1);
  expect(factoriesOf(type).sort()).toEqual([...onlyInCode, ...choices].sort());
});

test('enums have the values of a file', () => {
  expect(Object.values(lib.DifferenceKind).sort()).toEqual(choicesAt('compare', 'failOnDifferences', '[]'));
  expect(Object.values(lib.NotEnoughData).sort()).toEqual(choicesAt('compare', 'notEnoughData'));
});
