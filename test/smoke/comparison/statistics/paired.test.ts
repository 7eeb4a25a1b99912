import { differenceOf, Pairs, scoreBelow, type Tally } from '../../../../smoke/comparison/statistics/paired';

function pairsOf(greenWorse: number, blueWorse: number, alike: number): Pairs {
  const pairs = new Pairs();
  const add = (tally: Tally, times: number) => Array.from({ length: times }, () => pairs.add(tally));
  add(1, greenWorse);
  add(-1, blueWorse);
  add(0, alike);
  return pairs;
}

test('the difference is the share of pairs in which green is worse, less that of blue, within its bounds', () => {
  const { value, low, high } = differenceOf(pairsOf(12, 2, 86), 1.96);
  expect(value).toBeCloseTo(0.1, 10);
  expect(low).toBeGreaterThan(0.02);
  expect(low).toBeLessThan(0.04);
  expect(high).toBeGreaterThan(0.16);
  expect(high).toBeLessThan(0.19);
});

test('the bounds are where the score is as many deviations away', () => {
  const pairs = pairsOf(7, 5, 188);
  const { low, high } = differenceOf(pairs, 1.96);
  expect(scoreBelow(high, pairs)).toBeCloseTo(1.96, 5);
  expect(scoreBelow(-low, pairsOf(5, 7, 188))).toBeCloseTo(1.96, 5);
});

test('sides that swap their roles swap the difference', () => {
  const one = differenceOf(pairsOf(9, 4, 50), 1.5);
  const other = differenceOf(pairsOf(4, 9, 50), 1.5);
  expect(other.value).toBeCloseTo(-one.value, 10);
  expect(other.low).toBeCloseTo(-one.high, 10);
  expect(other.high).toBeCloseTo(-one.low, 10);
});

test('no pairs say nothing', () => {
  expect(differenceOf(new Pairs(), 1.96)).toEqual({ value: 0, low: -1, high: 1 });
});
