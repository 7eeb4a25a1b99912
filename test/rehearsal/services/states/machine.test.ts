import fc from 'fast-check';
import { holds } from '../../../../rehearsal/services/states/choice';
import { parseDefinition } from '../../../../rehearsal/services/states/definition';
import { start, step, taskFailed, taskSucceeded } from '../../../../rehearsal/services/states/machine';
import { fill, pathSteps, place, read, StateError } from '../../../../rehearsal/services/states/paths';

const scope = (input: unknown) => ({ input, context: { Execution: { Name: 'e' } } });

describe('paths', () => {
  test('reads names, quoted names, indices and the context', () => {
    const data = scope({ a: { 'b.c': [{ d: 5 }] } });
    expect(read(data, "$.a['b.c'][0].d")).toBe(5);
    expect(read(data, '$$.Execution.Name')).toBe('e');
    expect(() => read(data, '$.x')).toThrow("'$.x' could not be found");
    expect(() => pathSteps('$.a[*]')).toThrow('Invalid path');
  });

  test('what is placed is read back, and the rest stays', () => {
    const key = fc.stringMatching(/^[a-z]{1,4}$/);
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.integer()),
        fc.array(key, { minLength: 1, maxLength: 3 }),
        fc.integer(),
        (input, keys, value) => {
          fc.pre(!Object.hasOwn(input, keys[0] ?? ''));
          const path = `$.${keys.join('.')}`;
          const placed = place(input, path, value) as Record<string, unknown>;
          expect(read(scope(placed), path)).toBe(value);
          for (const [name, old] of Object.entries(input)) expect(placed[name]).toBe(old);
        },
      ),
    );
  });

  test('ResultPath: null discards, $ replaces, a number in the way fails', () => {
    expect(place({ a: 1 }, null, 2)).toEqual({ a: 1 });
    expect(place({ a: 1 }, undefined, 2)).toBe(2);
    expect(() => place({ a: 1 }, '$.a.b', 2)).toThrow('States.ResultPathMatchFailure');
  });

  test('templates take paths, intrinsic functions and plain values', () => {
    const template = {
      'name.$': '$.n',
      list: [{ 'x.$': '$.o.x' }],
      'text.$': "States.Format('{} it\\'s {}', $.n, States.MathAdd($.o.x, 1))",
      plain: '$.n',
    };
    expect(fill(scope({ n: 'a', o: { x: 1 } }), template)).toEqual({
      name: 'a',
      list: [{ x: 1 }],
      text: "a it's 2",
      plain: '$.n',
    });
    expect(() => fill(scope({}), { 'a.$': 'States.Hash($.a)' })).toThrow('$.a');
    expect(() => fill(scope({}), { 'a.$': 'States.UUID()' })).toThrow('States.UUID is not rehearsed');
  });
});

describe('choice', () => {
  const input = scope({ done: true, n: 3, s: 'web-1', at: '2026-01-01T00:00:00Z', other: 3, nil: null });
  test.each([
    [{ Variable: '$.done', BooleanEquals: true }, true],
    [{ Variable: '$.done', StringEquals: 'true' }, false],
    [{ Variable: '$.n', NumericGreaterThanEquals: 3 }, true],
    [{ Variable: '$.n', NumericLessThan: 3 }, false],
    [{ Variable: '$.n', NumericEqualsPath: '$.other' }, true],
    [{ Variable: '$.s', StringMatches: 'web-*' }, true],
    [{ Variable: '$.s', StringMatches: 'web\\*' }, false],
    [{ Variable: '$.at', TimestampLessThan: '2026-01-01T00:00:01Z' }, true],
    [{ Variable: '$.gone', IsPresent: false }, true],
    [{ Variable: '$.nil', IsNull: true }, true],
    [{ And: [{ Variable: '$.n', NumericEquals: 3 }, { Not: { Variable: '$.done', BooleanEquals: true } }] }, false],
    [
      {
        Or: [
          { Variable: '$.n', NumericEquals: 4 },
          { Variable: '$.done', BooleanEquals: true },
        ],
      },
      true,
    ],
  ])('%j: %s', (rule, expected) => expect(holds(rule, input)).toBe(expected));

  test('a missing variable is an error, as on AWS', () => {
    expect(() => holds({ Variable: '$.gone', BooleanEquals: true }, input)).toThrow('States.Runtime');
  });
});

