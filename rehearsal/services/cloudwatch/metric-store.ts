import { AwsError } from '../../core/service';
import { addSample, addStatisticSet, type Bucket, mergeBuckets, newBucket, statisticOf } from './statistics';

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

export interface MetricName {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly Dimension[];
}

/** What of a metric to read: the shape of CloudWatch's MetricStat, period in seconds. */
export interface MetricStat {
  readonly Metric: MetricName;
  readonly Period: number;
  readonly Stat: string;
  /** Only data with this unit. */
  readonly Unit?: string;
}

/** Consecutive periods, the first beginning at `startMs`. */
export interface Grid {
  readonly startMs: number;
  readonly periodMs: number;
  readonly length: number;
}

/** One value a period of a grid; `undefined` where CloudWatch has no datapoint. */
export type Points = readonly (number | undefined)[];

export interface Datum extends MetricName {
  readonly atMs: number;
  readonly Unit?: string;
  readonly Value?: number;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
  readonly StatisticValues?: {
    readonly SampleCount: number;
    readonly Sum: number;
    readonly Minimum: number;
    readonly Maximum: number;
  };
}

interface Metric {
  readonly name: MetricName;
  /** Begin of the minute -> its samples by their unit, oldest first. */
  readonly buckets: Map<number, Map<string, Bucket>>;
}

const NO_UNIT = 'None';
const MINUTE_MS = 60_000;
/** A day of minutes: more than the evaluation range of any alarm here, and a bound on a long-running rehearsal's memory. */
const BUCKETS_MAX = 1440;

/** Metrics in one-minute buckets, the finest that standard resolution keeps. */
export class MetricStore {
  private readonly metrics = new Map<string, Metric>();

  /** @throws AwsError InvalidParameterCombination when the datum has no value */
  put(datum: Datum): void {
    const metric = this.metricOf(datum);
    const minute = Math.floor(datum.atMs / MINUTE_MS) * MINUTE_MS;
    const units = metric.buckets.get(minute) ?? new Map<string, Bucket>();
    const unit = datum.Unit ?? NO_UNIT;
    const bucket = units.get(unit) ?? newBucket(unit);
    addDatum(bucket, datum);
    metric.buckets.set(minute, units.set(unit, bucket));
    forgetOldest(metric.buckets);
  }

  /** The statistic for each period of the grid, of data with the unit or with any. */
  read(stat: MetricStat, grid: Grid): Points {
    return Array.from({ length: grid.length }, (_, index) => {
      const all = this.buckets(stat.Metric, grid.startMs + index * grid.periodMs, grid.periodMs);
      const found = all.filter(({ unit }) => stat.Unit === undefined || unit === stat.Unit);
      return found.length === 0 ? undefined : statisticOf(mergeBuckets(found), stat.Stat);
    });
  }

  /** All samples of one period, one bucket for each unit. */
  buckets(name: MetricName, startMs: number, periodMs: number): readonly Bucket[] {
    const metric = this.metrics.get(keyOf(name));
    return metric ? bucketsOf(metric, startMs, periodMs) : [];
  }

  /** The units of the data in a grid, in CloudWatch's order. */
  units(name: MetricName, grid: Grid): readonly string[] {
    const starts = Array.from({ length: grid.length }, (_, index) => grid.startMs + index * grid.periodMs);
    const found = starts.flatMap((atMs) => this.buckets(name, atMs, grid.periodMs).map(({ unit }) => unit ?? NO_UNIT));
    const rank = (unit: string) => (unit === NO_UNIT ? 1 : 0);
    return [...new Set(found)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  }

  list(): readonly MetricName[] {
    return [...this.metrics.values()].map((metric) => metric.name);
  }

  private metricOf({ Namespace, MetricName, Dimensions }: MetricName): Metric {
    const name = { Namespace, MetricName, Dimensions: Dimensions ?? [] };
    const key = keyOf(name);
    const known = this.metrics.get(key) ?? { name, buckets: new Map<number, Map<string, Bucket>>() };
    this.metrics.set(key, known);
    return known;
  }
}

/** A period below a minute has the data of the minute that it begins. */
function bucketsOf(metric: Metric, startMs: number, periodMs: number): readonly Bucket[] {
  const minutes = Array.from({ length: Math.max(1, periodMs / MINUTE_MS) }, (_, index) => startMs + index * MINUTE_MS);
  const found = minutes.flatMap((minute) => [...(metric.buckets.get(minute)?.values() ?? [])]);
  const units = new Set(found.map(({ unit }) => unit));
  return [...units].map((unit) => mergeBuckets(found.filter((bucket) => bucket.unit === unit)));
}

/** The same metric whatever the order of its dimensions. */
export function keyOf(name: MetricName): string {
  const dimensions = [...(name.Dimensions ?? [])].map(({ Name, Value }) => [Name, Value]).sort();
  return JSON.stringify([name.Namespace, name.MetricName, dimensions]);
}

/**
 * Exactly one of Value, Values and StatisticValues; the sentences are as recorded.
 * @param place of the datum in the request: 1, 2, ...
 * @throws AwsError InvalidParameterCombination, InvalidParameterValue, MissingParameter
 */
export function verifyDatum(
  datum: Pick<Datum, 'Value' | 'Values' | 'Counts' | 'StatisticValues'>,
  place: number,
): void {
  const at = (name: string) => `MetricData.member.${place}.${name}`;
  const given = (['Value', 'StatisticValues', 'Values'] as const).filter((name) => datum[name] !== undefined);
  const [first, second] = given;
  if (first === undefined) {
    const names = ['Value', 'Values', 'StatisticValues'].map(at).join(', ');
    throw new AwsError('MissingParameter', `At least one of the parameters must be specified: ${names}.`);
  }
  if (second !== undefined) {
    const rule = `The parameters ${at(first)} and ${at(second)} are mutually exclusive and you have specified both.`;
    throw new AwsError('InvalidParameterCombination', rule);
  }
  if (datum.Values && datum.Counts && datum.Counts.length !== datum.Values.length) {
    const rule = `The parameters ${at('Values')} and ${at('Counts')} must be of the same size.`;
    throw new AwsError('InvalidParameterValue', rule);
  }
}

function addDatum(bucket: Bucket, datum: Datum): void {
  if (datum.StatisticValues) return addStatisticSet(bucket, datum.StatisticValues);
  const values = datum.Values ?? [datum.Value as number];
  values.forEach((value, index) => addSample(bucket, value, datum.Counts?.[index] ?? 1));
}

function forgetOldest(buckets: Map<number, unknown>): void {
  if (buckets.size <= BUCKETS_MAX) return;
  buckets.delete(Math.min(...buckets.keys()));
}
