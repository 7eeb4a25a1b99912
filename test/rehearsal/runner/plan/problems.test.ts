import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { JsonSchema } from '../../../../common/schema/json-schema';
import { rehearsalJsonSchema } from '../../../../rehearsal/runner/plan/plan';
import { fieldsWithoutText } from '../../../support/json-schema';
import { problemsOf } from '../../../support/rehearsal/plan';

const ROOT = join(__dirname, '../../../..');
const good = 'version: 1\nreleases:\n  - name: v1\n    expect: created\n';

test.each([
  ['stak: A', 'r.yaml:5:1: stak is "A": unknown field (did you mean stack?); use $schema, version, app, stack,'],
  ['colour: A', 'r.yaml:5:1: colour is "A": unknown field; use $schema, version, app, stack,'],
  ['__proto__: { a: 1 }', 'r.yaml:5:1: __proto__ is {"a":1}: unknown field; use '],
  ['traffic: { rat: 3 }', 'r.yaml:5:12: traffic.rat is 3: unknown field (did you mean rate?); use rate, host'],
  [
    'traffic: { paths: [{ path: /a, weight: 1, wieght: 3 }] }',
    'r.yaml:5:43: traffic.paths[0].wieght is 3: unknown field (did you mean weight?); use path, weight',
  ],
  [
    'traffic: { paths: [3] }',
    'r.yaml:5:20: traffic.paths[0] is 3: a path such as /orders, or { path: /orders, weight: 3 }',
  ],
  [
    'traffic: { services: { Web: { rates: 1 } } }',
    'r.yaml:5:31: traffic.services.Web.rates is 1: unknown field (did you mean rate?); use rate, host, paths',
  ],
  [
    'parameters: { alarmPoll: 1 }',
    'r.yaml:5:15: parameters.alarmPoll is 1: unknown field (did you mean alarmPollMs?); use ',
  ],
  ['speed: fast', 'r.yaml:5:8: speed is "fast": a number is expected'],
  ['speed: 5000', 'r.yaml:5:8: speed is 5000: 600 at most'],
  ['speed:', 'r.yaml:5:7: speed is empty: a number is expected'],
  ['traffic: { rate: "5" }', 'r.yaml:5:18: traffic.rate is "5": a number is expected: write 5'],
  ['traffic: { rate: .inf }', 'r.yaml:5:18: traffic.rate is Infinity: a number is expected'],
  ['traffic: { rate: .nan }', 'r.yaml:5:18: traffic.rate is NaN: a number is expected'],
  ['traffic: { paths: [] }', 'r.yaml:5:19: traffic.paths is []: it must not be empty'],
  [
    'traffic: { paths: [{ path: /a, weight: 1.5 }] }',
    'r.yaml:5:40: traffic.paths[0].weight is 1.5: a whole number is expected',
  ],
  [
    'traffic: fast',
    'r.yaml:5:10: traffic is "fast": a map of fields is expected (rate, host, paths, services, listener)',
  ],
  [
    'allow: [s3:GetObject]',
    'r.yaml:5:8: allow is ["s3:GetObject"]: a map of fields is expected (denied, unserved, notModelled)',
  ],
  ['seed: [{ vpc: [] }]', 'r.yaml:5:10: seed[0].vpc is []: unknown field (did you mean vpcs?); use account'],
  ['context: { __proto__: x }', 'r.yaml:5:23: context.__proto__ is "x": choose another name'],
  ['app: 3', 'r.yaml:5:6: app is 3: text is expected: write "3"'],
  ['synthesis: ahed', 'r.yaml:5:12: synthesis is "ahed": one of ahead, inline (did you mean ahead?)'],
])('%s is a problem with its place, what is allowed and what was meant', (line, expected) => {
  const [first = '', ...more] = problemsOf(`${good}${line}\n`);
  expect(first.slice(0, expected.length)).toBe(expected);
  expect(more).toEqual([]);
});

test.each([
  ['expect: create', 'releases[0].expect is "create": one of created, '],
  ['expect: { outcom: created }', 'releases[0].expect.outcom is "created": unknown field (did you mean outcome?)'],
  [
    'expect: created\n    whileAlarmsFire: yes',
    'releases[0].whileAlarmsFire is "yes": true or false is expected: write true',
  ],
  [
    'expect: created\n    whileAlarmsFire: "off"',
    'releases[0].whileAlarmsFire is "off": true or false is expected: write false',
  ],
  ['expect: { outcome: create }', 'releases[0].expect.outcome is "create": one of created, '],
])('a release with %s likewise', (line, expected) => {
  expect(problemsOf(good.replace('expect: created', line)).join('\n')).toContain(expected);
});

test('a fault without effect is a problem', () => {
  expect(problemsOf(`${good}    fault: { percent: 10 }\n`)).toEqual([
    'r.yaml:5:12: releases[0].fault is {"percent":10}: give status, latencyMs or both',
  ]);
});

describe('docs/rehearsal.schema.json, which editors check by,', () => {
  const published = JSON.parse(readFileSync(join(ROOT, 'docs/rehearsal.schema.json'), 'utf8')) as JsonSchema;

  test('is current; otherwise: npx tsx tools/schemas.ts', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(rehearsalJsonSchema())));
  });

  test('explains every field', () => {
    expect(JSON.stringify(published).match(/"description"/g)?.length).toBeGreaterThan(50);
    expect(fieldsWithoutText(published)).toEqual([]);
  });

  test('accepts what the reader accepts, and refuses an unknown field', () => {
    const validate = new Ajv({ strict: false }).compile(published);
    expect(validate({ version: 1, stack: 'A', releases: [{ name: 'v1', expect: 'created' }] })).toBe(true);
    expect(validate({ version: 1, stak: 'A', releases: [{ name: 'v1', expect: 'created' }] })).toBe(false);
    expect(validate({ version: 1, releases: [{ name: 'v1', expect: 'created', fault: { status: 200 } }] })).toBe(false);
  });
});
