import { assess } from '../../../smoke/runner/expectations';
import { createMask } from '../../../smoke/runner/mask';
import { inTime, EVALUATION_MS_MAX, sharingTime } from '../../../smoke/suite/in-time';
import { jsonPathProblem, valuesAt } from '../../../smoke/suite/json-path';
import { match } from '../../../smoke/suite/patterns';
import type { SmokeExpectation } from '../../../smoke/suite/model';

const forEver = () => {
  for (;;);
};

test('code that runs for ever is ended, and code that ends in time returns its value', () => {
  expect(inTime(() => 'x')).toEqual({ value: 'x' });
  sharingTime(() => expect(inTime(forEver)).toBeUndefined());
  expect(inTime(() => 'y')).toEqual({ value: 'y' });
});

test('an error is the caller’s own, and leaves nothing behind', () => {
  const error = new RangeError('deep');
  expect(() =>
    inTime(() => {
      throw error;
    }),
  ).toThrow(error);
  expect(inTime(() => inTime(() => 1))).toEqual({ value: { value: 1 } });
});

test('one response has one timeout, however many expectations it has', () => {
  sharingTime(() => {
    expect(inTime(forEver)).toBeUndefined();
    // The time is over: nothing begins any more.
    expect(inTime(() => 'x')).toBeUndefined();
    expect(match('x', 'x')).toBeUndefined();
    expect(valuesAt('$', {})).toBeUndefined();
  });
  expect(match('x', 'x')).toEqual(['x']);
});

test('every expectation that was not decided says so', () => {
  const text = `${'a'.repeat(40)}!`;
  const body = JSON.stringify({ text, list: Array.from({ length: 50_000 }, (_, id) => ({ id })) });
  const response = { status: 200, headers: {}, body, truncated: false, durationMs: 1, timings: { totalMs: 1 } };
  const missesOf = (expect: SmokeExpectation) =>
    sharingTime(() =>
      assess(expect, response, { url: new URL('http://a/'), origins: [], nowMs: 0, mask: createMask() }),
    );
  const evil = { path: "$[?match(@, '(a+)+')]", exists: true };
  const named = (expect: SmokeExpectation) =>
    missesOf(expect).map(({ expectation, expected, actual }) => `${expectation}: ${expected}, ${actual}`);
  const late = `values found within ${EVALUATION_MS_MAX} ms, more time needed: simplify the path`;
  expect(named({ json: [evil, { path: '$.text', exists: true }], bodyPattern: 'a' })).toEqual([
    `json ${evil.path}: ${late}`,
    `json $.text: ${late}`,
  ]);
  expect(named({ jsonSchema: { properties: { list: { uniqueItems: true } } } })).toEqual([
    expect.stringContaining(`schema at /: must be decided within ${EVALUATION_MS_MAX} ms`),
  ]);
  expect(named({ json: [{ path: '$.text', pattern: '(a+)+$' }] })).toEqual([
    `json $.text: decided within ${EVALUATION_MS_MAX} ms, more time needed: simplify the path`,
  ]);
  expect(named({ json: [{ path: '$.text', exists: true }] })).toEqual([]);
});

test.each([
  ['$..a', undefined],
  ['$..a[?@..b]', undefined],
  ['$..[\'..\', ".."].a', undefined],
  ['$..*..*..*', /3 descendant segments.*use 2 at most/],
  ['$..[?@..[?@..*]]', /3 descendant segments/],
  ['a.b', /not a JSONPath of RFC 9535/],
])('the path %s', (path, problem) => {
  if (problem) expect(jsonPathProblem(path)).toMatch(problem);
  else expect(jsonPathProblem(path)).toBeUndefined();
});
