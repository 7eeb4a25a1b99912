import { describeError, nameOf } from '../../common/errors';
import { isAccessDenied } from '../../aws/calls';
import { log } from '../shared/logger';
import { type ResourceResponse } from '../shared/custom-resource';
import type { TaskLogs, WaiterState } from './types';
import { findEvidence, findUnreported } from './evidence';
import { explain, isFinal } from './explain';
import { releaseEvent } from './identity';
import type { Aws } from './aws';
import { progressOf, withFailure } from './follow';
import { type Deployment, hasEnded, type Progress, stateOf } from '../../verdict/progress';
import { failureSentence, lateSentence } from '../../verdict/sentence';
import { step } from './step';
import { describeProblem, type StartProblem, startProblem } from './tasks';
import { startWatch } from './watch';

/** Past its timeout a wait that cannot even deliver its response continues this long, then ends. */
export const GIVE_UP_MS = 600_000;

type Deliver = (response: ResourceResponse) => Promise<void>;

/** What one poll found. */
interface Poll {
  readonly state: WaiterState;
  readonly response?: ResourceResponse;
  readonly deployment?: Deployment;
}

/**
 * One poll of the release. Everything that goes wrong here is tried again at the next poll, until the time is over; so
 * the waiter needs no retry of its own. Never throws.
 */
export async function waitOnce(
  state: WaiterState,
  waiterArn: string | undefined,
  aws: Aws,
  deliver: Deliver,
): Promise<WaiterState> {
  const nowMs = Date.now();
  const limitMs = Number(state.properties.TimeoutSeconds) * 1_000;
  const waitedMs = nowMs - Date.parse(state.startedAt);
  const polling = state.deploymentId === undefined ? search(state, aws) : follow(state, aws, nowMs);
  const poll = await polling.catch((error: unknown): Poll => {
    log('warn', 'the release could not be read', {
      error: describeError(error),
      deploymentId: state.deploymentId ?? '',
    });
    return isFinal(error) ? { state, response: denied(error, state) } : { state };
  });
  const response = poll.response ?? (waitedMs > limitMs ? late(poll) : undefined);
  if (!response) return poll.state;
  try {
    const unresumed = await resumeScaling(state, aws, waitedMs > limitMs);
    if (poll.deployment && !hasEnded(poll.deployment)) await startWatch(poll.deployment.id, state, waiterArn, aws);
    await deliver(forStack(unresumed ?? response, state));
    return { ...poll.state, done: true };
  } catch (error) {
    log('error', 'the release could not be ended', { error: describeError(error) });
    return { ...poll.state, done: waitedMs > limitMs + GIVE_UP_MS };
  }
}

/**
 * A rollback of the stack that fails is stuck in UPDATE_ROLLBACK_FAILED, where nothing can be released. What the stack had
 * before could not be deployed again; the update's own failure has said what production is left with.
 */
function forStack(response: ResourceResponse, { stackRollsBack }: WaiterState): ResourceResponse {
  if (!stackRollsBack || response.status === 'SUCCESS') return response;
  log('error', "the stack's rollback could not be deployed", { reason: response.reason });
  return { status: 'SUCCESS', reason: response.reason, data: { DeploymentId: '' } };
}

/** In every ending, before the response: what fails is tried again at the next poll, and gives way to the response at last. */
async function resumeScaling(state: WaiterState, aws: Aws, last: boolean): Promise<ResourceResponse | undefined> {
  // What is deleted may take its scalable target along.
  const indifferent = last || state.requestType === 'Delete';
  return aws.suspendScaling(state.properties, false).then(
    () => undefined,
    (error: unknown) => {
      if (!indifferent && !isFinal(error)) throw error;
      log('error', 'scaling could not be resumed', { error: describeError(error) });
      return indifferent ? undefined : denied(error, state);
    },
  );
}

