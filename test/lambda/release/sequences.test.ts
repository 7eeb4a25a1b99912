import fc from 'fast-check';
import { type Command, Model, type Revision } from './model';

const anyRevision = fc.constantFrom<Revision>('a', 'b', 'c');
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('update' as const), revision: anyRevision }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('look' as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('advance' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'retry', 'time-passes') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('fail' as const, 'stop'), rollBack: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign' as const), revision: anyRevision }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const) }) },
);

test('10,000 sequences: never two deployments for one request, never a release of what is live, never success while traffic is split', () => {
  const total = { created: 0, answered: 0, undone: 0, healed: 0 };
  const begin = performance.now();
  fc.assert(
    fc.property(anyRevision, fc.array(anyCommand, { minLength: 5, maxLength: 60 }), (initial, commands) => {
      const model = new Model(initial);
      for (const command of commands) model.run(command);
      model.settle();
      for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += model.counts[key];
    }),
    { numRuns: 10_000, seed: 20_260_101 },
  );
  expect(performance.now() - begin).toBeLessThan(30_000);
  // The sequences really reach what the invariants are about.
  for (const reached of Object.values(total)) expect(reached).toBeGreaterThan(500);
});
