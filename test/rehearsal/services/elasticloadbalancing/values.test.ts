import {
  attributeList,
  attributeMap,
  boolean,
  integer,
  oneOf,
} from '../../../../rehearsal/services/elasticloadbalancing/values';

test.each([
  ['5', 5],
  [1, 1],
  ['300', 300],
])('a whole number from 1 to 300: %s', (value, expected) => expect(integer('Interval', value, 1, 300)).toBe(expected));

test.each(['0', '301', '1.5', '', ' ', 'x', undefined])('a whole number from 1 to 300 is not %j', (value) => {
  expect(() => integer('Interval', value, 1, 300)).toThrow(
    `Interval '${String(value)}' must be a whole number from 1 to 300`,
  );
});

test('what is not given has its default', () => {
  expect(integer('Interval', undefined, 1, 300, 30)).toBe(30);
  expect(integer('Interval', '0', 0, 300, 30)).toBe(0);
  expect(oneOf('Protocol', undefined, ['HTTP', 'HTTPS'], 'HTTP')).toBe('HTTP');
  expect([boolean(undefined, true), boolean(undefined, false)]).toEqual([true, false]);
});

test('a choice is one of those that there are, in their spelling', () => {
  expect(oneOf('Protocol', 'HTTPS', ['HTTP', 'HTTPS'], 'HTTP')).toBe('HTTPS');
  for (const value of ['https', 'TCP', undefined])
    expect(() => oneOf('Protocol', value, ['HTTP', 'HTTPS'])).toThrow("must be one of 'HTTP, HTTPS'");
});

test.each([
  ['true', true],
  ['True', true],
  [true, true],
  ['false', false],
  [false, false],
  ['1', false],
])('%j is %s', (value, expected) => expect(boolean(value, !expected)).toBe(expected));

test('given attributes come over the defaults, as text', () => {
  const attributes = attributeMap({ a: '1', b: '2' }, [
    { Key: 'b', Value: 3 },
    { Key: 'c', Value: true },
  ]);
  expect(attributeList(attributes)).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '3' },
    { Key: 'c', Value: 'true' },
  ]);
});
