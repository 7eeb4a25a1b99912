import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of CloudWatch. */
export const cloudWatchCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::CloudWatch::Alarm': {
    acts: [
      'AlarmName',
      'MetricName',
      'Namespace',
      'Dimensions',
      'Period',
      'Statistic',
      'ExtendedStatistic',
      'Unit',
      'Metrics',
      'Threshold',
      'ComparisonOperator',
      'EvaluationPeriods',
      'DatapointsToAlarm',
      'TreatMissingData',
      'AlarmActions',
      'OKActions',
      'InsufficientDataActions',
      'ActionsEnabled',
    ],
    ignores: {
      EvaluateLowSampleCountPercentile: 'percentiles of few samples are evaluated like others',
      ThresholdMetricId: 'anomaly detection is not modelled',
    },
  },
  'AWS::CloudWatch::CompositeAlarm': {
    acts: ['AlarmName', 'AlarmRule', 'AlarmActions', 'OKActions', 'InsufficientDataActions', 'ActionsEnabled'],
    ignores: {
      ActionsSuppressor: 'no action is suppressed',
      ActionsSuppressorWaitPeriod: 'no action is suppressed',
      ActionsSuppressorExtensionPeriod: 'no action is suppressed',
    },
  },
  'AWS::CloudWatch::Dashboard': {
    acts: ['DashboardName', 'DashboardBody'],
  },
};
