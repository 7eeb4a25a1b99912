import {
  addSample,
  addStatisticSet,
  mergeBuckets,
  newBucket,
  requireStatistic,
  statisticOf,
} from '../../../../rehearsal/services/cloudwatch/statistics';

function bucketOf(...values: number[]) {
  const bucket = newBucket('Milliseconds');
  for (const value of values) addSample(bucket, value, 1);
  return bucket;
}
const hundred = bucketOf(...Array.from({ length: 100 }, (_, index) => (index + 1) * 100));

test.each([
  ['SampleCount', 100],
  ['Sum', 505_000],
  ['Average', 5_050],
  ['Minimum', 100],
  ['Maximum', 10_000],
])('%s of a period is exact: %i', (statistic, value) => expect(statisticOf(hundred, statistic)).toBe(value));

// By nearest rank; values are grouped within half a percent.
test.each([
  ['p0', 100],
  ['p1', 100],
  ['p50', 5_000],
  ['p90', 9_000],
  ['p99', 9_900],
  ['p99.9', 10_000],
  ['p100', 10_000],
])('%s of 100 values is the value at its rank, about %i', (statistic, value) => {
  expect(Math.abs((statisticOf(hundred, statistic) ?? 0) / value - 1)).toBeLessThan(0.005);
});

test('percentiles sort negative values, zero and positive ones', () => {
  const bucket = bucketOf(5, -10, 0, -1);
  expect(['p25', 'p50', 'p75', 'p100'].map((each) => statisticOf(bucket, each))).toEqual([-10, -1, 0, 5]);
});

test('a value with a count is as many samples, and a count of 0 is none', () => {
  const bucket = newBucket(undefined);
  addSample(bucket, 2, 3);
  addSample(bucket, 100, 0);
  addSample(bucket, 10, 1);
  expect(['SampleCount', 'Sum', 'Maximum', 'p75', 'p76'].map((each) => statisticOf(bucket, each))).toEqual([
    4, 16, 10, 2, 10,
  ]);
});

test.each([
  [NaN, 1],
  [Infinity, 1],
  [1, -1],
  [1, NaN],
])('a value of %s with count %s is refused', (value, count) => {
  expect(() => addSample(newBucket(undefined), value, count)).toThrow(/is not a finite number/);
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
test('a statistic set has percentiles only when it is one sample, or of equal values', () => {
  const one = newBucket(undefined);
  addStatisticSet(one, { SampleCount: 1, Sum: 7, Minimum: 7, Maximum: 7 });
  addStatisticSet(one, { SampleCount: 2, Sum: 18, Minimum: 9, Maximum: 9 });
  expect([statisticOf(one, 'p33'), statisticOf(one, 'p99')]).toEqual([7, 9]);
  const several = newBucket(undefined);
  addStatisticSet(several, { SampleCount: 3, Sum: 12, Minimum: 1, Maximum: 9 });
  expect(statisticOf(several, 'p50')).toBeUndefined();
  expect([statisticOf(several, 'Average'), statisticOf(several, 'Minimum')]).toEqual([4, 1]);
  expect(statisticOf(mergeBuckets([one, several]), 'p50')).toBeUndefined();
});

test('periods are merged as if all their samples had come in one', () => {
  const merged = mergeBuckets([bucketOf(1, 2), bucketOf(2, 30)]);
  expect(merged).toEqual(bucketOf(1, 2, 2, 30));
});

test('a period without samples has no statistic', () => {
  expect(statisticOf(newBucket(undefined), 'Sum')).toBeUndefined();
  expect(statisticOf(newBucket(undefined), 'p99')).toBeUndefined();
});

test.each(['p101', 'p', 'p-1', 'x99', 'p9x', 'tm99', 'sum', 'p1000'])('the statistic %s is refused', (statistic) => {
  expect(() => requireStatistic(statistic)).toThrow(/is not supported/);
});
