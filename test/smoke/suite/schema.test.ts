import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import fc from 'fast-check';
import { suiteJsonSchema } from '../../../smoke/suite/schema/suite';
import { suiteProblems } from '../../../smoke/suite/validation';
import { fieldsWithoutText } from '../../support/json-schema';

const PUBLISHED = join(__dirname, '../../../docs/suite.schema.json');
const validate = new Ajv({ strict: false }).compile(suiteJsonSchema());

test('the published schema is current; otherwise: npx tsx tools/schemas.ts', () => {
  expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(JSON.parse(JSON.stringify(suiteJsonSchema())));
});

test('an editor explains every field', () => {
  const fields = JSON.stringify(suiteJsonSchema()).match(/"description"/g) ?? [];
  expect(fields.length).toBeGreaterThan(80);
  expect(fieldsWithoutText(suiteJsonSchema())).toEqual([]);
});

/** What no schema says: how values fit together, and whether texts parse. */
const BEYOND =
  /names are unique|sent once|wait for each other|no check has|no variable|is allowed|not a |begin it with|percent-encode|fragment/;

test('whatever the schema refuses the reader refuses, and the other way round', () => {
  const value = fc.oneof(
    fc.constantFrom(200, 99, '2xx', '', 'x', null, true, 0, 1.5, -1),
    fc.constant([]),
    fc.constant({}),
  );
  const keys = [
    'name',
    'method',
    'path',
    'expect',
    'retries',
    'timeoutMs',
    'headers',
    'query',
    'repeat',
    'needs',
    'wrong',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...keys), value, (key, each) => {
      const suite = { version: 1, checks: [{ name: 'a', path: '/', [key]: each }] };
      const problems = suiteProblems(suite);
      const form = problems.filter(({ text, isKey }) => isKey || !BEYOND.test(text));
      if (form.length === problems.length) expect(form.length === 0).toBe(validate(suite));
    }),
  );
});
