import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of EventBridge. */
export const eventsCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::Events::Rule': {
    acts: ['Name', 'EventPattern', 'State', 'Targets'],
    ignores: { ScheduleExpression: 'nothing runs on a schedule', EventBusName: 'there is one event bus' },
  },
};
