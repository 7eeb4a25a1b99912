import type { WaiterState, WatchState } from './types';
import type { Aws } from './aws';
import { hasFailed, type Progress } from '../../verdict/progress';

type Followed = Pick<WaiterState, 'deploymentId' | 'properties' | 'stopReason'>;

/** The deployment that is followed, and the one that rolls it back. @throws what AWS said */
export async function progressOf(state: Followed, aws: Aws): Promise<Progress> {
  const id = state.deploymentId ?? '';
  const [deployment, events] = await Promise.all([aws.deployment(id), aws.lifecycleEvents(id, state.properties)]);
  const { rollbackDeploymentId } = deployment;
  const rollback = rollbackDeploymentId ? await aws.deployment(rollbackDeploymentId) : undefined;
  // A stop of ours asks for a rollback, whatever the deployment group says.
  const autoRollback = deployment.autoRollback || state.stopReason !== undefined;
  return { deployment: { ...deployment, events, autoRollback }, rollback };
}

/** Remembers when the failure was first seen. */
export function withFailure<S extends WaiterState | WatchState>(state: S, progress: Progress, nowMs: number): S {
  if (!hasFailed(progress.deployment) || state.failureSeenAt) return state;
  return { ...state, failureSeenAt: new Date(nowMs).toISOString() };
}
