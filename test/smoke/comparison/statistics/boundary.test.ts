import { SpendingBoundary } from '../../../../smoke/comparison/statistics/boundary';
import { seeded } from '../sources';

/** The chance that fair tosses ever reach the bounds of the checks, worked out toss by toss. */
function chanceOfReaching(checks: readonly (readonly [tosses: number, bound: number])[]): number {
  let sums = new Map([[0, 1]]);
  let reached = 0;
  for (const [tosses, bound] of checks) {
    for (let toss = 0; toss < tosses; toss++) {
      const next = new Map<number, number>();
      for (const [sum, chance] of sums)
        for (const step of [-1, 1]) next.set(sum + step, (next.get(sum + step) ?? 0) + chance / 2);
      sums = next;
    }
    for (const [sum, chance] of sums) {
      if (sum < bound) continue;
      reached += chance;
      sums.delete(sum);
    }
  }
  return reached;
}

test.each([
  [0.05, [20, 40, 40, 100]],
  [0.005, [10, 10, 10, 10, 30, 60]],
  [0.001, [200, 0, 100]],
])('the chance that fair tosses ever reach their bounds is %d at most, and hardly less', (alpha, tosses) => {
  const boundary = new SpendingBoundary(alpha);
  const all = tosses.reduce((sum, each) => sum + each, 0);
  let done = 0;
  const checks = tosses.map((each) => {
    done += each;
    return [each, boundary.next(each, done / all)] as const;
  });
  const chance = chanceOfReaching(checks);
  expect(chance).toBeLessThanOrEqual(alpha);
  expect(chance).toBeGreaterThan(alpha / 3);
});

test('no bound can be reached before there are enough tosses', () => {
  const boundary = new SpendingBoundary(0.005);
  expect(boundary.next(0, 0.5)).toBe(Infinity);
  expect(boundary.next(7, 0.5)).toBe(Infinity);
  expect(boundary.next(13, 1)).toBeLessThanOrEqual(20);
});

test('of 2,000 fair series of 3,000 tosses, checked 20 times, 5 % at most reach a bound', () => {
  const random = seeded(11);
  let reached = 0;
  const bounds: number[] = [];
  const boundary = new SpendingBoundary(0.05);
  for (let check = 1; check <= 20; check++) bounds.push(boundary.next(150, check / 20));
  for (let run = 0; run < 2_000; run++) {
    let sum = 0;
    const crossed = bounds.some((bound) => {
      for (let toss = 0; toss < 150; toss++) sum += random() < 0.5 ? 1 : -1;
      return sum >= bound;
    });
    if (crossed) reached += 1;
  }
  expect(reached).toBeLessThanOrEqual(120);
  expect(reached).toBeGreaterThan(60);
});
