/** One sentence about a service deployment that ECS rolls back: pure. */
import { type ServiceDeployment, serviceDeploymentId } from '../aws/ecs';
import { alarmsText, type FailureEvidence, oneLine, oneSentence, verdictText, withDenials } from './sentence';

/** @param evidence its `stopReason` says which tasks failed, when the circuit breaker decided */
export function rollbackSentence(
  serviceName: string,
  deployment: ServiceDeployment,
  evidence: FailureEvidence,
): string {
  const id = serviceDeploymentId(deployment.serviceDeploymentArn);
  const tail = `; deployment ${id} ${PROGRESS[deployment.status] ?? 'is rolled back'}; ${aftermath(deployment)}.`;
  return oneSentence(`${serviceName} was not released: `, withDenials(causeOf(deployment, evidence), evidence), tail);
}

const PROGRESS: Readonly<Record<string, string>> = {
  ROLLBACK_REQUESTED: 'is being rolled back',
  ROLLBACK_IN_PROGRESS: 'is being rolled back',
  ROLLBACK_SUCCESSFUL: 'was rolled back',
  ROLLBACK_FAILED: 'could not be rolled back',
};

function causeOf(deployment: ServiceDeployment, evidence: FailureEvidence): string {
  if (evidence.alarms.length > 0) return alarmsText(evidence.alarms);
  if (evidence.verdict) return verdictText(evidence.verdict);
  if (evidence.stopReason !== undefined) return oneLine(evidence.stopReason);
  const reason = reasonOf(deployment);
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
  if (reason.includes('pause hook timed out')) return `nobody approved it in time: ECS says: ${oneLine(reason)}`;
  const hook = failedHook(deployment);
  if (!hook) return `ECS says: ${oneLine(reason)}`;
  const name = hook.target === undefined ? '' : ` (${hook.target})`;
  return `the ${hook.stage} hook${name} failed without a verdict: ECS says: ${oneLine(reason)}`;
}

/** Of a rollback that has nothing to go back to, the status says only that. */
function reasonOf({ rollback, statusReason }: ServiceDeployment): string {
  return rollback?.reason ?? statusReason ?? 'no reason';
}

/**
 * The stage and the function of a hook that stopped the deployment, as ECS's reason names them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
export function failedHook(deployment: ServiceDeployment): { stage: string; target?: string } | undefined {
  const reason = reasonOf(deployment);
  const [, stage] = /\b([A-Z_]+) lifecycle hook/.exec(reason) ?? [];
  const [, target] = /:function:([^\s:]+)/.exec(reason) ?? [];
  return stage === undefined ? undefined : { stage, ...(target !== undefined && { target }) };
}

function aftermath({ status, sourceServiceRevisions = [], targetServiceRevision }: ServiceDeployment): string {
  if (sourceServiceRevisions.length === 0) return 'there is no old version to go back to';
  if (status === 'ROLLBACK_FAILED')
    return 'production may still be on the new version: check the listener and the tasks of the service';
  if (status === 'ROLLBACK_SUCCESSFUL') return 'production is on the old version';
  return targetServiceRevision?.requestedProductionTrafficWeight === 0
    ? 'production stays on the old version'
    : 'production returns to the old version';
}
