import { REASON_LENGTH_MAX } from '../aws/stack';
import { shorten } from '../common/text';
import type { Verdict } from '../lambda/gate/types';
import type { Aftermath, Deployment, LifecycleEvent } from './progress';

export interface AlarmTransition {
  readonly name: string;
  readonly atMs?: number;
  /** CloudWatch's own reason, which names value and threshold. */
  readonly reason: string;
}

/** What was found out about a failure. */
export interface FailureEvidence {
  /** Of the gate whose lifecycle event failed. */
  readonly verdict?: {
    readonly lifecycleEvent: string;
    readonly sentence: string;
    /** All that the gate wrote, as its log has it. */
    readonly document?: Partial<Verdict>;
  };
  /** Newest first. */
  readonly alarms: readonly AlarmTransition[];
  /** What of it IAM does not let the reader see. */
  readonly denials?: readonly string[];
  /** Why the release function itself stopped the deployment. */
  readonly stopReason?: string;
}

const ALARMS_NAMED_MAX = 2;
const HOOKS = ['BeforeInstall', 'AfterInstall', 'AfterAllowTestTraffic', 'BeforeAllowTraffic', 'AfterAllowTraffic'];

/** The hook whose failure failed the deployment. */
export function failedHook(deployment: Deployment): string | undefined {
  return deployment.events.find((event) => event.status === 'Failed' && HOOKS.includes(event.name))?.name;
}

/** The hook that CodeDeploy waits for. */
export function runningHook(deployment: Deployment): LifecycleEvent | undefined {
  return deployment.events.find((event) => event.status === 'InProgress' && HOOKS.includes(event.name));
}

/** Whether an alarm stopped it. https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ErrorInformation.html */
export function stoppedByAlarm(deployment: Deployment): boolean {
  return deployment.error?.code === 'ALARM_ACTIVE';
}

/** One sentence: what decided, on which value, the deployment, and what production is left with. */
export function failureSentence(
  serviceName: string,
  deployment: Deployment,
  evidence: FailureEvidence,
  aftermath: Aftermath,
): string {
  const head = `${serviceName} ${whatHappened(deployment, aftermath)}: `;
  const tail = `; deployment ${deployment.id} ${deployment.status.toLowerCase()}; ${aftermathText(aftermath, deployment)}.`;
  return oneSentence(head, withDenials(causeOf(deployment, evidence), evidence), tail);
}

/** The cause is cut until the whole fits into a reason. */
export function oneSentence(head: string, cause: string, tail: string): string {
  return head + shorten(cause, REASON_LENGTH_MAX - head.length - tail.length) + tail;
}

/** Once the wait for termination has begun, all traffic is on the new version and every gate has passed. */
function whatHappened({ terminationWait }: Deployment, { kind }: Aftermath): string {
  if (!terminationWait) return 'was not released';
  return kind === 'back' ? 'was rolled back in its bake' : 'was stopped in its bake';
}

/** The time that the template gives the release is over. */
export function lateSentence(
  serviceName: string,
  deployment: Deployment | undefined,
  id: string | undefined,
  seconds: number,
): string {
  if (id === undefined)
    return `${serviceName} was not released in time: what ran before did not end within ${seconds} s: check "aws deploy list-deployments", and deploy again when it has ended`;
  const failed = deployment?.status === 'Failed' || deployment?.status === 'Stopped';
  const state = failed
    ? `it ${deployment.status.toLowerCase()}, and its rollback ${deployment.rollbackDeploymentId ?? ''} has not ended`
    : `it is ${deployment?.status ?? 'in an unknown state'} and continues in CodeDeploy without CloudFormation`;
  return shorten(
    `${serviceName} was not released in time: deployment ${id} did not end within ${seconds} s; ${state}: ` +
      `follow it with "aws deploy get-deployment --deployment-id ${id}", or end it with "aws deploy stop-deployment"`,
    REASON_LENGTH_MAX,
  );
}

export const withDenials = (cause: string, { denials = [] }: FailureEvidence) => [cause, ...denials].join('; ');

function causeOf(deployment: Deployment, evidence: FailureEvidence): string {
  if (stoppedByAlarm(deployment) && evidence.alarms.length > 0) return alarmsText(evidence.alarms);
  if (evidence.stopReason !== undefined) return oneLine(evidence.stopReason);
  if (evidence.verdict) return verdictText(evidence.verdict);
  const { code, message } = deployment.error ?? { code: 'no error code', message: 'CodeDeploy gives no reason' };
  const hook = failedHook(deployment);
  const detail = deployment.events.find((event) => event.status === 'Failed')?.message;
  const where = hook ? `the ${hook} hook failed without a verdict: ` : '';
  return `${where}${oneLine(message)} (${code})${detail ? `: ${oneLine(detail)}` : ''}`;
}

export function verdictText({ lifecycleEvent, sentence }: NonNullable<FailureEvidence['verdict']>): string {
  return `the ${lifecycleEvent} gate says: ${sentence}`;
}

export function alarmsText(alarms: readonly AlarmTransition[]): string {
  const named = alarms.slice(0, ALARMS_NAMED_MAX).map(({ name, atMs, reason }) => {
    const at = atMs === undefined ? '' : ` at ${new Date(atMs).toISOString()}`;
    return `alarm "${name}" went to ALARM${at}: ${shorten(oneLine(reason), 320)}`;
  });
  const rest = alarms.length - named.length;
  return named.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

/** The alarm fired before: it may be of a side that a stopped deployment has left, which only a release removes. */
const ALARM_REMEDY =
  ': release again when the alarm is quiet; if this release is the fix, or the alarm is of a side that a stopped deployment ' +
  'has left, pass it with -c greenlight:breakGlass="<why>" (docs/release.md, "Break-glass")';

function aftermathText(aftermath: Aftermath, deployment: Deployment): string {
  const { terminationWait } = deployment;
  switch (aftermath.kind) {
    case 'back':
      return `production is back on the old version (rollback ${aftermath.rollbackId})`;
    case 'rollback-failed':
      return `its rollback ${aftermath.rollbackId} ${aftermath.status.toLowerCase()} too, so production may still be on the new version: check the listener and the task sets`;
    case 'never-began':
      return `nothing was started, so production is as it was${stoppedByAlarm(deployment) ? ALARM_REMEDY : ''}`;
    case 'never-left':
      return 'production stayed on the old version';
    case 'left-as-is':
      if (terminationWait) return 'no rollback followed, so all traffic stays on the new version';
      return 'no rollback followed, so production may still be on the new version: check the listener and the task sets';
  }
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
