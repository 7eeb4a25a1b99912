import { UNREPORTED_KIND, VERDICT_KIND } from '../gate/types';
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

/** Finds what decided. What cannot be read is left out: the sentence then names CodeDeploy's own reason. Never throws. */
export async function findEvidence(
  deployment: Deployment,
  properties: ReleaseProperties,
  clients: Clients,
): Promise<FailureEvidence> {
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
    unlessUnreadable('verdict', undefined, () => findVerdict(deployment, properties, clients)),
    stoppedByAlarm(deployment)
      ? unlessUnreadable('alarms', [], () => findAlarms(deployment, properties.AlarmNames, clients))
      : [],
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

async function findVerdict(
  deployment: Deployment,
  properties: ReleaseProperties,
  clients: Clients,
): Promise<FailureEvidence['verdict']> {
  const lifecycleEvent = failedHook(deployment);
  const logGroup = lifecycleEvent && properties.GateLogGroups[lifecycleEvent];
  if (!logGroup) return undefined;
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
  const pattern = `{ ($.kind = "${VERDICT_KIND}") && ($.deploymentId = "${deployment.id}") }`;
  const read = async () => {
    const messages = await clients.logMessages(logGroup, pattern, deployment.createdAtMs ?? 0);
    const sentence = messages.map((message) => verdictSentence(message, deployment.id)).findLast(Boolean);
    if (!sentence) throw new Error(`no verdict on ${deployment.id} in ${logGroup}`);
    return { lifecycleEvent, sentence };
  };
  return retry(read, { retryable: () => true, limitMs: LOGS_SETTLE_MS, delayMs: 2_000 });
}

function verdictSentence(message: string, deploymentId: string): string | undefined {
  const verdict = parse(message) as { kind?: unknown; deploymentId?: unknown; sentence?: unknown };
  const ours = verdict.kind === VERDICT_KIND && verdict.deploymentId === deploymentId;
  return ours && typeof verdict.sentence === 'string' ? verdict.sentence : undefined;
}

async function findAlarms(
  deployment: Deployment,
  names: readonly string[],
  clients: Clients,
): Promise<AlarmTransition[]> {
  if (names.length === 0) return [];
  const { createdAtMs = 0, completedAtMs = Infinity } = deployment;
  const histories = await Promise.all(
    names.map(async (name) => {
      const items = await clients.alarmHistory(name, createdAtMs);
      return items.map(({ atMs, data }) => transition(name, atMs, data)).find((it) => isBefore(it, completedAtMs));
    }),
  );
  const found = histories.filter((it) => it !== undefined).sort((a, b) => (b.atMs ?? 0) - (a.atMs ?? 0));
  // An alarm that fired before the deployment began stops it too, and has no transition since.
  return found.length > 0 ? found : clients.alarmStates(names);
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
