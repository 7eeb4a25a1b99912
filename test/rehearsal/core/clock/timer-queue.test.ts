import fc from 'fast-check';
import { TimerQueue } from '../../../../rehearsal/core/clock/timer-queue';

test('timers are taken by time, then by creation, and cancelled ones never', () => {
  const timers = fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }));
  fc.assert(
    fc.property(timers, (all) => {
      const queue = new TimerQueue();
      const taken: number[] = [];
      const cancels = all.map(({ atMs }, index) => queue.add(atMs, () => taken.push(index)));
      all.forEach(({ cancelled }, index) => cancelled && cancels[index]?.());
      const remaining = all
        .map(({ atMs, cancelled }, index) => ({ atMs, cancelled, index }))
        .filter((it) => !it.cancelled);
      expect(queue.size).toBe(remaining.length);
      for (let take = queue.take(20, queue.mark()); take; take = queue.take(20, queue.mark())) take();
      expect(taken).toEqual(remaining.sort((a, b) => a.atMs - b.atMs || a.index - b.index).map(({ index }) => index));
      expect(queue.size).toBe(0);
      expect(queue.nextAtMs()).toBeUndefined();
    }),
  );
});

test('what is added after the mark, or is not due, waits', () => {
  const queue = new TimerQueue();
  queue.add(5, () => undefined);
  const mark = queue.mark();
  queue.add(4, () => undefined);
  expect(queue.take(3, queue.mark())).toBeUndefined();
  expect(queue.take(5, mark)).toBeUndefined();
  expect(queue.take(5, queue.mark())).toBeDefined();
});