/** The end of a release that may not do what it must; its deployment, if any, is stopped by the rollback of the stack. */
function denied(error: unknown, { properties, deploymentId, requestType }: WaiterState): ResourceResponse {
  const follow = deploymentId === undefined ? '' : `; deployment ${deploymentId} cannot be followed to its end`;
  const reason = `${properties.ServiceName} was not released: ${explain(error)}${follow}`;
  return { status: requestType === 'Delete' ? 'SUCCESS' : 'FAILED', reason };
}

/** There is no deployment to follow yet: decides again. */
async function search(state: WaiterState, aws: Aws): Promise<Poll> {
  const next = await step(releaseEvent(state, state.properties), state.properties, aws);
  if (next.kind === 'settled') return { state, response: next.response };
  return { state: next.kind === 'follow' ? { ...state, deploymentId: next.deploymentId } : state };
}

async function follow(before: WaiterState, aws: Aws, nowMs: number): Promise<Poll> {
  const progress = await progressOf(before, aws);
  const state = await failFast(withFailure(before, progress, nowMs), progress.deployment, aws, nowMs);
  const response = await responseFor(state, progress, aws, nowMs);
  return { state, deployment: progress.deployment, ...(response && { response }) };
}

async function reasonToStop(
  state: WaiterState,
  deployment: Deployment,
  aws: Aws,
  nowMs: number,
): Promise<string | undefined> {
  const { properties } = state;
  const green = await aws.green(deployment.id, properties);
  const problem = green && startProblem(deployment, green, properties, nowMs);
  if (!problem) return findUnreported(deployment, properties, aws, nowMs);
  return describeProblem(problem, await lastLines(problem, state.properties.TaskLogs, aws));
}

/** Stops a deployment whose green does not come up, or whose gate may not report: CodeDeploy would wait for an hour. */
async function failFast(state: WaiterState, deployment: Deployment, aws: Aws, nowMs: number): Promise<WaiterState> {
  const { stopReason } = state;
  if (stopReason !== undefined || deployment.status !== 'InProgress' || deployment.terminationWait) return state;
  const reason = await reasonToStop(state, deployment, aws, nowMs);
  if (reason === undefined) return state;
  log('warn', 'the deployment is stopped', { deploymentId: deployment.id, reason });
  try {
    await aws.stopDeployment(deployment.id);
  } catch (error) {
    if (nameOf(error) !== 'DeploymentAlreadyCompletedException') throw error;
    return state;
  }
  return { ...state, stopReason: reason };
}

/** Of the task that the reason names. Never throws: the reason is good without them. */
export async function lastLines(
  { tasks: [task] }: StartProblem,
  logs: TaskLogs | undefined,
  aws: Pick<Aws, 'taskLines'>,
): Promise<string[]> {
  if (!logs || !task) return [];
  return aws.taskLines(logs, task.id).catch((error: unknown) => {
    log('warn', "the task's log could not be read", { error: describeError(error) });
    return isAccessDenied(error) ? [`(not readable: ${describeError(error)})`] : [];
  });
}

async function responseFor(
  state: WaiterState,
  progress: Progress,
  aws: Aws,
  nowMs: number,
): Promise<ResourceResponse | undefined> {
  const { properties, failureSeenAt, stopReason } = state;
  const { deployment } = progress;
  const now = stateOf(progress, nowMs, failureSeenAt ? Date.parse(failureSeenAt) : undefined);
  if (now.kind === 'waiting') return undefined;
  if (now.kind === 'succeeded') {
    const reason = `${properties.ServiceName} was released by deployment ${deployment.id}`;
    return { status: 'SUCCESS', reason, data: { DeploymentId: deployment.id } };
  }
  const evidence = await findEvidence(deployment, properties, aws);
  const reason = failureSentence(properties.ServiceName, deployment, { ...evidence, stopReason }, now.aftermath);
  return { status: 'FAILED', reason };
}

/** The time is over. What is deleted does not need to say how its last deployment ended. */
function late({ state, deployment }: Poll): ResourceResponse {
  const { ServiceName, TimeoutSeconds } = state.properties;
  const reason = lateSentence(ServiceName, deployment, state.deploymentId, Number(TimeoutSeconds));
  return { status: state.requestType === 'Delete' ? 'SUCCESS' : 'FAILED', reason };
}
