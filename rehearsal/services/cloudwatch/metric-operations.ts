import { AwsError, type Call, type Operation, type Operations, type World } from '../../core/service';
import { returnsData } from './alarms';
import { evaluateQuery, type MetricDataQuery } from './metric-math';
import { type Datum, type Dimension, type Grid, keyOf, type MetricName, verifyDatum } from './metric-store';
import type { CloudWatchState } from './state';
import { requireStatistic, statisticOf } from './statistics';
import { millisOf, wireTime, type WireTime } from './times';

interface PutMetricDataInput {
  readonly Namespace: string;
  readonly MetricData?: readonly (Omit<Datum, 'Namespace' | 'atMs'> & { readonly Timestamp?: WireTime })[];
}

interface GetMetricDataInput {
  readonly MetricDataQueries: readonly MetricDataQuery[];
  readonly StartTime: WireTime;
  readonly EndTime: WireTime;
  readonly ScanBy?: 'TimestampDescending' | 'TimestampAscending';
}

interface GetMetricStatisticsInput extends MetricName {
  readonly StartTime: WireTime;
  readonly EndTime: WireTime;
  readonly Period: number;
  readonly Statistics?: readonly string[];
  readonly ExtendedStatistics?: readonly string[];
  readonly Unit?: string;
}

interface ListMetricsInput {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value?: string }[];
}

/** How many datapoints a request may have: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const DATAPOINTS_MAX = { GetMetricData: 100_800, GetMetricStatistics: 1_440 };

export function metricOperations(world: World, state: CloudWatchState): Operations {
  return {
    PutMetricData: putMetricData(world, state),
    GetMetricData: { ownPages: true, handle: (input: GetMetricDataInput) => getMetricData(state, input) },
    GetMetricStatistics: { handle: (input: GetMetricStatisticsInput) => getMetricStatistics(state, input) },
    ListMetrics: { handle: (input: ListMetricsInput) => listMetrics(state, input) },
  };
}

function putMetricData(world: World, state: CloudWatchState): Operation<PutMetricDataInput> {
  return {
    context: (input) => ({ 'cloudwatch:namespace': input.Namespace }),
    handle: (input, call) => {
      requireNamespace(input.Namespace, call);
      input.MetricData?.forEach((datum, index) => verifyDatum(datum, index + 1));
      for (const { Timestamp, ...datum } of input.MetricData ?? []) {
        const atMs = Timestamp === undefined ? world.clock.now() : millisOf(Timestamp, 'Timestamp');
        state.metrics.put({ ...datum, Namespace: input.Namespace, atMs });
      }
      return {};
    },
  };
}

/** "You cannot specify a namespace that begins with AWS/": those are for AWS services. */
function requireNamespace(namespace: string | undefined, call: Call): void {
  if (!namespace) throw new AwsError('MissingParameter', 'The parameter Namespace is required.');
  if (namespace.startsWith('AWS/') && call.principal.kind !== 'internal')
    throw new AwsError('InvalidParameterValue', `The value ${namespace} for parameter Namespace is invalid.`);
}

function getMetricData(state: CloudWatchState, input: GetMetricDataInput) {
  const queries = input.MetricDataQueries;
  const periods = queries.map((query) => query.MetricStat?.Period ?? query.Period ?? 0);
  const common = Math.max(60, ...periods);
  const hasExpression = queries.some((query) => query.Expression !== undefined);
  const results = queries.filter(returnsData).map((query) => {
    const period = hasExpression ? common : (query.MetricStat?.Period ?? common);
    const grid = gridOf(input, period, DATAPOINTS_MAX.GetMetricData);
    const messages: Message[] = [];
    const points = evaluateQuery(query.Id, queries, grid, (stat, on) => {
      const units = stat.Unit === undefined ? state.metrics.units(stat.Metric, on) : [stat.Unit];
      if (units.length > 1) messages.push(multipleUnits(units));
      return state.metrics.read({ ...stat, Unit: units[0] }, on);
    });
    const result = { ...query, Label: query.Label ?? labelOf(query, queries) };
    return {
      ...resultOf(result, grid, points, input.ScanBy !== 'TimestampAscending'),
      ...(messages.length > 0 && { Messages: messages }),
    };
  });
  return { MetricDataResults: results, Messages: [] };
}

interface Message {
  readonly Code: string;
  readonly Value: string;
}

/** Only data of the first unit is in the values: recorded on AWS. */
const multipleUnits = (units: readonly string[]): Message => ({
  Code: 'MultipleUnits',
  Value: `Multiple units returned: '[${units.join(', ')}]'`,
});

