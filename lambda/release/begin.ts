import { describeError } from '../../common/errors';
import { type ResourceResponse, type CustomResourceEvent, sha256 } from '../shared/custom-resource';
import { log } from '../shared/logger';
import { Patience } from '../../aws/patience';
import { readProperties, type ReleaseProperties } from './properties';
import type { WaiterState } from './types';
import { addresseeFor, previousRevisionOf, releaseEvent, type Request } from './identity';
import type { Aws } from './aws';
import { type Step, step } from './step';
import type { Waiter } from './waiters';

/** Between two polls of a deployment. */
const POLL_AGAIN_SECONDS = 10;

/** @returns the response, or undefined when a waiter was started that will give it. @throws what AWS or the event said */
export async function begin(
  event: CustomResourceEvent,
  waiterArn: string | undefined,
  aws: Aws,
): Promise<ResourceResponse | undefined> {
  const properties = propertiesOf(event);
  if (!properties) return { status: 'SUCCESS', reason: 'nothing to end: the release was never made right' };
  if (!waiterArn) throw new Error('the release function is configured wrongly: it has no waiter');
  const addressee = { requestType: event.RequestType, ...addresseeFor(event) };
  const waiter = waiterOf(event, waiterArn);
  // From here on, and not from the first success: CloudFormation's hour has begun.
  const startedAt = new Date().toISOString();
  const patience = new Patience();
  const means = { waiter, patience, aws };
  if (await isSettled(event, means)) return undefined;
  const request = { ...addressee, ...(await patience.outlast(() => updateOf(event, aws))) };
  const first = await firstStep(request, properties, means);
  if (first.kind === 'overtaken') return undefined;
  if (first.kind === 'settled') {
    await resumeScaling(properties, aws);
    return first.response;
  }
  const state: WaiterState = {
    kind: 'greenlight.wait',
    ...request,
    ...(first.kind === 'follow' && { deploymentId: first.deploymentId }),
    startedAt,
    properties,
    done: false,
    pollAgainSeconds: POLL_AGAIN_SECONDS,
  };
  await patience.outlast(() => aws.startWaiter(waiter, state));
  return undefined;
}

/** What an event is handled with: the waiter that is its own, the time that AWS may be unavailable, and the calls. */
export interface Means {
  readonly waiter: Waiter;
  readonly patience: Patience;
  readonly aws: Aws;
}

/** Whether nothing is to be done for an event: it comes too late, or again. */
export async function isSettled(event: CustomResourceEvent, { waiter, patience, aws }: Means): Promise<boolean> {
  return (await isOver(event, aws, patience)) || (await isRepeated(waiter, aws, patience));
}

/** Whether CloudFormation waits for nothing any more: the event was repeated after its stack had come to an end. */
async function isOver({ StackId, RequestId }: CustomResourceEvent, aws: Aws, patience: Patience): Promise<boolean> {
  const inProgress = await patience
    .outlast(() => aws.isInProgress(StackId))
    .catch((error: unknown) => {
      log('warn', 'the stack could not be read', { error: describeError(error) });
      return true;
    });
  if (!inProgress) log('warn', 'the event comes too late: nobody waits for its request', { requestId: RequestId });
  return !inProgress;
}

/** An event that comes again once its release has begun would decide again, and release what was rolled back meanwhile. */
async function isRepeated(waiter: Waiter, aws: Aws, patience: Patience): Promise<boolean> {
  const isKnown = await patience.outlast(() => aws.hasBegun(waiter));
  if (isKnown) log('warn', 'the event was repeated: its release has begun already', { waiter: waiter.name });
  return isKnown;
}

/** The name is one of each request, so that a retried event finds its own; those of one resource have a beginning in common. */
export function waiterOf(event: CustomResourceEvent, stateMachineArn: string): Waiter {
  const prefix = `release-${sha256(`${event.StackId} ${event.LogicalResourceId}`).slice(0, 24)}-`;
  return { stateMachineArn, prefix, name: `${prefix}${sha256(event.RequestId).slice(0, 24)}` };
}

/** An earlier request that this one cut off may have suspended it. */
async function resumeScaling(properties: ReleaseProperties, aws: Aws): Promise<void> {
  await aws.suspendScaling(properties, false).catch((error: unknown) => {
    log('error', 'scaling could not be resumed', { error: describeError(error) });
  });
}

/** @returns undefined for a broken resource that is deleted: it must not hold up its stack */
function propertiesOf(event: CustomResourceEvent): ReleaseProperties | undefined {
  try {
    return readProperties(event.ResourceProperties);
  } catch (error) {
    if (event.RequestType === 'Delete') return undefined;
    throw error;
  }
}

/** What the decision needs to know of the update that the event is part of. */
async function updateOf(
  event: CustomResourceEvent,
  aws: Aws,
): Promise<Pick<WaiterState, 'previousRevision' | 'stackRollsBack'>> {
  if (event.RequestType === 'Delete') return {};
  const previousRevision = previousRevisionOf(event);
  const stackRollsBack = await aws.isRollingBack(event.StackId);
  return { ...(previousRevision !== undefined && { previousRevision }), ...(stackRollsBack && { stackRollsBack }) };
}

/** A later request for the same resource waits: there is nothing to do for this one. */
interface Overtaken {
  readonly kind: 'overtaken';
}

/** Ends what waits on behalf of earlier requests, unless a later one waits. */
export async function isOvertaken({ waiter, patience, aws }: Means, responseUrl: string): Promise<boolean> {
  const overtaken = await patience.outlast(() => aws.endOtherWaiters(waiter, responseUrl));
  if (overtaken) log('warn', 'the event comes too late: a later request for the resource waits');
  return overtaken;
}

async function firstStep(
  request: Request & Pick<WaiterState, 'responseUrl'>,
  properties: ReleaseProperties,
  means: Means,
): Promise<Step | Overtaken> {
  const { waiter, patience, aws } = means;
  try {
    // CloudFormation cancelled an earlier request that still waits: it must not release what nobody wants any more.
    if (await isOvertaken(means, request.responseUrl)) return { kind: 'overtaken' };
    const prepare = () => aws.proveWaiter(waiter);
    return await patience.outlast(() => step(releaseEvent(request, properties), properties, aws, prepare));
  } catch (error) {
    // Group or service may be gone already, and what is deleted must not hold up its stack; nor may what rolls back.
    const what = request.requestType === 'Delete' ? 'ended' : 'rolled back';
    if (what === 'rolled back' && !request.stackRollsBack) throw error;
    log('error', `nothing could be ${what}`, { error: describeError(error) });
    return { kind: 'settled', response: { status: 'SUCCESS', reason: `nothing was ${what}: ${describeError(error)}` } };
  }
}
