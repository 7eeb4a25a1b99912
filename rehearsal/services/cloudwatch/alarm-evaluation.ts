import type { AlarmState, ComparisonOperator, MetricAlarm } from './state';

/** One period of the evaluation range; `value` is missing where CloudWatch has no datapoint. */
export interface Datapoint {
  readonly atMs: number;
  readonly value: number | undefined;
}

export type KnownDatapoint = Datapoint & { readonly value: number };

export interface Assessment {
  readonly state: AlarmState;
  /** The real datapoints behind the state, oldest first. */
  readonly evaluated: readonly KnownDatapoint[];
  /** How many missing periods were treated as `breaching` or `notBreaching`. */
  readonly filled: number;
}

export type Rule = Pick<
  MetricAlarm,
  'EvaluationPeriods' | 'DatapointsToAlarm' | 'Threshold' | 'ComparisonOperator' | 'TreatMissingData'
>;

const COMPARISONS: Readonly<Record<ComparisonOperator, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

export function isComparisonOperator(name: string): name is ComparisonOperator {
  return name in COMPARISONS;
}

/**
 * CloudWatch retrieves more datapoints than it evaluates. The page's examples retrieve 5 for 3 evaluation periods; how
 * many it is in other cases is not documented, so the same two more are taken.
 */
export function evaluationRange(evaluationPeriods: number): number {
  return evaluationPeriods + 2;
}

export function breaches(rule: Rule, value: number): boolean {
  return COMPARISONS[rule.ComparisonOperator](value, rule.Threshold);
}

/**
 * The state that the datapoints of the evaluation range (oldest first) call for.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function assess(rule: Rule, range: readonly Datapoint[], current: AlarmState): Assessment {
  const known = range.filter((point): point is KnownDatapoint => point.value !== undefined);
  const evaluated = known.slice(-rule.EvaluationPeriods);
  const missing = rule.EvaluationPeriods - evaluated.length;
  if (missing <= 0) return { state: decide(rule, countBreaching(rule, evaluated)), evaluated, filled: 0 };
  const treatment = rule.TreatMissingData;
  if (treatment === 'breaching' || treatment === 'notBreaching') {
    const counted = countBreaching(rule, evaluated) + (treatment === 'breaching' ? missing : 0);
    return { state: decide(rule, counted), evaluated, filled: missing };
  }
  return { state: withoutFilling(rule, range, evaluated, current), evaluated, filled: 0 };
}

/** `missing` and `ignore`: what the real datapoints can decide by themselves. */
function withoutFilling(
  rule: Rule,
  range: readonly Datapoint[],
  known: readonly KnownDatapoint[],
  current: AlarmState,
): AlarmState {
  const breaching = countBreaching(rule, known);
  const undecided = rule.TreatMissingData === 'ignore' ? current : 'INSUFFICIENT_DATA';
  if (breaching >= datapointsToAlarm(rule)) return 'ALARM';
  if (breaching < known.length) return 'OK';
  if (known.length === 0) return undecided;
  return isOldEnough(rule, range) && rule.TreatMissingData !== 'ignore' ? 'ALARM' : undecided;
}

/**
 * "alarms are designed to always go into ALARM state when the oldest available breaching datapoint ... is at least as
 * old as the value of Datapoints to Alarm, and all other more recent data points are breaching or missing".
 */
function isOldEnough(rule: Rule, range: readonly Datapoint[]): boolean {
  const oldest = range.findIndex((point) => point.value !== undefined && breaches(rule, point.value));
  return range.length - oldest >= datapointsToAlarm(rule);
}

function decide(rule: Rule, breaching: number): AlarmState {
  return breaching >= datapointsToAlarm(rule) ? 'ALARM' : 'OK';
}

function countBreaching(rule: Rule, points: readonly KnownDatapoint[]): number {
  return points.filter((point) => breaches(rule, point.value)).length;
}

export function datapointsToAlarm(rule: Rule): number {
  return rule.DatapointsToAlarm ?? rule.EvaluationPeriods;
}
