import { UNREPORTED_KIND, type Verdict, VERDICT_KIND } from '../gate/types';
import { describeError } from '../../common/errors';
import { isAccessDenied } from '../../aws/calls';
import { log } from '../shared/logger';
import { retry } from '../../common/retry';
import type { ReleaseProperties } from './types';
import type { Aws } from './aws';
import type { Deployment } from './progress';
import { type AlarmTransition, failedHook, type FailureEvidence, runningHook, stoppedByAlarm } from './sentence';

/** A gate's log line can take some seconds to be found. */
const LOGS_SETTLE_MS = 15_000;

type Clients = Pick<Aws, 'logMessages' | 'alarmHistory' | 'alarmStates'>;

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
  /** Of alarms that may have stopped it; none when no alarm did. */
  readonly alarmNames: readonly string[];
}

/** Of a deployment of CodeDeploy. Never throws. */
export async function findEvidence(
  deployment: Deployment,
  properties: ReleaseProperties,
  clients: Clients,
): Promise<FailureEvidence> {
  const { createdAtMs = 0, completedAtMs = Infinity } = deployment;
  const lifecycleEvent = failedHook(deployment);
  const logGroup = lifecycleEvent && properties.GateLogGroups[lifecycleEvent];
  const search: Search = {
    deploymentId: deployment.id,
    sinceMs: createdAtMs,
    untilMs: completedAtMs,
    logGroups: logGroup ? [logGroup] : [],
    lifecycleEvent,
    alarmNames: stoppedByAlarm(deployment) ? properties.AlarmNames : [],
  };
  return searchEvidence(search, clients);
}

/** What cannot be read is left out: the sentence then names the engine's own reason. Never throws. */
export async function searchEvidence(search: Search, clients: Clients): Promise<FailureEvidence> {
  const denials: string[] = [];
  const unlessUnreadable = async <T>(what: string, otherwise: T, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      log('warn', `the ${what} could not be read`, { error: describeError(error) });
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

/** A gate's function is called again twice, and IAM may settle meanwhile. */
const UNREPORTED_MS = 60_000;

/**
 * A hook that may not report to CodeDeploy holds the deployment for an hour.
 * @returns what AWS says to it, once it has been denied for longer than IAM needs to settle. Never throws.
 */
export async function findUnreported(
  deployment: Deployment,
  properties: ReleaseProperties,
  clients: Pick<Aws, 'logMessages'>,
  nowMs: number,
): Promise<string | undefined> {
  const hook = runningHook(deployment);
  const logGroup = hook && properties.GateLogGroups[hook.name];
  if (!logGroup || nowMs - (hook.startedAtMs ?? nowMs) < UNREPORTED_MS) return undefined;
  const pattern = `{ ($.kind = "${UNREPORTED_KIND}") && ($.deploymentId = "${deployment.id}") }`;
  const read = () => clients.logMessages(logGroup, pattern, hook.startedAtMs ?? 0, nowMs - UNREPORTED_MS);
  const [message] = await read().catch((error: unknown) => {
    log('warn', "the gate's log could not be read", { error: describeError(error) });
    return [];
  });
  if (message === undefined) return undefined;
  const { error } = parse(message) as { error?: unknown };
  return (
    `the ${hook.name} gate may not report to CodeDeploy: ${String(error)}: denied for longer than IAM needs to settle: ` +
    'add the permission to that role, then deploy again'
  );
}

async function findVerdict(search: Search, clients: Clients): Promise<FailureEvidence['verdict']> {
  const { deploymentId, logGroups, sinceMs } = search;
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
  return retry(read, { retryable: () => true, limitMs: LOGS_SETTLE_MS, delayMs: 2_000 });
}

/** A deployment passes gates before the one that stops it. */
function verdictOf(message: string, { deploymentId, lifecycleEvent }: Search): FailureEvidence['verdict'] {
  const verdict = parse(message) as Partial<Record<keyof Verdict, unknown>>;
  const ours = verdict.kind === VERDICT_KIND && verdict.deploymentId === deploymentId;
  if (!ours || verdict.outcome === 'Succeeded' || typeof verdict.sentence !== 'string') return undefined;
  return { lifecycleEvent: lifecycleEvent ?? String(verdict.lifecycleEvent), sentence: verdict.sentence };
}

async function findAlarms({ alarmNames, sinceMs, untilMs }: Search, clients: Clients): Promise<AlarmTransition[]> {
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

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
