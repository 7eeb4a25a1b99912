import {
  replacementBy,
  replacementByUnknown,
} from '../../../../../rehearsal/services/cloudformation/schema/replacement';

const paths = { replaces: ['Name', 'Key/Type', 'Rules/*/Id'], mayReplace: ['Mode'] };

test.each([
  ['Name', 'a', 'b', 'yes'],
  ['Size', 1, 2, 'no'],
  ['Mode', 'a', 'b', 'maybe'],
  ['Key', { Type: 'a', Size: 1 }, { Type: 'a', Size: 2 }, 'no'],
  ['Key', { Type: 'a' }, { Type: 'b' }, 'yes'],
  ['Key', undefined, { Type: 'b' }, 'yes'],
  ['Rules', [{ Id: 1, On: true }], [{ Id: 1, On: false }], 'no'],
  ['Rules', [{ Id: 1 }], [{ Id: 1 }, { Id: 2 }], 'yes'],
])('a change of %s from %j to %j: replaced %s', (name, before, after, expected) => {
  expect(replacementBy(paths, name, before, after)).toBe(expected);
});

test('a value that is not known yet may replace what one of its parts would', () => {
  expect(['Name', 'Key', 'Mode', 'Size'].map((name) => replacementByUnknown(paths, name))).toEqual([
    'yes',
    'maybe',
    'maybe',
    'no',
  ]);
});
