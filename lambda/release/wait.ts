import { describeError } from '../shared/aws';
import { log } from '../shared/logger';
import { type Answer } from '../shared/custom-resource';
import type { WaiterState } from './contract';
import { findEvidence } from './evidence';
import type { Outbound } from './outbound';
import { hasFailed, type Progress, standing } from './progress';
import { failureSentence, lateSentence } from './sentence';

/** Past its time limit a wait that cannot even deliver its answer goes on this long, then ends. */
const GIVE_UP_MS = 600_000;

type Deliver = (answer: Answer) => Promise<void>;

/**
 * One look at the deployment. Everything that goes wrong here is tried again at the next look, until the time is over; so
 * the waiter needs no retry of its own. Never throws.
 */
export async function waitOnce(state: WaiterState, outbound: Outbound, deliver: Deliver): Promise<WaiterState> {
  const nowMs = Date.now();
  const limitMs = Number(state.properties.TimeoutSeconds) * 1_000;
  const waitedMs = nowMs - Date.parse(state.startedAt);
  const progress = await observe(state, outbound).catch((error: unknown) => {
    log('warn', 'the deployment could not be read', { error: describeError(error), deploymentId: state.deploymentId });
    return undefined;
  });
  const seen: WaiterState = withFailure(state, progress, nowMs);
  const answer =
    (progress && (await answerFor(seen, progress, outbound, nowMs))) ?? late(seen, progress, waitedMs > limitMs);
  if (!answer) return seen;
  try {
    await deliver(answer);
    return { ...seen, done: true };
  } catch (error) {
    log('error', 'CloudFormation could not be answered', { error: describeError(error) });
    return { ...seen, done: waitedMs > limitMs + GIVE_UP_MS };
  }
}

function withFailure(state: WaiterState, progress: Progress | undefined, nowMs: number): WaiterState {
  if (!progress || !hasFailed(progress.deployment) || state.failureSeenAt) return state;
  return { ...state, failureSeenAt: new Date(nowMs).toISOString() };
}

async function observe(state: WaiterState, outbound: Outbound): Promise<Progress> {
  const deployment = await outbound.deployment(state.deploymentId);
  if (!hasFailed(deployment) && !deployment.terminationWait) return { deployment };
  const { rollbackDeploymentId } = deployment;
  const [events, rollback] = await Promise.all([
    outbound.lifecycleEvents(state.deploymentId, state.properties),
    rollbackDeploymentId ? outbound.deployment(rollbackDeploymentId) : undefined,
  ]);
  return { deployment: { ...deployment, events }, rollback };
}

async function answerFor(
  state: WaiterState,
  progress: Progress,
  outbound: Outbound,
  nowMs: number,
): Promise<Answer | undefined> {
  const { properties, failureSeenAt } = state;
  const { deployment } = progress;
  const now = standing(progress, nowMs, failureSeenAt ? Date.parse(failureSeenAt) : undefined);
  if (now.kind === 'waiting') return undefined;
  if (now.kind === 'succeeded') {
    const reason = `${properties.ServiceName} was released by deployment ${deployment.id}`;
    return { status: 'SUCCESS', reason, data: { DeploymentId: deployment.id } };
  }
  const evidence = await findEvidence(deployment, properties, outbound);
  const reason = failureSentence(properties.ServiceName, deployment, evidence, now.aftermath);
  return { status: 'FAILED', reason };
}

function late(state: WaiterState, progress: Progress | undefined, over: boolean): Answer | undefined {
  if (!over) return undefined;
  const { ServiceName, TimeoutSeconds } = state.properties;
  const reason = lateSentence(ServiceName, progress?.deployment, state.deploymentId, Number(TimeoutSeconds));
  return { status: 'FAILED', reason };
}
