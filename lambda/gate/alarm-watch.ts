import { describeError } from '../../common/errors';
import { whileIamSettles } from '../../aws/calls';
import { log } from '../shared/logger';
import { sleep } from '../../common/retry';
import { type DescribedAlarm, judgeAlarms, worse } from './alarms';
import type { AlarmPhase, AlarmResult, InsufficientData } from './types';

const READ_EVERY_MS = 10_000;

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

export function isQuiet({ alarms, alarmsError }: AlarmEvidence): boolean {
  return alarmsError === undefined && alarms.every((alarm) => alarm.outcome === 'passed');
}

/** One reading. Unreadable alarms are a failure, as they are for CodeDeploy (`ignorePollAlarmFailure` false). Never throws. */
export async function readAlarms(source: AlarmSource, phase: AlarmPhase, signal: AbortSignal): Promise<AlarmEvidence> {
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
 * @param keep told of the worst states so far, after each reading
 */
export async function underWatch<T>(
  source: AlarmSource,
  signal: AbortSignal,
  work: () => Promise<T>,
  keep: (seen: AlarmEvidence) => void = () => undefined,
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
  keep: (seen: AlarmEvidence) => void,
): Promise<readonly AlarmResult[]> {
  let seen = before;
  if (source.names.length === 0) return seen;
  while (await paused(signal)) {
    const reading = await readAlarms(source, 'during', signal);
    if (reading.alarmsError === undefined) keep({ alarms: (seen = worse(seen, reading.alarms)) });
    else if (!signal.aborted) log('warn', 'the alarms could not be read', { error: reading.alarmsError });
  }
  return seen;
}

function paused(signal: AbortSignal): Promise<boolean> {
  return sleep(READ_EVERY_MS, signal).then(
    () => true,
    () => false,
  );
}
