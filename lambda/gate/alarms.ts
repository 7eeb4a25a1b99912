import { shorten } from '../../common/text';
import type { AlarmPhase, AlarmResult, InsufficientData } from './types';

/** What a DescribeAlarms says of one alarm, metric or composite. */
export interface DescribedAlarm {
  readonly name: string;
  readonly state: string;
  readonly reason?: string;
  readonly since?: Date;
}

/**
 * One result a name. INSUFFICIENT_DATA passes unless told otherwise: green has had no traffic before its gate, so its
 * rates have no data yet; CodeDeploy and the shift's alarms judge the traffic itself. A missing alarm fails: nothing
 * would stop the release.
 */
export function judgeAlarms(
  names: readonly string[],
  described: readonly DescribedAlarm[],
  insufficientData: InsufficientData = 'pass',
  seen?: AlarmPhase,
): AlarmResult[] {
  const byName = new Map(described.map((alarm) => [alarm.name, alarm]));
  const phase = seen && { seen };
  return names.map((name) => {
    const alarm = byName.get(name);
    if (!alarm) return { name, outcome: 'failed', state: 'MISSING', ...phase };
    const state = stateOf(alarm.state);
    const fails = state === 'ALARM' || (state === 'INSUFFICIENT_DATA' && insufficientData === 'fail');
    return {
      name,
      outcome: fails ? 'failed' : 'passed',
      state,
      since: alarm.since?.toISOString(),
      reason: alarm.reason && shorten(alarm.reason, 500),
      ...phase,
    };
  });
}

/** Of two readings of the same alarms each alarm's worse one; the earlier one where both are as bad. */
export function worse(earlier: readonly AlarmResult[], later: readonly AlarmResult[]): AlarmResult[] {
  const byName = new Map(earlier.map((alarm) => [alarm.name, alarm]));
  return later.map((alarm) => {
    const before = byName.get(alarm.name);
    // What is quiet still is told by its newest reading.
    if (!before || (before.outcome === 'passed' && alarm.outcome === 'passed')) return alarm;
    return before.outcome === 'failed' ? before : alarm;
  });
}

/** A state that CloudWatch adds one day is no reason to ship: it counts as ALARM. */
function stateOf(state: string): AlarmResult['state'] {
  return state === 'OK' || state === 'INSUFFICIENT_DATA' ? state : 'ALARM';
}
