import fc from 'fast-check';
import {
  allStatuses,
  isAtRest,
  nextStatus,
  type StackSignal,
} from '../../../../rehearsal/services/cloudformation/stack-status';
import { inOrder } from '../../../../rehearsal/services/cloudformation/template/graph';
import { account, type Thing, things } from '../../../support/rehearsal/cloudformation';
import { nonEmpty } from '../../../support/non-empty';

/** A resource of a random template: what it depends on among earlier ones, and how it behaves. */
interface Node {
  readonly after: readonly number[];
  readonly size: number;
  readonly name: number;
  readonly fail: boolean;
  readonly delayMs: number;
}

const node = (index: number): fc.Arbitrary<Node> =>
  fc.record({
    after: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 3 }),
    size: fc.nat(2),
    name: fc.nat(1),
    fail: fc.boolean(),
    delayMs: fc.nat(3).map((seconds) => seconds * 1000),
  });

const dag = fc
  .integer({ min: 1, max: 7 })
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, i) => node(i))));

function template(nodes: readonly Node[], fail: 'create' | 'update' | 'always' | undefined, shuffled: boolean) {
  const entries = nodes.map(({ after, size, name, fail: fails, delayMs }, index): [string, Thing] => {
    const Deps = after.map((other) => ({ 'Fn::GetAtt': [`R${other}`, 'Arn'] }));
    return [`R${index}`, { Size: size, Name: name, Deps, DelayMs: delayMs, ...(fails && fail ? { Fail: fail } : {}) }];
  });
  return things(Object.fromEntries(shuffled ? entries.reverse() : entries));
}

test('a create ends terminal, in order, with everything or nothing', async () => {
  await fc.assert(
    fc.asyncProperty(dag, fc.boolean(), async (nodes, shuffled) => {
      const aws = account();
      const { StackStatus } = await aws.create(template(nodes, 'create', shuffled));
      const fails = nodes.some((one) => one.fail);
      expect(StackStatus).toBe(fails ? 'ROLLBACK_COMPLETE' : 'CREATE_COMPLETE');
      expect(aws.things.size).toBe(fails ? 0 : nodes.length);
      const events = await aws.events();
      nodes.forEach(({ after }, index) => {
        const started = events.indexOf(`R${index} | CREATE_IN_PROGRESS`);
        for (const other of started < 0 ? [] : after) {
          const done = events.indexOf(`R${other} | CREATE_COMPLETE`);
          expect(done >= 0 && done < started).toBe(true);
        }
      });
    }),
    { numRuns: 60 },
  );
});

test('an update ends with all of the new, or with exactly the old', async () => {
  await fc.assert(
    fc.asyncProperty(dag, dag, fc.constantFrom('create', 'update'), async (before, after, fail) => {
      const aws = account();
      await aws.create(template(before, undefined, false));
      const old = new Map(aws.things);
      const update = template(after, fail, true);
      if (JSON.stringify(update.Resources) === JSON.stringify(template(before, undefined, true).Resources)) return;
      const stack = await aws.update(update);
      expect(['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']).toContain(stack.StackStatus);
      if (stack.StackStatus === 'UPDATE_COMPLETE') expect(aws.things.size).toBe(after.length);
      else expect(aws.things).toEqual(old);
      const { StackId } = stack;
      await aws.call('DeleteStack', { StackName: 'App' });
      expect((await aws.settled(StackId)).StackStatus).toBe('DELETE_COMPLETE');
      expect(aws.things.size).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('whatever signals come, a stack that is at work can come to rest', () => {
  const signals: StackSignal[] = ['succeeded', 'failed', 'cleaned'];
  for (const start of nonEmpty(allStatuses)) {
    const visited = new Set([start]);
    for (const status of visited)
      for (const next of signals) {
        const to = nextStatus(status, next);
        if (to) visited.add(to);
      }
    expect([...visited].some(isAtRest)).toBe(true);
  }
});

test('an order of a graph holds each node once and after what it depends on', () => {
  fc.assert(
    fc.property(dag, (nodes) => {
      const graph = nodes.map((one, index) => ({ id: String(index), after: one.after.map(String) })).reverse();
      const ordered = inOrder(graph).map((one) => one.id);
      expect([...ordered].sort()).toEqual(graph.map((one) => one.id).sort());
      for (const { id, after } of graph) {
        for (const other of after) expect(ordered.indexOf(other)).toBeLessThan(ordered.indexOf(id));
      }
    }),
  );
});
