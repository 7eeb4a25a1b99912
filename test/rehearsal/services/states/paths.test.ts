import fc from 'fast-check';
import { fill, pathSteps, place, read } from '../../../../rehearsal/services/states/paths';

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

  test.each([
    ["States.Format('{}/{}', $.n, 'b')", 'a/b'],
    ["States.Format('{}', $.list)", '[1,2]'],
    ["States.StringToJson('[1]')", [1]],
    ['States.JsonToString($.list)', '[1,2]'],
    ['States.Array(-1.5, true, null, $.n)', [-1.5, true, null, 'a']],
    ['States.ArrayGetItem($.list, 1)', 2],
    ['States.ArrayLength($.list)', 2],
    ['States.MathAdd(-1, States.MathAdd(2, 3))', 4],
    ['States.Array( )', []],
  ])('%s is %j', (expression, value) => {
    expect(fill(scope({ n: 'a', list: [1, 2] }), { 'v.$': expression })).toEqual({ v: value });
  });

  test.each(['States.Array(-)', 'States.Array(,)', 'States.Array(1 2)', 'States.Array(1', 'States.Array(1) x'])(
    '%s cannot be read, and the error says from where',
    (expression) => {
      expect(() => fill(scope({}), { 'v.$': expression })).toThrow(/cannot read States\.Array.* from character \d+/);
    },
  );
});
