import { isAccessDenied } from '../aws/calls';
import { describeError } from '../common/errors';
import { retry } from '../common/retry';
import { type Verdict, VERDICT_KIND } from '../lambda/gate/types';
import type { AlarmTransition, FailureEvidence } from './sentence';

/** A gate's log line can take some seconds to be found. */
const LOGS_SETTLE_MS = 15_000;

/** The calls that find what decided. */
export interface EvidenceClients {
  /** Messages that match, oldest first. */
  logMessages(logGroup: string, pattern: string, sinceMs: number): Promise<string[]>;
  /** `HistoryData` of an alarm's state changes, newest first. */
  alarmHistory(name: string, sinceMs: number): Promise<{ atMs?: number; data: string }[]>;
  /** Of those that are in ALARM now. */
  alarmStates(names: readonly string[]): Promise<AlarmTransition[]>;
}

/** Where to search for what decided on a deployment. */
export interface Search {
  readonly deploymentId: string;
  readonly sinceMs: number;
  /** What fires later did not end it. */
  readonly untilMs: number;
  /** Log groups that may hold its verdict; none when no gate decided. */
  readonly logGroups: readonly string[];
  /** What the sentence names the gate by. Absent: as its verdict says. */
  readonly lifecycleEvent?: string;
  /** For how long a verdict may still be found. Default 15 s: a line can take some seconds. */
  readonly settleMs?: number;
  /** Of alarms that may have stopped it; none when no alarm did. */
  readonly alarmNames: readonly string[];
}

/** What cannot be read is left out: the sentence then names the engine's own reason. Never throws. */
export async function searchEvidence(
  search: Search,
  clients: EvidenceClients,
  onUnreadable: (what: string, error: unknown) => void = () => undefined,
): Promise<FailureEvidence> {
  const denials: string[] = [];
  const unlessUnreadable = async <T>(what: string, otherwise: T, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      onUnreadable(what, error);
      if (isAccessDenied(error)) denials.push(`the ${what} could not be read: ${describeError(error)}`);
      return otherwise;
    }
  };
  const [verdict, alarms] = await Promise.all([
    unlessUnreadable('verdict', undefined, () => findVerdict(search, clients)),
    unlessUnreadable('alarms', [], () => findAlarms(search, clients)),
  ]);
  return { verdict, alarms, denials };
}

async function findVerdict(search: Search, clients: EvidenceClients): Promise<FailureEvidence['verdict']> {
  const { deploymentId, logGroups, sinceMs, settleMs = LOGS_SETTLE_MS } = search;
  if (logGroups.length === 0) return undefined;
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
  const pattern = `{ ($.kind = "${VERDICT_KIND}") && ($.deploymentId = "${deploymentId}") }`;
  const read = async () => {
    const found = await Promise.all(logGroups.map((logGroup) => clients.logMessages(logGroup, pattern, sinceMs)));
    const verdict = found
      .flat()
      .map((message) => verdictOf(message, search))
      .findLast(Boolean);
    if (!verdict) throw new Error(`no verdict on ${deploymentId} in ${logGroups.join(', ')}`);
    return verdict;
  };
  return retry(read, { retryable: () => true, limitMs: settleMs, delayMs: 2_000 });
}

/** A deployment passes gates before the one that stops it. */
function verdictOf(message: string, { deploymentId, lifecycleEvent }: Search): FailureEvidence['verdict'] {
  const verdict = parse(message) as Partial<Record<keyof Verdict, unknown>>;
  const ours = verdict.kind === VERDICT_KIND && verdict.deploymentId === deploymentId;
  if (!ours || verdict.outcome === 'Succeeded' || typeof verdict.sentence !== 'string') return undefined;
  return {
    lifecycleEvent: lifecycleEvent ?? String(verdict.lifecycleEvent),
    sentence: verdict.sentence,
    document: verdict as Partial<Verdict>,
  };
}

async function findAlarms(
  { alarmNames, sinceMs, untilMs }: Search,
  clients: EvidenceClients,
): Promise<AlarmTransition[]> {
  if (alarmNames.length === 0) return [];
  const histories = await Promise.all(
    alarmNames.map(async (name) => {
      const items = await clients.alarmHistory(name, sinceMs);
      return items.map(({ atMs, data }) => transition(name, atMs, data)).find((it) => isBefore(it, untilMs));
    }),
  );
  const found = histories.filter((it) => it !== undefined).sort((a, b) => (b.atMs ?? 0) - (a.atMs ?? 0));
  // An alarm that fired before the deployment began stops it too, and has no transition since.
  return found.length > 0 ? found : clients.alarmStates(alarmNames);
}

/** What fires after the deployment ended did not end it. */
function isBefore(it: AlarmTransition | undefined, endMs: number): boolean {
  return it !== undefined && (it.atMs ?? 0) <= endMs;
}

/** @returns undefined unless it is a transition to ALARM */
function transition(name: string, atMs: number | undefined, data: string): AlarmTransition | undefined {
  const { newState } = parse(data) as { newState?: { stateValue?: unknown; stateReason?: unknown } };
  if (newState?.stateValue !== 'ALARM') return undefined;
  return { name, atMs, reason: typeof newState.stateReason === 'string' ? newState.stateReason : 'no reason given' };
}

/** @returns an empty object for what is no object of JSON */
export function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
