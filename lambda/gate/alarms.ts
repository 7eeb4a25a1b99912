import { whileIamSettles } from '../../aws/calls';
import { describeError } from '../../common/errors';
import { sleep } from '../../common/retry';
import { shorten } from '../../common/text';
import { log } from '../shared/logger';
import type { DescribedAlarm } from './clients';
import type { GateRun } from './gate-run';
import type { AlarmPhase, AlarmResult, InsufficientData } from './types';

const READ_EVERY_MS = 10_000;

/** Reads the alarms once and keeps the worse of this and the earlier readings. Never throws. */
export async function checkAlarms(run: GateRun, phase: AlarmPhase): Promise<void> {
  const { evidence, signal } = run;
  const reading = await readAlarms(sourceOf(run), phase, signal);
  evidence.alarms = worse(evidence.alarms, reading.alarms);
  evidence.alarmsError = reading.alarmsError;
}

/** Does `work` with the alarms read before, during and after it. With an alarm that fires already, it is not begun. */
export async function underAlarms(run: GateRun, work: () => Promise<void>): Promise<void> {
  const keep = (reading: AlarmEvidence) => void Object.assign(run.evidence, reading);
  const { alarms, alarmsError } = await underWatch(sourceOf(run), run.signal, work, keep);
  keep({ alarms, alarmsError });
}

function sourceOf({ settings, clients }: GateRun): AlarmSource {
  const { alarmNames: names, insufficientData } = settings;
  return { names, insufficientData, describe: clients.describeAlarms };
}

export interface AlarmSource {
  readonly names: readonly string[];
  readonly insufficientData: InsufficientData;
  readonly describe: (names: readonly string[], signal: AbortSignal) => Promise<readonly DescribedAlarm[]>;
}

export interface AlarmEvidence {
  readonly alarms: readonly AlarmResult[];
  /** Why the alarms could not be read. */
  readonly alarmsError?: string;
}

function isQuiet({ alarms, alarmsError }: AlarmEvidence): boolean {
  return alarmsError === undefined && alarms.every((alarm) => alarm.outcome === 'passed');
}

/** One reading. Unreadable alarms are a failure, as they are for CodeDeploy (`ignorePollAlarmFailure` false). Never throws. */
async function readAlarms(source: AlarmSource, phase: AlarmPhase, signal: AbortSignal): Promise<AlarmEvidence> {
  if (source.names.length === 0) return { alarms: [] };
  try {
    const described = await whileIamSettles(() => source.describe(source.names, signal), signal);
    return { alarms: judgeAlarms(source.names, described, source.insufficientData, phase) };
  } catch (error) {
    return { alarms: [], alarmsError: describeError(error) };
  }
}

/**
 * What `work` comes to, and the alarms before, during and after it. With an alarm that fires already, `work` is not
 * begun. A reading that fails during the work says nothing: the one after it decides.
 * @param keep gets the worst states so far, after each reading
 */
export async function underWatch<T>(
  source: AlarmSource,
  signal: AbortSignal,
  work: () => Promise<T>,
  keep: (reading: AlarmEvidence) => void = () => undefined,
): Promise<AlarmEvidence & { readonly done?: T }> {
  const before = await readAlarms(source, 'before', signal);
  keep(before);
  if (!isQuiet(before)) return before;
  const stop = new AbortController();
  const abort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const watching = watch(source, before.alarms, stop.signal, keep);
  try {
    const done = await work();
    stop.abort(new Error('done'));
    const during = await watching;
    const after = await readAlarms(source, 'after', signal);
    return { alarms: worse(during, after.alarms), alarmsError: after.alarmsError, done };
  } finally {
    stop.abort(new Error('done'));
    signal.removeEventListener('abort', abort);
  }
}

async function watch(
  source: AlarmSource,
  before: readonly AlarmResult[],
  signal: AbortSignal,
  keep: (reading: AlarmEvidence) => void,
): Promise<readonly AlarmResult[]> {
  let worst = before;
  if (source.names.length === 0) return worst;
  while (await paused(signal)) {
    const reading = await readAlarms(source, 'during', signal);
    if (reading.alarmsError === undefined) keep({ alarms: (worst = worse(worst, reading.alarms)) });
    else if (!signal.aborted) log('warn', 'the alarms could not be read', { error: reading.alarmsError });
  }
  return worst;
}

function paused(signal: AbortSignal): Promise<boolean> {
  return sleep(READ_EVERY_MS, signal).then(
    () => true,
    () => false,
  );
}

/**
 * One result a name. INSUFFICIENT_DATA passes by default: green has had no traffic before its gate, so its
 * rates have no data yet; CodeDeploy and the shift's alarms judge the traffic itself. A missing alarm fails: nothing
 * would stop the release.
 */
export function judgeAlarms(
  names: readonly string[],
  described: readonly DescribedAlarm[],
  insufficientData: InsufficientData = 'pass',
  phase?: AlarmPhase,
): AlarmResult[] {
  const byName = new Map(described.map((alarm) => [alarm.name, alarm]));
  const read = phase && { phase };
  return names.map((name) => {
    const alarm = byName.get(name);
    if (!alarm) return { name, outcome: 'failed', state: 'MISSING', ...read };
    const state = stateOf(alarm.state);
    const fails = state === 'ALARM' || (state === 'INSUFFICIENT_DATA' && insufficientData === 'fail');
    return {
      name,
      outcome: fails ? 'failed' : 'passed',
      state,
      since: alarm.since?.toISOString(),
      reason: alarm.reason && shorten(alarm.reason, 500),
      ...read,
    };
  });
}

/** Of two readings of the same alarms each alarm's worse one; the earlier one where both are as bad. */
export function worse(earlier: readonly AlarmResult[], later: readonly AlarmResult[]): AlarmResult[] {
  const byName = new Map(earlier.map((alarm) => [alarm.name, alarm]));
  return later.map((alarm) => {
    const before = byName.get(alarm.name);
    // What is still quiet is described by its newest reading.
    if (!before || (before.outcome === 'passed' && alarm.outcome === 'passed')) return alarm;
    return before.outcome === 'failed' ? before : alarm;
  });
}

/** A state that CloudWatch adds one day is no reason to ship: it counts as ALARM. */
function stateOf(state: string): AlarmResult['state'] {
  return state === 'OK' || state === 'INSUFFICIENT_DATA' ? state : 'ALARM';
}
