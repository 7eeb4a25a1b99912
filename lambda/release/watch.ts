import { describeError } from '../../common/errors';
import { log, writeDocument } from '../shared/logger';
import { type Ending, ENDING_KIND, type WaiterState, type WatchState } from './types';
import { findEvidence } from './evidence';
import { explain, isFinal } from './explain';
import { progressOf, withFailure } from './follow';
import type { Aws } from './aws';
import { type Progress, stateOf } from '../../verdict/progress';
import { failureSentence } from '../../verdict/sentence';

const SECONDS = 30;
/** After the first hour: an execution has 25,000 events at most, and a bake two days. */
const LATER_SECONDS = 120;
const HOUR_MS = 3_600_000;

/**
 * Follows a deployment after CloudFormation got its response, in an execution of its own: a later request for the resource
 * ends its waits, not this. Never throws: the release itself is over.
 */
export async function startWatch(
  deploymentId: string,
  { properties }: Pick<WaiterState, 'properties'>,
  stateMachineArn: string | undefined,
  aws: Aws,
): Promise<void> {
  if (!stateMachineArn) return;
  const state: WatchState = {
    kind: 'greenlight.watch',
    deploymentId,
    startedAt: new Date().toISOString(),
    properties,
    done: false,
    pollAgainSeconds: SECONDS,
  };
  // The deployment's id makes a second start the same execution.
  await aws.startWaiter({ stateMachineArn, name: `watch-${deploymentId}` }, state).catch((error: unknown) => {
    log('error', 'the deployment is not followed to its end', { deploymentId, error: describeError(error) });
  });
}

/** One poll of a deployment; its end is written to the log. Never throws: what goes wrong is tried again at the next poll. */
export async function watchOnce(state: WatchState, aws: Aws): Promise<WatchState> {
  const { deploymentId, properties } = state;
  try {
    const progress = await progressOf(state, aws);
    const polled = withFailure(state, progress, Date.now());
    const ending = await endingOf(polled, progress, aws);
    return ending ? over(polled, ending) : later(polled);
  } catch (error) {
    log('warn', 'the deployment could not be read', { deploymentId, error: describeError(error) });
    if (!isFinal(error)) return later(state);
    const sentence = `${properties.ServiceName}: how deployment ${deploymentId} ends is not known: ${explain(error)}`;
    return over(state, { outcome: 'unknown', sentence });
  }
}

async function endingOf(
  { properties, failureSeenAt }: WatchState,
  progress: Progress,
  aws: Aws,
): Promise<Pick<Ending, 'outcome' | 'sentence'> | undefined> {
  const { deployment } = progress;
  const { ServiceName } = properties;
  if (deployment.status === 'Succeeded') {
    return { outcome: 'succeeded', sentence: `${ServiceName}: deployment ${deployment.id} and its bake are over` };
  }
  const now = stateOf(progress, Date.now(), failureSeenAt ? Date.parse(failureSeenAt) : undefined);
  if (now.kind !== 'failed') return undefined;
  const evidence = await findEvidence(deployment, properties, aws);
  return { outcome: 'failed', sentence: failureSentence(ServiceName, deployment, evidence, now.aftermath) };
}

function over(state: WatchState, { outcome, sentence }: Pick<Ending, 'outcome' | 'sentence'>): WatchState {
  const { ServiceName: serviceName } = state.properties;
  const ending: Ending = { kind: ENDING_KIND, serviceName, deploymentId: state.deploymentId, outcome, sentence };
  writeDocument(ending);
  return { ...state, done: true };
}

function later(state: WatchState): WatchState {
  const isLong = Date.now() - Date.parse(state.startedAt) > HOUR_MS;
  return { ...state, pollAgainSeconds: isLong ? LATER_SECONDS : SECONDS };
}
