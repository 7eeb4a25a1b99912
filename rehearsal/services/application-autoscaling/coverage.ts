import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of Application Auto Scaling. */
export const autoscalingCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    acts: ['ServiceNamespace', 'ResourceId', 'ScalableDimension', 'MinCapacity', 'MaxCapacity'],
    ignores: { ScheduledActions: 'nothing scales on a schedule', SuspendedState: 'nothing scales by itself anyway' },
  },
};
