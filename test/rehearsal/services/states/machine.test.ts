import fc from 'fast-check';
import { holds } from '../../../../rehearsal/services/states/choice';
import { parseDefinition } from '../../../../rehearsal/services/states/definition';
import { start, step, taskFailed, taskSucceeded } from '../../../../rehearsal/services/states/machine';
import { StateError } from '../../../../rehearsal/services/states/paths';

const scope = (input: unknown) => ({ input, context: { Execution: { Name: 'e' } } });

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

describe('one step of a state', () => {
  const AT_MS = Date.UTC(2026, 0, 1);
  const stepOf = (state: object, input: unknown) => {
    const definition = parseDefinition(
      JSON.stringify({ StartAt: 'S', States: { S: state, Next: { Type: 'Succeed' }, Other: { Type: 'Succeed' } } }),
    );
    return step({ state: 'S', input, retries: [] }, { definition, context: { id: 'e-1' }, nowMs: AT_MS });
  };
  const entered = (state: string, input: unknown) => ({ kind: 'enter', position: { state, input, retries: [] } });

  test.each([
    ['a Task gets its input', {}, { a: 1 }, { parameters: { a: 1 } }],
    ['a Task gets what InputPath selects', { InputPath: '$.a' }, { a: 1 }, { parameters: 1 }],
    ['a Task gets its Parameters', { Parameters: { 'x.$': '$.a', y: 2 } }, { a: 1 }, { parameters: { x: 1, y: 2 } }],
    ['a Task reads the context object', { Parameters: { 'x.$': '$$.id' } }, {}, { parameters: { x: 'e-1' } }],
    ['TimeoutSeconds limits a Task', { TimeoutSeconds: 90 }, {}, { timeoutMs: 90_000 }],
  ])('%s', (_, more, input, expected) => {
    const next = stepOf({ Type: 'Task', Resource: 'arn:f', Next: 'Next', ...more }, input);
    expect(next).toMatchObject({ kind: 'task', resource: 'arn:f', ...expected });
    expect(next).toHaveProperty('position', { state: 'S', input, retries: [] });
    expect('timeoutMs' in next).toBe('TimeoutSeconds' in more);
  });

  test.each([
    ['its input', {}, { a: 1 }, { a: 1 }],
    ['its Result', { Result: { b: 2 } }, { a: 1 }, { b: 2 }],
    ['its Parameters', { Parameters: { 'b.$': '$.a' } }, { a: 1 }, { b: 1 }],
    ['its Result at ResultPath', { Result: 2, ResultPath: '$.b' }, { a: 1 }, { a: 1, b: 2 }],
    ['its input when ResultPath is null', { Result: 2, ResultPath: null }, { a: 1 }, { a: 1 }],
    ['what OutputPath selects', { OutputPath: '$.a' }, { a: 1 }, 1],
  ])('a Pass hands on %s', (_, more, input, output) => {
    expect(stepOf({ Type: 'Pass', Next: 'Next', ...more }, input)).toEqual(entered('Next', output));
  });

  test.each([
    ['Seconds', { Seconds: 30 }, AT_MS + 30_000],
    ['SecondsPath', { SecondsPath: '$.seconds' }, AT_MS + 5000],
    ['Timestamp', { Timestamp: '2026-01-01T00:01:00Z' }, AT_MS + 60_000],
    ['TimestampPath', { TimestampPath: '$.at' }, AT_MS + 120_000],
  ])('a Wait ends by %s', (_, more, untilMs) => {
    const input = { seconds: 5, at: '2026-01-01T00:02:00Z' };
    const next = stepOf({ Type: 'Wait', Next: 'Next', ...more }, input);
    expect(next).toEqual({ kind: 'wait', untilMs, then: entered('Next', input) });
  });

  test('a Wait for something that is not a time fails', () => {
    expect(stepOf({ Type: 'Wait', Next: 'Next', TimestampPath: '$.at' }, { at: 'soon' })).toMatchObject({
      kind: 'fail',
      error: 'States.Runtime',
      cause: 'a Wait needs a time',
    });
  });

  test('a Choice takes the first choice that holds, then its default, and fails without one', () => {
    const choices = [
      { Variable: '$.n', NumericEquals: 1, Next: 'Next' },
      { Variable: '$.n', NumericLessThan: 3, Next: 'Other' },
    ];
    expect(stepOf({ Type: 'Choice', Choices: choices }, { n: 1 })).toEqual(entered('Next', { n: 1 }));
    expect(stepOf({ Type: 'Choice', Choices: choices, OutputPath: '$.n' }, { n: 2 })).toEqual(entered('Other', 2));
    expect(stepOf({ Type: 'Choice', Choices: choices, Default: 'Other' }, { n: 5 })).toMatchObject({ kind: 'enter' });
    expect(stepOf({ Type: 'Choice', Choices: choices }, { n: 5 })).toMatchObject({ error: 'States.NoChoiceMatched' });
  });

  test('a Succeed ends with what its paths select', () => {
    const state = { Type: 'Succeed', InputPath: '$.a', OutputPath: '$.b' };
    expect(stepOf(state, { a: { b: 3 } })).toEqual({ kind: 'succeed', output: 3 });
  });

  test.each([
    [{ Error: 'E', Cause: 'c' }, 'E', 'c'],
    [{ ErrorPath: '$.error', CausePath: '$.cause' }, 'input error', 'input cause'],
    [{}, '', ''],
  ])('a Fail with %j', (more, error, cause) => {
    const input = { error: 'input error', cause: 'input cause' };
    expect(stepOf({ Type: 'Fail', ...more }, input)).toEqual({ kind: 'fail', error, cause });
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

  // The defaults of IntervalSeconds, BackoffRate and MaxAttempts: 1, 2 and 3.
  test.each([
    [{ ErrorEquals: ['E'] }, 'E', [1000, 2000, 4000]],
    [{ ErrorEquals: ['E'], MaxAttempts: 4, MaxDelaySeconds: 3 }, 'E', [1000, 2000, 3000, 3000]],
    [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 1 }, 'E', [1000]],
    [{ ErrorEquals: ['States.TaskFailed'] }, 'States.Timeout', []],
    [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }, 'States.Timeout', [1000]],
    [{ ErrorEquals: ['States.ALL'] }, 'States.DataLimitExceeded', []],
    [{ ErrorEquals: ['States.DataLimitExceeded'], MaxAttempts: 1 }, 'States.DataLimitExceeded', [1000]],
  ])('%j after %s waits %j', (retrier, error, expected) => {
    const retrying = parseDefinition(
      JSON.stringify({
        StartAt: 'T',
        States: { T: { Type: 'Task', Resource: 'r', End: true, Retry: [retrier] } },
      }),
    );
    const waits: number[] = [];
    let next = taskFailed({ state: 'T', input: 1, retries: [] }, new StateError(error, 'why'), {
      ...around,
      definition: retrying,
    });
    while (next.kind === 'wait' && next.then.kind === 'enter') {
      waits.push(next.untilMs);
      next = taskFailed(next.then.position, new StateError(error, 'why'), { ...around, definition: retrying });
    }
    expect(waits).toEqual(expected);
    expect(next).toEqual({ kind: 'fail', error, cause: 'why' });
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
