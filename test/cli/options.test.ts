import { InvalidArgumentError } from 'commander';
import { collect, number, pair, wholeNumber } from '../../cli/options';

test.each([
  ['1', 1],
  ['600', 600],
  ['1.5', 1.5],
  ['1e2', 100],
])('a number from 1 to 600: %s', (text, value) => expect(number(1, 600)(text)).toBe(value));

test.each(['0.9', '600.1', '', ' ', 'x', '1x', 'NaN', 'Infinity'])('a number from 1 to 600 is not "%s"', (text) => {
  expect(() => number(1, 600)(text)).toThrow(new InvalidArgumentError('Give a number from 1 to 600.'));
});

test.each([
  ['0', 0],
  ['65535', 65_535],
])('a whole number from 0 to 65535: %s', (text, value) => expect(wholeNumber(0, 65_535)(text)).toBe(value));

test.each(['-1', '65536', '1.5', '', ' ', 'x'])('a whole number from 0 to 65535 is not "%s"', (text) => {
  expect(() => wholeNumber(0, 65_535)(text)).toThrow(new InvalidArgumentError('Give a whole number from 0 to 65535.'));
});

test('an option that is given again adds to what was given before', () => {
  expect(collect('b=2', collect('a=1', []))).toEqual(['a=1', 'b=2']);
});

test('pairs add up, the last one of a key counts, and a value may contain an equals sign', () => {
  expect(pair('a=3', pair('b=x=y', pair('a=1', {})))).toEqual({ a: '3', b: 'x=y' });
});

test.each(['a', '', '=1'])('no pair: %j', (text) => {
  expect(() => pair(text, {})).toThrow(new InvalidArgumentError('Give a key and a value: key=value.'));
});
