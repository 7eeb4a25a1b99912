import { shorten } from '../shared/text';
import type { AlarmResult } from './contract';

/** What a DescribeAlarms says of one alarm, metric or composite. */
export interface DescribedAlarm {
  readonly name: string;
  readonly state: string;
  readonly reason?: string;
  readonly since?: Date;
}

/**
 * One result a name. INSUFFICIENT_DATA passes: green has had no traffic before its gate, so its rates have no data yet;
 * CodeDeploy and the shift's alarms judge the traffic itself. A missing alarm fails: nothing would stop the release.
 */
export function judgeAlarms(names: readonly string[], described: readonly DescribedAlarm[]): AlarmResult[] {
  const byName = new Map(described.map((alarm) => [alarm.name, alarm]));
  return names.map((name) => {
    const alarm = byName.get(name);
    if (!alarm) return { name, outcome: 'failed', state: 'MISSING' };
    const state = stateOf(alarm.state);
    return {
      name,
      outcome: state === 'ALARM' ? 'failed' : 'passed',
      state,
      since: alarm.since?.toISOString(),
      reason: alarm.reason && shorten(alarm.reason, 500),
    };
  });
}

/** A state that CloudWatch adds one day is no reason to ship: it counts as ALARM. */
function stateOf(state: string): AlarmResult['state'] {
  return state === 'OK' || state === 'INSUFFICIENT_DATA' ? state : 'ALARM';
}
