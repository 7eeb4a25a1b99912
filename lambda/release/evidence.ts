import { describeError } from '../../common/errors';
import { parse, type Search, searchEvidence } from '../../verdict/evidence';
import type { Deployment } from '../../verdict/progress';
import { failedHook, type FailureEvidence, runningHook, stoppedByAlarm } from '../../verdict/sentence';
import { UNREPORTED_KIND } from '../gate/types';
import { log } from '../shared/logger';
import type { Aws } from './aws';
import type { ReleaseProperties } from './types';

type Clients = Pick<Aws, 'logMessages' | 'alarmHistory' | 'alarmStates'>;

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
  return searchEvidence(search, clients, warnUnreadable);
}

export function warnUnreadable(what: string, error: unknown): void {
  log('warn', `the ${what} could not be read`, { error: describeError(error) });
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
