import { differencesOf } from '../../../tools/recorded/compare';

const paths = (recorded: unknown, actual: unknown) =>
  differencesOf(recorded, actual, new Map()).map(({ path }) => path.join('.'));

test('a placeholder is the same value each time', () => {
  const recorded = { id: '<id:1>', arn: 'arn:<partition>:sns:topic/<id:1>' };
  expect(paths(recorded, { id: 'a', arn: 'arn:aws:sns:topic/a' })).toEqual([]);
  expect(paths(recorded, { id: 'a', arn: 'arn:aws:sns:topic/b' })).toEqual(['arn']);
});

test('a member that is missing, and one that the recording lacks, are differences', () => {
  expect(paths({ a: 1, b: 2 }, { a: 1, c: 3 })).toEqual(['b', 'c']);
  expect(paths({ a: '1' }, { a: 1 })).toEqual(['a']);
  expect(paths({ a: false }, { a: 0 })).toEqual(['a']);
});

test('lists may have another order, and no other items', () => {
  expect(paths([{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 1 }])).toEqual([]);
  expect(paths([{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 2 }])).not.toEqual([]);
  expect(paths([1], [1, 2])).toEqual(['1']);
  expect(paths([1, 2], [1])).toEqual(['1']);
});

test('dates are masked, documents are parsed and errors are printed as boto3 does', () => {
  expect(paths({ at: 'datetime' }, { at: new Date() })).toEqual([]);
  expect(paths({ at: 'datetime' }, {})).toEqual(['at']);
  expect(paths({ policy: { a: 1 } }, { policy: encodeURIComponent('{"a":1}') })).toEqual([]);
  const error = { Error: { Code: 'C', Message: 'm' } };
  expect(paths('An error occurred (C) when calling the X operation: m', error)).toEqual([]);
  expect(paths('An error occurred (C) when calling the X operation: n', error)).toEqual(['']);
});
