import fc from 'fast-check';
import type { Suite } from '../../../smoke/suite/model';
import { validateSuite } from '../../../smoke/suite/validation';

const check = (changes: object): Suite => ({ checks: [{ name: 'home', path: '/', ...changes }] });

describe('validateSuite', () => {
  test('accepts a suite that uses everything', () => {
    expect(
      validateSuite({
        checks: [
          { name: 'home', path: '/' },
          {
            name: 'order',
            method: 'POST',
            path: '/orders?dry=1',
            headers: { 'content-type': 'application/json' },
            body: '{}',
            retries: 0,
            timeoutMs: 60_000,
            expect: {
              status: [200, 201],
              headers: { 'content-type': { pattern: '^application/json' }, 'x-side': 'green' },
              bodyContains: 'id',
              bodyPattern: '"id":\\d+',
              latencyMs: 0.5,
            },
          },
        ],
      }),
    ).toEqual([]);
  });

  test.each([
    [{ checks: [] }, 'checks is []: list at least one check'],
    [{}, 'checks is missing: list at least one check'],
    [null, 'checks is missing: list at least one check'],
    [check({ name: '' }), 'checks[0].name is "": give the check a name'],
    [check({ path: 'orders' }), `checks[0].path is "orders": begin it with '/'`],
    [check({ path: '/a b' }), 'checks[0].path is "/a b": percent-encode spaces and non-ASCII characters'],
    [
      check({ method: 'get' }),
      'checks[0].method is "get": one of GET, HEAD, OPTIONS, PUT, DELETE, POST, PATCH (did you mean GET?)',
    ],
    [check({ retries: 11 }), 'checks[0].retries is 11: a whole number from 0 to 10'],
    [check({ retries: 1.5 }), 'checks[0].retries is 1.5: a whole number from 0 to 10'],
    [
      check({ method: 'POST', retries: 1 }),
      'checks[0].retries is 1: "POST" is sent once, because repeating it may act twice: remove retries',
    ],
    [check({ timeoutMs: 0 }), 'checks[0].timeoutMs is 0: whole milliseconds from 1 to 60000'],
    [check({ timeoutMs: 60_001 }), 'checks[0].timeoutMs is 60001: whole milliseconds from 1 to 60000'],
    [
      check({ expect: { status: 99 } }),
      'checks[0].expect.status is 99: a status code from 100 to 599, a class such as 2xx, or a list of them',
    ],
    [
      check({ expect: { status: [] } }),
      'checks[0].expect.status is []: a status code from 100 to 599, a class such as 2xx, or a list of them',
    ],
    [check({ expect: { latencyMs: 0 } }), 'checks[0].expect.latencyMs is 0: milliseconds, more than 0'],
    [
      check({ expect: { bodyContains: '' } }),
      'checks[0].expect.bodyContains is "": the text that the body must contain',
    ],
    [check({ headers: { 'a b': 'x' } }), 'checks[0].headers["a b"] is "a b": not a header name: letters, digits and -'],
    [
      check({ headers: { a: 'x\r\ny: z' } }),
      'checks[0].headers.a is "x\\r\\ny: z": no line breaks or control characters in a header',
    ],
    [check({ body: {} }), 'checks[0].body is {}: text, or exactly one of {text: ...}, {json: ...}, {file: ...}'],
    [
      check({ expects: {} }),
      'checks[0].expects is {}: unknown field (did you mean expect?); use name, method, path, query, body, auth, followRedirects, needs, expect, warn, ' +
        'capture, repeat, headers, timeoutMs, retries, backoffMs',
    ],
    [
      { ...check({ method: 'POST' }), compare: {} },
      'compare.requests is missing: list at least one GET, HEAD or OPTIONS: no check can be sent to both sides without preparation',
    ],
    [
      { ...check({ method: 'DELETE', query: { id: 1 } }), compare: { alpha: 0.01 } },
      'compare.requests is missing: list at least one GET, HEAD or OPTIONS: no check can be sent to both sides without preparation',
    ],
    [
      { ...check({}), compare: { requests: [{ path: '/' }, { path: '/', headers: { a: 'b' } }] } },
      'compare.requests[1] is "GET /": another request has this name: give each its own name',
    ],
    [
      { ...check({}), compare: { requests: [{ path: '/', method: 'POST' }] } },
      'compare.requests[0].method is "POST": one of GET, HEAD, OPTIONS',
    ],
    [{ ...check({}), compare: { alpha: 1 } }, 'compare.alpha is 1: a number from 0.0001 to 0.2'],
  ])('%j', (suite, problem) => {
    expect(validateSuite(suite as Suite)).toEqual([problem]);
  });

  test('names the place of a wrong pattern', () => {
    const problems = validateSuite(check({ expect: { bodyPattern: '(', headers: { etag: { pattern: '[' } } } }));
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^checks\[0\]\.expect\.headers\.etag\.pattern is "\[": not a regular expression/);
    expect(problems[1]).toMatch(/^checks\[0\]\.expect\.bodyPattern is "\(": not a regular expression/);
  });

  test('reports every problem, and names that are used twice', () => {
    const twice = { name: 'home', path: '/' };
    expect(validateSuite({ checks: [twice, { ...twice, path: 'x' }] })).toEqual([
      `checks[1].path is "x": begin it with '/'`,
      'checks[1].name is "home": names are unique: another check has it',
    ]);
  });

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), fc.array(fc.anything()), (suite, checks) => {
        validateSuite(suite as Suite);
        expect(Array.isArray(validateSuite({ checks, compare: {} } as unknown as Suite))).toBe(true);
      }),
    );
  });
});
