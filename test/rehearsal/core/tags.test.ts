import { Tags } from '../../../rehearsal/core/tags';

interface Tag {
  readonly key: string;
  readonly value?: string;
}

const tags = () =>
  new Tags<Tag>({ read: ({ key, value = '' }) => [key, value], write: (key, value) => ({ key, value }) });

test('a key is there once, with the value that was given last, and no value is the empty one', () => {
  const all = tags();
  all.add('a', [{ key: 'team', value: 'one' }, { key: 'open' }]);
  all.add('a', [{ key: 'team', value: 'two' }]);
  expect(all.of('a')).toEqual([
    { key: 'team', value: 'two' },
    { key: 'open', value: '' },
  ]);
});

test('a resource has its own tags only, and loses those that are removed', () => {
  const all = tags();
  all.add('a', [{ key: 'team' }, { key: 'open' }]);
  all.add('b');
  all.remove('a', ['team', 'unknown']);
  expect([all.of('a'), all.of('b'), all.of('c')]).toEqual([[{ key: 'open', value: '' }], [], []]);
});