describe('retry and catch', () => {
  const definition = parseDefinition(
    JSON.stringify({
      StartAt: 'T',
      States: {
        T: {
          Type: 'Task',
          Resource: 'arn:aws:lambda:us-east-1:1:function:f',
          Retry: [
            { ErrorEquals: ['A', 'B'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
            { ErrorEquals: ['C'], IntervalSeconds: 5 },
          ],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z', ResultPath: '$.why' }],
          End: true,
        },
        Z: { Type: 'Succeed' },
      },
    }),
  );
  const around = { definition, context: {}, nowMs: 0 };

  // The example of the documentation's page on error handling: A, B, C, B wait 1, 2 and 5 s, then are caught.
  test("the documentation's example", () => {
    let position = { state: 'T', input: { in: 1 }, retries: [] as readonly number[] };
    const waits: number[] = [];
    for (const name of ['A', 'B', 'C']) {
      const next = taskFailed(position, new StateError(name, ''), around);
      if (next.kind !== 'wait' || next.then.kind !== 'enter') throw new Error(`${name}: ${next.kind}`);
      waits.push(next.untilMs);
      position = next.then.position as typeof position;
    }
    expect(waits).toEqual([1000, 2000, 5000]);
    expect(taskFailed(position, new StateError('B', 'because'), around)).toEqual({
      kind: 'enter',
      position: { state: 'Z', input: { in: 1, why: { Error: 'B', Cause: 'because' } }, retries: [] },
    });
  });

  test('States.Runtime is never caught', () => {
    const position = { state: 'T', input: {}, retries: [] };
    expect(taskFailed(position, new StateError('States.Runtime', 'x'), around)).toMatchObject({ kind: 'fail' });
  });

  test('a retrier never makes more than its attempts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.double({ min: 1, max: 3, noNaN: true }), (max, rate) => {
        const one = parseDefinition(
          JSON.stringify({
            StartAt: 'T',
            States: {
              T: {
                Type: 'Task',
                Resource: 'r',
                End: true,
                Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: max, BackoffRate: rate }],
              },
            },
          }),
        );
        let next = start(one, {});
        let attempts = 0;
        while (next.kind !== 'fail') {
          if (next.kind === 'enter') next = step(next.position, { definition: one, context: {}, nowMs: 0 });
          else if (next.kind === 'wait') next = next.then;
          else if (next.kind === 'task') {
            attempts += 1;
            next = taskFailed(next.position, new StateError('E', ''), { definition: one, context: {}, nowMs: 0 });
          }
        }
        expect(attempts).toBe(max + 1);
      }),
    );
  });

  test('a result goes through selector, result path and output path', () => {
    const selecting = parseDefinition(
      JSON.stringify({
        StartAt: 'T',
        States: {
          T: {
            Type: 'Task',
            Resource: 'r',
            ResultSelector: { 'x.$': '$.Payload.x' },
            ResultPath: '$.got',
            OutputPath: '$.got.x',
            End: true,
          },
        },
      }),
    );
    const surroundings = { definition: selecting, context: {}, nowMs: 0 };
    expect(taskSucceeded({ state: 'T', input: {}, retries: [] }, { Payload: { x: 7 } }, surroundings)).toEqual({
      kind: 'succeed',
      output: 7,
    });
  });
});

test.each([
  [{ StartAt: 'A', States: {} }, 'there is no state A'],
  [{ StartAt: 'A', States: { A: { Type: 'Pass' } } }, 'state A: has neither Next nor End'],
  [{ StartAt: 'A', States: { A: { Type: 'Parallel', End: true } } }, 'type Parallel is not rehearsed'],
  [{ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } }, 'A: there is no state B'],
  [{ StartAt: 'A', QueryLanguage: 'JSONata', States: { A: { Type: 'Succeed' } } }, 'JSONata is not rehearsed'],
])('%j is refused: %s', (definition, message) => {
  expect(() => parseDefinition(JSON.stringify(definition))).toThrow(message);
});
