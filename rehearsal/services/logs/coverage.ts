import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of CloudWatch Logs. */
export const logsCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::Logs::LogGroup': {
    acts: ['LogGroupName', 'RetentionInDays'],
  },
  'AWS::Logs::LogStream': {
    acts: ['LogGroupName', 'LogStreamName'],
  },
  'AWS::Logs::MetricFilter': {
    acts: ['FilterName', 'FilterPattern', 'LogGroupName', 'MetricTransformations'],
  },
};
