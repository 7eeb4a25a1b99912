import type { Clock } from '../../core/clock';
import type { EventLog } from '../../core/events';
import type { PlannedRelease } from '../plan/plan';

/** AWS time. The alarms of a service that is well again are quiet within minutes. */
const QUIET_MS_MAX = 15 * 60_000;
const POLL_MS = 5_000;

export interface QuietOptions {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly events: Pick<EventLog, 'record'>;
  /** Names of the alarms in ALARM now. */
  readonly firing: () => Promise<readonly string[]>;
  readonly signal: AbortSignal;
}

/**
 * Waits until no alarm fires, as a team would before its next release: a release that starts while one does is refused.
 * A release whose plan says `whileAlarmsFire` does not wait, and none waits longer than 15 minutes of AWS time.
 */
export async function untilQuiet(
  planned: Pick<PlannedRelease, 'name' | 'whileAlarmsFire'>,
  { clock, events, firing, signal }: QuietOptions,
): Promise<void> {
  const sinceMs = clock.now();
  let names = planned.whileAlarmsFire ? [] : await firing();
  if (names.length === 0) return;
  events.record('rehearsal', 'waiting', `${planned.name} waits until ${names.join(', ')} is quiet again`, {
    alarms: names,
  });
  while (names.length > 0 && clock.now() - sinceMs < QUIET_MS_MAX) {
    await clock.sleep(POLL_MS, signal);
    names = await firing();
  }
  if (names.length === 0) return;
  const detail = `${planned.name} begins although ${names.join(', ')} still fires after 15 minutes`;
  events.record('rehearsal', 'alarms', detail, { alarms: names });
}
