import { MachinePace } from '../../../../rehearsal/core/clock/machine';

/** The pace after a second of so many runnable processes for each processor. */
function paceAt(runnable: number, background = 0): number {
  const pace = new MachinePace(() => runnable);
  pace.background = background;
  let found = 1;
  for (let atMs = 0; atMs <= 3_000; atMs += 10) found = pace.at(atMs);
  return found;
}

describe('how fast AWS time runs on a busy machine', () => {
  test.each([
    ['a rehearsal by itself', 1, 1],
    ['twice as many processes as it bears', 2.5, 0.5],
    ['ten for each processor', 10, 0.125],
    ['no end of them', 1000, 0.05],
  ])('%s: %d runnable, %d of its speed', (_name, runnable, expected) => {
    expect(paceAt(runnable)).toBeCloseTo(expected, 2);
  });

  test('a synthesis ahead, of a lower priority, does not slow it down; what else runs at the same time does', () => {
    expect(paceAt(2, 1)).toBe(1);
    expect(paceAt(3.5, 1)).toBeCloseTo(0.5, 2);
    expect(paceAt(0.5, 1)).toBe(1);
  });
});
