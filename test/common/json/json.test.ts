import fc from 'fast-check';
import { compareNumeric, ExactNumber, numericOf } from '../../../common/json/exact-number';
import { DEPTH_MAX, parseJson, stringifyJson } from '../../../common/json/parse';
import { StandIns } from '../../../common/json/stand-ins';
import { beginningOf, sameJson } from '../../../common/json/values';

test('every digit of a number survives reading and writing', () => {
  for (const text of [
    '{"id":1234567890123456789,"list":[9007199254740993,-9007199254740993,1],"text":"12345678901234567890"}',
    '12345678901234567890123',
    '[0.12345678901234567891,1e999,-1e999,1e-999]',
    '{"__proto__":{"id":1234567890123456789},"\\"":1234567890123456789}',
  ])
    expect(stringifyJson(parseJson(text))).toBe(text);
  expect(parseJson('[9007199254740993]')).toEqual([new ExactNumber('9007199254740993')]);
  expect(stringifyJson({ id: 1234567890123456789n }, 2)).toBe('{\n  "id": 1234567890123456789\n}');
});

test('a number that loses nothing is a plain one, in whatever notation', () => {
  for (const [text, number] of [
    ['2.0', 2],
    ['0.1', 0.1],
    ['1e20', 1e20],
    ['100000000000000000000', 1e20],
    ['9007199254740992', 2 ** 53],
    ['0.10000000000000000000', 0.1],
    ['-0', -0],
    ['1E2', 100],
  ] as const)
    expect(parseJson(text)).toBe(number);
});

test.each([
  ['1234567890123456789', '1234567890123456789.0', true],
  ['1234567890123456789', '1234567890123456788', false],
  ['1234567890123456789', '1.234567890123456789e18', true],
  ['1234567890123456789', '12345678901234567890e-1', true],
  ['0.12345678901234567891', '0.12345678901234567892', false],
  ['2.0', '2', true],
  ['-0', '0', true],
  ['-1234567890123456789', '1234567890123456789', false],
])('%s and %s are the same: %s', (one, other, expected) => {
  expect(sameJson(parseJson(`[{"a":${one}}]`), parseJson(`[{"a":${other}}]`))).toBe(expected);
});

test('the order of numbers is that of their decimals', () => {
  const decimals = fc.tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: 0, max: 12 }));
  fc.assert(
    fc.property(decimals, decimals, ([one, p], [other, q]) => {
      const literal = (digits: bigint, places: number) => `${digits}e-${places}`;
      const wide = 10n ** 12n;
      const [a, b] = [(one * wide) / 10n ** BigInt(p), (other * wide) / 10n ** BigInt(q)];
      const order = compareNumeric(numericOf(literal(one, p)), numericOf(literal(other, q)));
      expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
    { seed: 65 },
  );
});

test('whatever JSON.parse reads is read the same, and what it refuses is refused', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value = parseJson(text);
      const withoutDigits = JSON.parse(stringifyJson(value)) as unknown;
      expect(withoutDigits).toEqual(JSON.parse(text));
    }),
    { seed: 65 },
  );
  for (const text of [
    '{1234567890123456789:1}',
    '01234567890123456789',
    '1234567890123456789.',
    '[1234567890123456789',
    '',
    'x',
  ])
    expect(() => parseJson(text)).toThrow('not JSON');
});

test('a document that is nested too deeply is refused, and brackets in texts are none', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(() => parseJson(nested(DEPTH_MAX))).not.toThrow();
  expect(() => parseJson(nested(DEPTH_MAX + 1))).toThrow('JSON nested more than 500 levels deep');
  expect(parseJson(JSON.stringify('['.repeat(2_000)))).toHaveLength(2_000);
  expect(parseJson(`["\\\\", "\\"${'['.repeat(1_000)}"]`)).toHaveLength(2);
});

test('stand-ins compare as what they replace', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 2n ** 60n - 40n, max: 2n ** 60n + 40n }), { minLength: 2 }), (numbers) => {
      const values = numbers.map((each) => numericOf(String(each)));
      const standIns = new StandIns([values]);
      const plain = standIns.put(values) as number[];
      for (const [i, one] of numbers.entries()) {
        expect(typeof plain[i]).toBe('number');
        expect(standIns.take(plain[i])).toEqual(values[i]);
        for (const [j, other] of numbers.entries()) expect(plain[i] === plain[j]).toBe(one === other);
      }
    }),
    { seed: 65 },
  );
});

test('of a large value no more is written than is shown', () => {
  expect(beginningOf({ a: [1, 'x', null, { b: true }], id: new ExactNumber('12345678901234567890') }, 100)).toBe(
    '{"a":[1,"x",null,{"b":true}],"id":12345678901234567890}',
  );
  const large = Array.from({ length: 100_000 }, (_, index) => `text ${index}`);
  expect(beginningOf(large, 200).length).toBeLessThan(230);
});
