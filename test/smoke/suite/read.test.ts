import fc from 'fast-check';
import { stringify } from 'yaml';
import { stringifyJson } from '../../../common/json/parse';
import { suiteJsonSchema } from '../../../smoke/suite/schema/suite';
import { parseSuite, SuiteError } from '../../../smoke/suite/read';
import { documents } from './documents';

/** The suite as it travels to the gate, or its problems. */
function read(text: string): string | readonly string[] {
  try {
    const fields = Object.entries(parseSuite(text, 's.yaml')).filter(([name]) => !['file', 'places'].includes(name));
    return stringifyJson(Object.fromEntries(fields));
  } catch (error) {
    if (error instanceof SuiteError) return error.problems;
    throw error;
  }
}

const PLACED = /^s\.yaml:\d+:\d+: (?:\S| )+ is .*: \S/s;

describe.each([
  ['JSON', (value: unknown) => stringifyJson(value)],
  ['YAML', (value: unknown) => stringify(value, { aliasDuplicateObjects: false })],
])('any value, written as %s,', (_name, print) => {
  test('is a suite that is the same after printing, or has problems with a place', () => {
    let sound = 0;
    fc.assert(
      fc.property(fc.oneof(documents(suiteJsonSchema()), fc.jsonValue()), (value) => {
        const found = read(print(value));
        if (typeof found === 'string') {
          sound += 1;
          expect(read(found)).toBe(found);
        } else {
          expect(found.length).toBeGreaterThan(0);
          for (const line of found) expect(line).toMatch(PLACED);
        }
      }),
      { numRuns: 300 },
    );
    expect(sound).toBeGreaterThan(10);
  });
});

const suiteWith = (equalTo: string) =>
  read(
    `version: 1\nchecks:\n  - name: a\n    path: /\n    expect:\n      json:\n        - path: $.a\n          equalTo: ${equalTo}\n`,
  );
const at = (text: string, column = 20) => [`s.yaml:8:${column}: checks[0].expect.json[0].equalTo ${text}`];

test.each([
  ['a date stays text', '2024-02-30', '"2024-02-30"'],
  ['a whole number above 2^53', '1234567890123456789', '1234567890123456789'],
  ['a number above all others of JavaScript', '1e400', '1e400'],
  ['a decimal with 20 digits', '0.12345678901234567890', '0.12345678901234567890'],
  ['a hexadecimal number', '0x10', '16'],
  ['an octal number', '0o17', '15'],
  ['digits after a zero', '0123', '123'],
  ['YAML 1.1 for true is text', 'yes', '"yes"'],
  ['keys in the order of the file', '{b: 1, a: 2, "1": 3}', '{"1":3,"b":1,"a":2}'],
  ['a key that is a number, or nothing', '{1.5: a, null: b}', '{"1.5":"a","":"b"}'],
  ['a key named as the prototype', '{__proto__: {a: 1}}', '{"__proto__":{"a":1}}'],
  ['an anchor and its alias', '{a: &x [1], b: *x}', '{"a":[1],"b":[1]}'],
])('%s', (_what, text, json) => {
  expect(suiteWith(text)).toContain(`"equalTo":${json}}`);
});

test.each([
  ['infinity', '.inf', at('is Infinity: JSON has no Infinity')],
  ['not a number, within a list', '[.nan]', at('is [null]: JSON has no NaN')],
  ['a key twice', '{a: 1, a: 2}', ['s.yaml:8:27: this key is in the map already: remove one of the two']],
])('%s is refused', (_what, text, problems) => {
  expect(suiteWith(text)).toEqual(problems);
});

test('a merge of YAML 1.1 is an unknown field, and so is any key that only JavaScript has', () => {
  const problems = read(
    'version: 1\nchecks:\n  - &a {name: a, path: /}\n  - <<: *a\n    name: b\n    path: /\n    constructor: 1\n    __proto__: {}\n',
  );
  expect(problems).toEqual([
    expect.stringMatching(/^s\.yaml:4:5: checks\[1\]\["<<"\] is \{"name":"a","path":"\/"\}: unknown field; use name,/),
    expect.stringMatching(/^s\.yaml:7:5: checks\[1\]\.constructor is 1: unknown field; use name,/),
    expect.stringMatching(/^s\.yaml:8:5: checks\[1\]\.__proto__ is \{\}: unknown field; use name,/),
  ]);
});

test('a name that JavaScript would drop is refused wherever names are free', () => {
  const problems = read(
    'version: 1\nvariables: {__proto__: x}\nchecks: [{name: a, path: /, headers: {__proto__: 5}, query: {__proto__: 1}}]\n',
  );
  expect(problems).toEqual([
    's.yaml:2:24: variables.__proto__ is "x": choose another name',
    's.yaml:3:50: checks[0].headers.__proto__ is 5: choose another name',
    's.yaml:3:73: checks[0].query.__proto__ is 1: choose another name',
  ]);
});

test('a number where a map is expected is refused as a number, however long', () => {
  expect(read('version: 1\nchecks: [123456789012345678901]\n')).toEqual([
    's.yaml:2:10: checks[0] is 123456789012345678901: a check is a map with name and path',
  ]);
});
