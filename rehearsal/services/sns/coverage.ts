import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of SNS. */
export const snsCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::SNS::Topic': {
    acts: ['TopicName', 'Subscription'],
    ignores: { FifoTopic: 'messages are delivered as by a standard topic' },
  },
  'AWS::SNS::Subscription': {
    acts: ['TopicArn', 'Protocol', 'Endpoint', 'RawMessageDelivery'],
    ignores: { FilterPolicy: 'every message is delivered', RedrivePolicy: 'failed messages are not kept' },
  },
  'AWS::SNS::TopicPolicy': {
    acts: ['PolicyDocument', 'Topics'],
  },
};
