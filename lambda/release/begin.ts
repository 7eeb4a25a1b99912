import { describeError } from '../../common/errors';
import { type ResourceResponse, type CustomResourceEvent, sha256 } from '../shared/custom-resource';
import { log } from '../shared/logger';
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
  const waiter = { stateMachineArn: waiterArn, ...waiterName(addressee) };
  const request = { ...addressee, ...(await updateOf(event, aws)) };
  const first = await firstStep(request, properties, waiter, aws);
  if (first.kind === 'settled') {
    await resumeScaling(properties, aws);
    return first.response;
  }
  const state: WaiterState = {
    kind: 'greenlight.wait',
    ...request,
    ...(first.kind === 'follow' && { deploymentId: first.deploymentId }),
    startedAt: new Date().toISOString(),
    properties,
    done: false,
    pollAgainSeconds: POLL_AGAIN_SECONDS,
  };
  await aws.startWaiter(waiter, state);
  return undefined;
}

/** One of each request, so that a retried event finds its own; those of one resource have a beginning in common. */
function waiterName(request: Pick<WaiterState, 'stackId' | 'logicalResourceId' | 'requestId'>) {
  const prefix = `release-${sha256(`${request.stackId} ${request.logicalResourceId}`).slice(0, 24)}-`;
  return { prefix, name: `${prefix}${sha256(request.requestId).slice(0, 24)}` };
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

async function firstStep(request: Request, properties: ReleaseProperties, waiter: Waiter, aws: Aws): Promise<Step> {
  try {
    // CloudFormation cancelled an earlier request that still waits: it must not release what nobody wants any more.
    await aws.endOtherWaiters(waiter);
    return await step(releaseEvent(request, properties), properties, aws, () => aws.proveWaiter(waiter));
  } catch (error) {
    // Group or service may be gone already, and what is deleted must not hold up its stack; nor may what rolls back.
    const what = request.requestType === 'Delete' ? 'ended' : 'rolled back';
    if (what === 'rolled back' && !request.stackRollsBack) throw error;
    log('error', `nothing could be ${what}`, { error: describeError(error) });
    return { kind: 'settled', response: { status: 'SUCCESS', reason: `nothing was ${what}: ${describeError(error)}` } };
  }
}
