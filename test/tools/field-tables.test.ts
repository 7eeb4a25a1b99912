import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonSchema } from '../../common/schema/json-schema';
import { rehearsalJsonSchema } from '../../rehearsal/runner/plan/plan';
import { suiteJsonSchema } from '../../smoke/suite/schema/suite';
import { PAGES, tableOf, withTables } from '../../tools/field-tables';

const docs = join(__dirname, '../../docs');
const pageOf = (name: string) => readFileSync(join(docs, name), 'utf8');

/** The page without the spaces that align its tables. */
const compact = (page: string) => page.replace(/ *\| */g, '|').replace(/\|(?:-+\|)+/g, '|-|');

test.each(PAGES)('the tables of docs/%s are current; otherwise: npx tsx tools/schemas.ts', (name) => {
  const page = pageOf(name);
  expect(page).toContain('<!-- fields of ');
  expect(compact(withTables(page))).toBe(compact(page));
});

/** Names of the fields of every map in a schema. */
function fieldNames(schema: JsonSchema): readonly string[] {
  const inner = [schema.items, schema.additionalProperties, ...(schema.anyOf ?? [])];
  const fields = Object.entries(schema.properties ?? {});
  return [
    ...fields.flatMap(([name, field]) => [name, ...fieldNames(field)]),
    ...inner.flatMap((each) => (typeof each === 'object' ? fieldNames(each) : [])),
  ];
}

test.each([
  ['suite', suiteJsonSchema(), ['suite.md', 'comparison.md']],
  ['rehearsal file', rehearsalJsonSchema(), ['rehearsal.md']],
] as const)('every field of a %s is explained on a page', (_name, schema, pages) => {
  const text = pages.map(pageOf).join('\n');
  const names = [...new Set(fieldNames(schema))];
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !text.includes(`\`${name}\``) && !text.includes(`${name}:`))).toEqual([]);
});

test('a row has name, value with unit and limits, default and meaning', () => {
  const field = { type: 'integer', minimum: 1, maximum: 60_000, description: 'How long it may take. Default 5000.' };
  const schema: JsonSchema = {
    required: ['kind'],
    properties: {
      kind: { enum: ['a', 'b'], description: 'Which of them.' },
      timeoutMs: field,
      app: { type: 'string', maxLength: 100, description: 'The command; by default the one in cdk.json' },
      list: { type: 'array', minItems: 1, maxItems: 5, items: { type: 'boolean' }, description: 'Some a|b.' },
      speed: { type: 'number', exclusiveMinimum: 0, maximum: 9, default: 6, description: 'The speed' },
    },
  };
  expect(tableOf(schema).split('\n').slice(2)).toEqual([
    '| `kind` | `a`, `b` | required | Which of them |',
    '| `timeoutMs` | whole number from 1 to 60000 (ms) | 5000 | How long it may take |',
    '| `app` | text of up to 100 characters | the one in cdk.json | The command |',
    '| `list` | list of 1 to 5: true or false | - | Some a\\|b |',
    '| `speed` | number above 0, up to 9 | `6` | The speed |',
  ]);
});

test('a table of what is not there is an error', () => {
  const page = (of: string) => `<!-- fields of ${of} -->\n<!-- end of fields -->`;
  expect(() => withTables(page('verdict'))).toThrow('no file format is named verdict: suite, rehearsal');
  expect(() => withTables(page('suite at checks.[].nothing'))).toThrow('has not exactly one map of fields');
});
