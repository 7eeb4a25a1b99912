import { accountOf, type Known, type Ran } from '../../../tools/recorded/account';

const known = (overrides: Partial<Known> = {}): Known => ({
  recordings: new Map([['f::t', new Map([['key', { a: 1 }]])]]),
  listings: [],
  operations: new Set(['logs CreateLogGroup']),
  ...overrides,
});

const ran = (outcome: Ran['outcome']): readonly Ran[] => [{ sequence: { file: 'f', test: 't', steps: [] }, outcome }];
const difference = { path: ['a'], recorded: 1, actual: 2 };

test('an response is equal, listed, not modelled, or a problem', () => {
  const equal = accountOf(ran({ comparisons: [{ key: 'key', differences: [] }] }), known());
  expect(equal).toMatchObject({ equal: 1, problems: [] });
  const differs = ran({ comparisons: [{ key: 'key', differences: [difference] }] });
  expect(accountOf(differs, known()).problems).toEqual(['f::t key: a: recorded 1, here 2']);
  const listing = { reason: 'r', responses: ['f::*'], members: ['a'] };
  expect(accountOf(differs, known({ listings: [listing] }))).toMatchObject({ equal: 0, problems: [] });
  const missing = accountOf(ran({ comparisons: [], notModelled: 'iam CreateRole' }), known());
  expect(missing).toMatchObject({ equal: 0, problems: [], notModelled: new Map([['iam CreateRole', 1]]) });
});

test('what nobody compares, an operation that is modelled by now and a listing without a difference are problems', () => {
  expect(accountOf([], known()).problems).toEqual(['f::t key: no sequence compares it']);
  expect(accountOf(ran({ comparisons: [], notModelled: 'logs CreateLogGroup' }), known()).problems).toEqual([
    'f::t: logs CreateLogGroup is modelled, and the sequence ends before it',
  ]);
  const listing = { reason: 'r', responses: ['f::*'] };
  const equal = ran({ comparisons: [{ key: 'key', differences: [] }] });
  expect(accountOf(equal, known({ listings: [listing] })).problems).toEqual(['no response differs so: r']);
});

test('a listing of some members does not cover another member', () => {
  const differs = ran({ comparisons: [{ key: 'key', differences: [difference] }] });
  const listing = { reason: 'r', responses: ['f::*'], members: ['b', 'a.*'] };
  expect(accountOf(differs, known({ listings: [listing] })).problems).toHaveLength(2);
});
