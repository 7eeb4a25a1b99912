/** How far a deployment is, and whether the release is over: pure. */

export interface LifecycleEvent {
  readonly name: string;
  /** Pending, InProgress, Succeeded, Failed, Skipped, Unknown. */
  readonly status: string;
  readonly startedAtMs?: number;
  readonly message?: string;
}

/** What GetDeployment and BatchGetDeploymentTargets say. */
export interface Deployment {
  readonly id: string;
  /** Created, Queued, InProgress, Baking, Ready, Succeeded, Failed, Stopped. */
  readonly status: string;
  readonly createdAtMs?: number;
  readonly completedAtMs?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly rollbackDeploymentId?: string;
  readonly autoRollback: boolean;
  readonly terminationWait: boolean;
  readonly events: readonly LifecycleEvent[];
}

export interface Progress {
  readonly deployment: Deployment;
  /** The deployment that rolls this one back, once there is one. */
  readonly rollback?: Deployment;
}

/** What production is left with after a failure. */
export type Aftermath =
  | { readonly kind: 'back'; readonly rollbackId: string }
  | { readonly kind: 'rollback-failed'; readonly rollbackId: string; readonly status: string }
  | { readonly kind: 'never-began' }
  | { readonly kind: 'never-left' }
  | { readonly kind: 'left-as-is' };

export type DeploymentState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly aftermath: Aftermath };

/** CodeDeploy names the rollback deployment shortly after the failure, not in the same moment [assumed]. */
export const ROLLBACK_APPEARS_MS = 60_000;

/**
 * A release is over as soon as the wait for termination begins: all traffic is on the new version and the last gate
 * passed; the bake does not count. A failure is over when its rollback has ended too.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html
 * @param failureSeenMs when the failure was first seen, for a deployment without a completion time
 */
export function stateOf({ deployment, rollback }: Progress, nowMs: number, failureSeenMs = nowMs): DeploymentState {
  if (deployment.status === 'Succeeded') return { kind: 'succeeded' };
  if (hasFailed(deployment)) {
    const endedMs = deployment.completedAtMs ?? failureSeenMs;
    const aftermath = aftermathOf(deployment, rollback, nowMs - endedMs < ROLLBACK_APPEARS_MS);
    return aftermath ? { kind: 'failed', aftermath } : { kind: 'waiting' };
  }
  const done = deployment.terminationWait && lastGatePassed(deployment);
  return { kind: done ? 'succeeded' : 'waiting' };
}

export function hasEnded(deployment: Deployment): boolean {
  return deployment.status === 'Succeeded' || hasFailed(deployment);
}

export function hasFailed(deployment: Deployment): boolean {
  return deployment.status === 'Failed' || deployment.status === 'Stopped';
}

/** Without a hook the event may not be listed; the wait comes after it in any case. */
function lastGatePassed(deployment: Deployment): boolean {
  return ['Succeeded', 'Skipped'].includes(statusOf(deployment, 'AfterAllowTraffic') ?? 'Skipped');
}

/** @returns undefined while the rollback runs or may still appear */
function aftermathOf(deployment: Deployment, rollback: Deployment | undefined, recent: boolean): Aftermath | undefined {
  const rollbackId = deployment.rollbackDeploymentId;
  if (rollbackId) {
    // A rollback waits for the termination of the failed task set as every deployment does; production is back by then.
    if (rollback?.status === 'Succeeded' || rollback?.terminationWait) return { kind: 'back', rollbackId };
    return rollback && hasFailed(rollback)
      ? { kind: 'rollback-failed', rollbackId, status: rollback.status }
      : undefined;
  }
  // Before Install there is nothing to roll back, and no rollback will come to wait for.
  if (['Pending', 'Skipped'].includes(statusOf(deployment, 'Install') ?? '')) return { kind: 'never-began' };
  if (deployment.autoRollback && recent) return undefined;
  const began = ['InProgress', 'Succeeded', 'Failed'].includes(statusOf(deployment, 'AllowTraffic') ?? 'Failed');
  return { kind: began ? 'left-as-is' : 'never-left' };
}

function statusOf(deployment: Deployment, event: string): string | undefined {
  return deployment.events.find((it) => it.name === event)?.status;
}
