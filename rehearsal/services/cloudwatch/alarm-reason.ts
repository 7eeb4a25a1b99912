import { type Assessment, breaches, datapointsToAlarm, type KnownDatapoint } from './alarm-evaluation';
import type { ComparisonOperator, MetricAlarm } from './state';

const PHRASES: Readonly<Record<ComparisonOperator, string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/**
 * CloudWatch's own sentence for a metric alarm's state, as its events and notifications carry it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function reasonOf(alarm: MetricAlarm, assessment: Assessment): string {
  if (assessment.state === 'INSUFFICIENT_DATA') return insufficient(alarm.EvaluationPeriods);
  if (assessment.filled > 0) return filled(alarm, assessment);
  return crossed(alarm, assessment);
}

/** The same facts as JSON, times in CloudWatch's own format. */
export function reasonDataOf(alarm: MetricAlarm, assessment: Assessment, queriedAtMs: number): string {
  const first = assessment.evaluated[0];
  const statistic = alarm.Statistic ?? alarm.ExtendedStatistic;
  return JSON.stringify({
    version: '1.0',
    queryDate: timestamp(queriedAtMs),
    ...(first && { startDate: timestamp(first.atMs) }),
    ...(statistic && { statistic }),
    period: periodOf(alarm),
    recentDatapoints: assessment.evaluated.map((point) => point.value),
    threshold: alarm.Threshold,
    evaluatedDatapoints: [...assessment.evaluated]
      .reverse()
      .map((point) => ({ timestamp: timestamp(point.atMs), value: point.value })),
  });
}

/** Seconds: the alarm's own, or that of the metrics in its expressions. */
export function periodOf(alarm: MetricAlarm): number {
  const periods = (alarm.Metrics ?? []).map((query) => query.MetricStat?.Period ?? query.Period ?? 0);
  return alarm.Period ?? (Math.max(0, ...periods) || 60);
}

/** `2026-01-01T00:00:00.000+0000`. */
export function timestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+0000');
}

function crossed(alarm: MetricAlarm, { evaluated, state }: Assessment): string {
  const alarming = state === 'ALARM';
  const deciding = evaluated.filter((point) => breaches(alarm, point.value) === alarming);
  const values = [...deciding].reverse().map(describe).join(', ');
  const verb = `${deciding.length === 1 ? 'was' : 'were'}${alarming ? '' : ' not'}`;
  const comparison = `${verb} ${PHRASES[alarm.ComparisonOperator]} the threshold (${decimal(alarm.Threshold)})`;
  if (alarm.DatapointsToAlarm === undefined)
    return `Threshold Crossed: ${plural(deciding.length, 'datapoint')} [${values}] ${comparison}.`;
  const needed = alarming ? datapointsToAlarm(alarm) : alarm.EvaluationPeriods - datapointsToAlarm(alarm) + 1;
  const transition = alarming ? 'OK -> ALARM' : 'ALARM -> OK';
  return (
    `Threshold Crossed: ${deciding.length} out of the last ${plural(alarm.EvaluationPeriods, 'datapoint', true)} ` +
    `[${values}] ${comparison} (minimum ${plural(needed, 'datapoint')} for ${transition} transition).`
  );
}

function filled(alarm: MetricAlarm, { evaluated, filled }: Assessment): string {
  const treatment = alarm.TreatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
  const periods = plural(alarm.EvaluationPeriods, 'period');
  const treated = `${plural(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as [${treatment}]`;
  if (evaluated.length === 0) return `Threshold Crossed: no datapoints were received for ${periods} and ${treated}.`;
  const received = `${plural(evaluated.length, 'datapoint')} ${evaluated.length === 1 ? 'was' : 'were'} received`;
  return `Threshold Crossed: ${received} for ${periods} and ${treated}.`;
}

function insufficient(periods: number): string {
  return `Insufficient Data: ${plural(periods, 'datapoint')} ${periods === 1 ? 'was' : 'were'} unknown.`;
}

/** `41.2 (01/01/26 00:05:00)`. */
function describe(point: KnownDatapoint): string {
  const [year, month, day] = new Date(point.atMs).toISOString().slice(2, 10).split('-');
  return `${decimal(point.value)} (${day}/${month}/${year} ${new Date(point.atMs).toISOString().slice(11, 19)})`;
}

/** CloudWatch writes a whole number as `5.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function plural(count: number, noun: string, always = false): string {
  return `${count} ${noun}${count === 1 && !always ? '' : 's'}`;
}
