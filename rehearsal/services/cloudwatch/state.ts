import type { Dimension } from './metric-store';
import { MetricStore } from './metric-store';
import type { MetricDataQuery } from './metric-math';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type TreatMissingData = 'missing' | 'notBreaching' | 'breaching' | 'ignore';
export type ComparisonOperator =
  'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold' | 'LessThanOrEqualToThreshold';

interface AlarmBase {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly ActionsEnabled?: boolean;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
  readonly InsufficientDataActions?: readonly string[];
}

/** PutMetricAlarm's input, which is also AWS::CloudWatch::Alarm's properties. Period in seconds. */
export interface MetricAlarm extends AlarmBase {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Period?: number;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Unit?: string;
  readonly Metrics?: readonly MetricDataQuery[];
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: ComparisonOperator;
  readonly TreatMissingData?: TreatMissingData;
}

export interface CompositeAlarm extends AlarmBase {
  readonly AlarmRule: string;
}

export interface HistoryItem {
  readonly atMs: number;
  readonly type: 'StateUpdate' | 'ConfigurationUpdate' | 'Action';
  readonly summary: string;
  readonly data: string;
}

/** An alarm as CloudWatch keeps it. */
export interface AlarmRecord<Configuration = MetricAlarm | CompositeAlarm> {
  readonly kind: 'MetricAlarm' | 'CompositeAlarm';
  readonly arn: string;
  configuration: Configuration;
  actionsEnabled: boolean;
  state: AlarmState;
  reason: string;
  reasonData: string | undefined;
  /** AWS time of the last update of the state and of the last transition, milliseconds since the epoch. */
  updatedAtMs: number;
  transitionedAtMs: number;
  configuredAtMs: number;
  /** End of the window for which SetAlarmState spoke: it holds until the next comparison. */
  heldForWindowEndMs?: number;
  readonly history: HistoryItem[];
}

export interface CloudWatchState {
  readonly metrics: MetricStore;
  readonly alarms: Map<string, AlarmRecord>;
  readonly dashboards: Map<string, string>;
}

export function newState(): CloudWatchState {
  return { metrics: new MetricStore(), alarms: new Map(), dashboards: new Map() };
}

export function isMetricAlarm(record: AlarmRecord): record is AlarmRecord<MetricAlarm> {
  return record.kind === 'MetricAlarm';
}

export function isCompositeAlarm(record: AlarmRecord): record is AlarmRecord<CompositeAlarm> {
  return record.kind === 'CompositeAlarm';
}
