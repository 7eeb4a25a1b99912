import { dependence } from '../../../../smoke/comparison/statistics/dependence';

/** Pseudo-random values between -1 and 1. */
function noise(length: number): number[] {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2_147_483_647) * 2 - 1;
  });
}
/** Eight times one value, then eight times another. */
const runs = (length: number) => Array.from({ length }, (_, index) => (Math.floor(index / 8) % 2 === 0 ? -1 : 1));

test('16 pairs are enough to see that they depend on each other, 15 are not', () => {
  expect(dependence(runs(16))).toBeGreaterThan(4);
  expect(dependence(runs(15))).toBe(1);
});

test('independent values count almost one by one, and values that do not vary one by one', () => {
  expect(dependence(noise(1_000))).toBeLessThan(1.5);
  expect(dependence(Array.from({ length: 64 }, () => 3))).toBe(1);
});

test('values that keep nine tenths of the one before count as few', () => {
  let last = 0;
  const series = noise(2_000).map((value) => (last = 0.9 * last + value));
  // (1 + 0.9) / (1 - 0.9) = 19 in theory.
  expect(dependence(series)).toBeGreaterThan(10);
  expect(dependence(series)).toBeLessThan(40);
});
