import { RecentTimes } from '../../../../smoke/comparison/statistics/times';

/** As the definition says it: all values kept in a list, the last ones sorted. */
function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted.find((_, at) => (at + 1) / sorted.length >= p - 1e-12) ?? NaN;
}

test('of the same times the quantiles are those that their definition gives, however many have passed', () => {
  const recent = new RecentTimes(40);
  const all: number[] = [];
  expect(recent.quantiles(0.5)).toEqual([NaN]);
  for (let index = 0; index < 500; index++) {
    const value = index % 17 === 0 ? 5 : ((index * 7_919) % 1_009) / 10;
    recent.add(value);
    all.push(value);
    const last = all.slice(-40);
    expect(recent.size).toBe(last.length);
    expect(recent.quantiles(0.5, 0.75, 0.9, 0.95, 0.99)).toEqual(
      [0.5, 0.75, 0.9, 0.95, 0.99].map((p) => quantile(last, p)),
    );
  }
});
