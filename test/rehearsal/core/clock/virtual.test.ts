import { VirtualClock } from '../../../../rehearsal/core/clock';

test('fires what falls due in order of time, then of creation, and nothing that is due later', async () => {
  const clock = new VirtualClock(0);
  const fired: [string, number][] = [];
  for (const [name, delayMs] of [
    ['late', 101],
    ['second', 50],
    ['third', 50],
    ['first', 10],
    ['at the end', 100],
  ] as const)
    clock.after(delayMs, () => fired.push([name, clock.now()]));
  const cancelled = clock.after(20, () => fired.push(['cancelled', clock.now()]));
  cancelled.cancel();
  await clock.advance(100);
  expect(fired).toEqual([
    ['first', 10],
    ['second', 50],
    ['third', 50],
    ['at the end', 100],
  ]);
  expect(clock.now()).toBe(100);
  await clock.advance(1);
  expect(fired.at(-1)).toEqual(['late', 101]);
});

test('a timer that a timer sets fires in the same advance when it is due', async () => {
  const clock = new VirtualClock(0);
  const fired: number[] = [];
  clock.after(10, () => clock.after(10, () => fired.push(clock.now())));
  await clock.advance(20);
  expect(fired).toEqual([20]);
});
