import { AwsError } from '../../core/service';

/** The samples of one period: exact sums, and a distribution whose values are grouped within half a percent. */
export interface Bucket {
  sampleCount: number;
  sum: number;
  minimum: number;
  maximum: number;
  readonly unit: string | undefined;
  /** Group -> count and sum; a group that holds one distinct value returns it exactly. */
  readonly groups: Map<number, { count: number; sum: number }>;
  /** False once a statistic set came in: CloudWatch has no percentiles then. */
  distributed: boolean;
}

export interface StatisticSet {
  readonly SampleCount: number;
  readonly Sum: number;
  readonly Minimum: number;
  readonly Maximum: number;
}

const GROUP_WIDTH = Math.log(1.005);

export function newBucket(unit: string | undefined): Bucket {
  return { sampleCount: 0, sum: 0, minimum: Infinity, maximum: -Infinity, unit, groups: new Map(), distributed: true };
}

export function addSample(bucket: Bucket, value: number, count: number): void {
  if (!Number.isFinite(value) || !(count >= 0))
    throw new AwsError('InvalidParameterValue', `The value ${value} with count ${count} is not a finite number.`);
  if (count === 0) return;
  addTotals(bucket, { SampleCount: count, Sum: value * count, Minimum: value, Maximum: value });
  const group = bucket.groups.get(groupOf(value)) ?? { count: 0, sum: 0 };
  bucket.groups.set(groupOf(value), { count: group.count + count, sum: group.sum + value * count });
}

/**
 * Percentiles need the raw values, or a set of one sample or of equal values.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function addStatisticSet(bucket: Bucket, set: StatisticSet): void {
  if (set.SampleCount === 1 || set.Minimum === set.Maximum) return addSample(bucket, set.Minimum, set.SampleCount);
  addTotals(bucket, set);
  bucket.distributed = false;
}

export function mergeBuckets(buckets: readonly Bucket[]): Bucket {
  const merged = newBucket(buckets[0]?.unit);
  for (const bucket of buckets) {
    addTotals(merged, {
      SampleCount: bucket.sampleCount,
      Sum: bucket.sum,
      Minimum: bucket.minimum,
      Maximum: bucket.maximum,
    });
    merged.distributed &&= bucket.distributed;
    for (const [key, { count, sum }] of bucket.groups) {
      const group = merged.groups.get(key) ?? { count: 0, sum: 0 };
      merged.groups.set(key, { count: group.count + count, sum: group.sum + sum });
    }
  }
  return merged;
}

/**
 * `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a percentile `p0` to `p100`.
 * @returns undefined when the bucket cannot say it
 * @throws AwsError InvalidParameterValue for another statistic
 */
export function statisticOf(bucket: Bucket, statistic: string): number | undefined {
  const simple: Readonly<Record<string, () => number>> = {
    Sum: () => bucket.sum,
    Average: () => bucket.sum / bucket.sampleCount,
    Minimum: () => bucket.minimum,
    Maximum: () => bucket.maximum,
    SampleCount: () => bucket.sampleCount,
  };
  if (bucket.sampleCount === 0) return undefined;
  return simple[statistic]?.() ?? percentileOf(bucket, percentOf(statistic));
}

/** @throws AwsError InvalidParameterValue when CloudWatch, or this rehearsal, has no such statistic */
export function requireStatistic(statistic: string): void {
  statisticOf(newBucketOfOne(), statistic);
}

function newBucketOfOne(): Bucket {
  const bucket = newBucket(undefined);
  addSample(bucket, 1, 1);
  return bucket;
}

function percentOf(statistic: string): number {
  const percent = Number(/^p(\d{1,3}(?:\.\d+)?)$/.exec(statistic)?.[1] ?? NaN);
  if (percent >= 0 && percent <= 100) return percent;
  throw new AwsError(
    'InvalidParameterValue',
    `The value ${statistic} for parameter Stat is not supported: SampleCount, Average, Sum, Minimum, Maximum or p0 to p100.`,
  );
}

/** By nearest rank. */
function percentileOf(bucket: Bucket, percent: number): number | undefined {
  if (!bucket.distributed) return undefined;
  const rank = Math.max(1, Math.ceil((percent / 100) * bucket.sampleCount));
  const groups = [...bucket.groups].sort(([a], [b]) => a - b).map(([, group]) => group);
  let total = 0;
  for (const { count, sum } of groups) {
    total += count;
    if (total >= rank) return sum / count;
  }
  return bucket.maximum;
}

/** Grows with the value, so that groups sort as their values do. */
function groupOf(value: number): number {
  return value === 0 ? 0 : Math.sign(value) * (1e6 + Math.round(Math.log(Math.abs(value)) / GROUP_WIDTH));
}

function addTotals(bucket: Bucket, set: StatisticSet): void {
  bucket.sampleCount += set.SampleCount;
  bucket.sum += set.Sum;
  bucket.minimum = Math.min(bucket.minimum, set.Minimum);
  bucket.maximum = Math.max(bucket.maximum, set.Maximum);
}
