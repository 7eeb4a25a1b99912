import fc from 'fast-check';
import { type Command, Model } from './model';
import type { Revision } from './production-model';
import { nonEmpty } from '../../support/non-empty';

const anyRevision = fc.constantFrom<Revision>('a', 'b', 'c');
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('update' as const), revision: anyRevision }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('bake-fails' as const), revision: anyRevision }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('poll' as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('advance' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'retry', 'time-passes') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('fail' as const, 'stop'), rollBack: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign' as const), revision: anyRevision }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('other-fails' as const, 'settings') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const) }) },
);

const RELEASED_B: readonly Command[] = [
  { kind: 'update', revision: 'b' },
  ...Array.from({ length: 3 }, () => ({ kind: 'advance' as const })),
  { kind: 'poll' },
];
const STOPPED_AT_THE_GATE: readonly Command[] = [
  { kind: 'update', revision: 'c' },
  { kind: 'poll' },
  { kind: 'fail', rollBack: true },
];
const SETTLED: readonly Command[] = [
  { kind: 'time-passes' },
  { kind: 'advance' },
  { kind: 'advance' },
  { kind: 'poll' },
];

/** Ways in which production runs on something else than the stack names, and the newest failing release after each. */
test.each<[string, ...(readonly Command[])[]]>([
  ['an alarm rolled b back in its bake', [{ kind: 'fail', rollBack: true }, ...SETTLED]],
  ['somebody stopped b in its bake', [{ kind: 'stop', rollBack: true }, ...SETTLED]],
  [
    'another tool has deployed since b',
    [{ kind: 'advance' }, { kind: 'foreign', revision: 'a' }, ...Array.from({ length: 4 }, () => SETTLED).flat()],
  ],
  [
    'another tool deploys, after an alarm rolled b back',
    [{ kind: 'fail', rollBack: true }, ...SETTLED, { kind: 'foreign', revision: 'c' }],
  ],
])('%s: a failed release of c does not release b again', (_way, disagree) => {
  const model = new Model('a');
  for (const command of [...RELEASED_B, ...disagree]) model.run(command);
  const { created } = model.counts;
  for (const command of [...STOPPED_AT_THE_GATE, ...SETTLED]) model.run(command);
  expect(model.released().slice(created)).not.toContain('b');
  model.settle();
});

test('10,000 sequences: never two deployments for one request, never a release of what is live, never success while traffic is split, never again by a rollback of the stack what was rolled back', () => {
  const total: Partial<Model['counts']> = {};
  fc.assert(
    fc.property(anyRevision, fc.array(anyCommand, { minLength: 5, maxLength: 60 }), (initial, commands) => {
      const model = new Model(initial);
      for (const command of commands) model.run(command);
      model.settle();
      for (const [name, count] of Object.entries(model.counts) as [keyof Model['counts'], number][])
        total[name] = (total[name] ?? 0) + count;
    }),
    { numRuns: 10_000, seed: 20_260_101 },
  );
  // The sequences really reach what the invariants are about.
  for (const reached of nonEmpty(Object.values(total))) expect(reached).toBeGreaterThan(500);
});
