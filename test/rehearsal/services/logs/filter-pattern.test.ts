import fc from 'fast-check';
import { parseFilterPattern } from '../../../../rehearsal/services/logs/filter-pattern';

const verdict = JSON.stringify({ kind: 'x', deploymentId: 'd-1', n: 3, ok: true, gone: null, tags: [{ a: 'b' }] });

describe('terms', () => {
  test.each([
    ['ERROR', '[ERROR] bad', true],
    ['ERROR', '[error] bad', false],
    ['ERROR Exception', 'ERROR: Exception', true],
    ['ERROR Exception', 'ERROR only', false],
    ['"Failed to process"', 'WARN Failed to process it', true],
    ['"Failed to process"', 'Failed it to process', false],
    ['?ERROR ?WARN', 'WARN here', true],
    ['?ERROR ?WARN', 'INFO here', false],
    ['ERROR -EXITING', 'ERROR EXITING', false],
    ['%d-[0-9]+%', 'see d-12', true],
    ['', 'anything', true],
    ['  ', 'anything', true],
    [undefined, 'anything', true],
    ['  ERROR  ', 'ERROR', true],
  ])('%s on %s: %s', (pattern, message, expected) => {
    expect(parseFilterPattern(pattern)(message)).toBe(expected);
  });
});

describe('JSON', () => {
  test.each([
    ['{ $.kind = "x" && $.deploymentId = "d-1" }', true],
    ['{ $.kind = "x" && $.deploymentId = "d-2" }', false],
    ['{ $.kind = "y" || ($.n > 2 && $.n <= 3) }', true],
    ['{ $.deploymentId = "d-*" }', true],
    ['{ $.kind != "x" }', false],
    ['{ $.absent != "x" }', false],
    ['{ $.n = 3 }', true],
    ['{ $.n = "3" }', false],
    ['{ $.ok IS TRUE }', true],
    ['{ $.gone IS NULL }', true],
    ['{ $.absent IS NULL }', false],
    ['{ $.absent NOT EXISTS }', true],
    ['{ $.tags[0].a = b }', true],
    ['{ $.tags[*].a = "c" }', false],
    ['{ $["kind"] = "x" }', true],
    ['{ $.kind = %^x$% }', true],
    ['  { $.kind = "x" }  ', true],
  ])('%s: %s', (pattern, expected) => {
    expect(parseFilterPattern(pattern)(verdict)).toBe(expected);
  });

  test('a line with a prefix before its JSON is not JSON', () => {
    expect(parseFilterPattern('{ $.kind = "x" }')(`2026-01-01\tid\tINFO\t${verdict}`)).toBe(false);
  });

  test('&& binds closer than ||', () => {
    const matches = parseFilterPattern('{ $.a = 1 || $.b = 1 && $.c = 1 }');
    expect(matches('{"a":1}')).toBe(true);
    expect(matches('{"b":1}')).toBe(false);
  });

  test.each(['{ $.a = }', '{ $.a ~ 1 }', '{ a = 1 }', '{ $.a = 1', '[ip, user]', '{ $.a IS 3 }'])(
    'refuses %s with a sentence',
    (pattern) => expect(() => parseFilterPattern(pattern)).toThrow(/filter pattern/),
  );

  test('a quoted value matches exactly itself', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (wanted, other) => {
        // The pattern's own escapes are only \" and \\: JSON's others are not compared here.
        const text = wanted.replaceAll('*', '');
        const matches = parseFilterPattern(`{ $.k = ${JSON.stringify(text)} }`);
        fc.pre(!JSON.stringify(text).includes('\\'));
        expect(matches(JSON.stringify({ k: text }))).toBe(true);
        expect(matches(JSON.stringify({ k: other }))).toBe(other === text);
      }),
    );
  });
});
