import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import fc from 'fast-check';
import { findMistakes } from '../../../smoke/suite/validation';
import { suiteSchema } from '../../../smoke/suite/format';

const PUBLISHED = join(__dirname, '../../../docs/suite.schema.json');
const validate = new Ajv({ strict: false }).compile(suiteSchema());

test('the published schema is the one that the reader checks by', () => {
  expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(JSON.parse(JSON.stringify(suiteSchema())));
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
      const form = findMistakes(suite).filter(({ allowed }) => !BEYOND.test(allowed));
      const beyond = findMistakes(suite).length > form.length;
      if (!beyond) expect(form.length === 0).toBe(validate(suite));
    }),
  );
});