/** "Whenever values differ for a statistic type or period, that value is added to the label": recorded on AWS. */
function labelOf({ MetricStat: stat, Id }: MetricDataQuery, queries: readonly MetricDataQuery[]): string {
  if (!stat) return Id;
  const stats = queries.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat] : []));
  const differ = (name: 'Stat' | 'Period') => new Set(stats.map((one) => one[name])).size > 1;
  const isOne = new Set(stats.map(({ Metric }) => keyOf(Metric))).size === 1;
  const added = (['Stat', 'Period'] as const).filter((name) => isOne && differ(name)).map((name) => stat[name]);
  return [stat.Metric.MetricName, ...added].join(' ');
}

function resultOf(query: MetricDataQuery, grid: Grid, points: readonly (number | undefined)[], descending: boolean) {
  const known = points.flatMap((value, index) =>
    value === undefined ? [] : [{ time: wireTime(grid.startMs + index * grid.periodMs), value }],
  );
  if (descending) known.reverse();
  return {
    Id: query.Id,
    Label: query.Label,
    Timestamps: known.map((point) => point.time),
    Values: known.map((point) => point.value),
    StatusCode: 'Complete',
  };
}

function getMetricStatistics(state: CloudWatchState, input: GetMetricStatisticsInput) {
  const { Statistics = [], ExtendedStatistics = [] } = input;
  if (Statistics.length + ExtendedStatistics.length === 0)
    throw new AwsError('MissingParameter', 'One of the parameters Statistics and ExtendedStatistics is required.');
  [...Statistics, ...ExtendedStatistics].forEach(requireStatistic);
  const grid = gridOf(input, input.Period, DATAPOINTS_MAX.GetMetricStatistics);
  const Datapoints = Array.from({ length: grid.length }, (_, index) => grid.startMs + index * grid.periodMs).flatMap(
    (atMs) => {
      const found = state.metrics.buckets(input, atMs, grid.periodMs);
      return found
        .filter(({ unit }) => input.Unit === undefined || unit === input.Unit)
        .map((bucket) => {
          const pick = (names: readonly string[]) =>
            Object.fromEntries(names.map((name) => [name, statisticOf(bucket, name)]));
          const extended = ExtendedStatistics.length > 0 ? { ExtendedStatistics: pick(ExtendedStatistics) } : {};
          return { Timestamp: wireTime(atMs), Unit: bucket.unit, ...pick(Statistics), ...extended };
        });
    },
  );
  return { Label: input.MetricName, Datapoints };
}

/** Of high resolution: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html */
const PERIODS_OF_SECONDS = [1, 5, 10, 20, 30];

interface Range {
  readonly StartTime: WireTime;
  readonly EndTime: WireTime;
}

/** Whole periods from the one that holds StartTime up to EndTime. The sentences are as recorded. */
function gridOf(range: Range, periodSeconds: number, datapointsMax: number): Grid {
  const [fromMs, toMs] = [millisOf(range.StartTime, 'StartTime'), millisOf(range.EndTime, 'EndTime')];
  if (fromMs >= toMs)
    throw new AwsError('InvalidParameterValue', 'The parameter StartTime must be less than the parameter EndTime.');
  const periodMs = periodSeconds * 1000;
  const count = Math.ceil((toMs - fromMs) / periodMs);
  if (count > datapointsMax) {
    const wish = 'You may reduce the datapoints requested by increasing Period, or decreasing the time range.';
    const rule = `You have requested up to ${count} datapoints, which exceeds the limit of ${datapointsMax}. ${wish}`;
    throw new AwsError('InvalidParameterCombination', rule);
  }
  if (periodSeconds % 60 !== 0 && !PERIODS_OF_SECONDS.includes(periodSeconds)) {
    const rule = `The parameter Period must be a multiple of 60, found ${periodSeconds}.`;
    throw new AwsError('InvalidParameterValue', rule);
  }
  const startMs = Math.floor(fromMs / periodMs) * periodMs;
  return { startMs, periodMs, length: Math.ceil((toMs - startMs) / periodMs) };
}

function listMetrics(state: CloudWatchState, input: ListMetricsInput) {
  const wanted = (name: MetricName) =>
    (input.Namespace === undefined || name.Namespace === input.Namespace) &&
    (input.MetricName === undefined || name.MetricName === input.MetricName) &&
    (input.Dimensions ?? []).every((filter) => (name.Dimensions ?? []).some((dimension) => matches(dimension, filter)));
  const Metrics = state.metrics.list().filter(wanted);
  return { Metrics: [...Metrics].sort((a, b) => keyOf(a).localeCompare(keyOf(b))), OwningAccounts: [] };
}

function matches(dimension: Dimension, filter: { readonly Name: string; readonly Value?: string }): boolean {
  return dimension.Name === filter.Name && (filter.Value === undefined || dimension.Value === filter.Value);
}
