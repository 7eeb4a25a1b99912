import { Patience } from '../../aws/patience';
import { describeError } from '../../common/errors';
import { addresseeOf, type ResourceResponse, type CustomResourceEvent, deliver } from '../shared/custom-resource';
import { log } from '../shared/logger';
import { sleep } from '../../common/retry';
import { LIVE_TARGET_GROUP, LIVE_WEIGHTS, type LiveRouteProperties, UPDATE_GUARD_RESOURCE_TYPE } from './types';
import { decide, type Decision, heavierSide, type Observed, type Side } from './decide';
import { updateProblem } from './guard';
import { observe, occupiedPlaces } from './observe';
import { aws as realAws, type Aws } from './aws';
import { placeProblem } from './places';
import { readGuard, readProperties } from './properties';

/** How long a rollback of the stack waits for the rollback of a deployment to put traffic back. */
const ROLLBACK_MS_MAX = 300_000;
const POLL_MS = 5_000;

/** A live-route function; `handler` is the one that Lambda calls. */
export function createLiveRoute(aws: Aws) {
  return async (event: CustomResourceEvent): Promise<void> => {
    const response = await respondTo(event, aws).catch((error: unknown): ResourceResponse => {
      log('error', 'the live side could not be found', { error: describeError(error) });
      return { status: 'FAILED', reason: `the live side could not be found: ${describeError(error)}` };
    });
    await deliver(addresseeOf(event), response, aws.put);
  };
}

async function respondTo(event: CustomResourceEvent, aws: Aws): Promise<ResourceResponse> {
  // A resource that was never created right must still be deletable.
  if (event.RequestType === 'Delete') return { status: 'SUCCESS', reason: 'nothing to remove' };
  const patience = new Patience();
  if (event.ResourceType === UPDATE_GUARD_RESOURCE_TYPE) return guard(event, aws, patience);
  const properties = readProperties(event.ResourceProperties);
  const before = event.OldResourceProperties as Partial<LiveRouteProperties> | undefined;
  const read = () => patience.outlast(() => observe(properties, before, event.StackId, aws));
  const observed = await read();
  const decision = await patience.outlast(() => decided(event, properties, observed, aws));
  if (decision.kind === 'live') return success(properties, decision.side, decision.reason);
  if (!(await isRollingBack(event, aws, patience))) {
    return { status: 'FAILED', reason: `${properties.ServiceName}: ${decision.reason}` };
  }
  const settled = await whileDeploymentRollsBack(observed, read, patience);
  return success(properties, heavierSide(settled), `the stack rolls back while ${decision.reason}`);
}

/** The side, unless one of the places is taken that the listeners and rules are to have. */
async function decided(
  { StackId }: CustomResourceEvent,
  { Places }: LiveRouteProperties,
  observed: Observed,
  aws: Aws,
): Promise<Decision> {
  const decision = decide(observed);
  if (decision.kind === 'refuse') return decision;
  const reason = placeProblem(await occupiedPlaces(Places, StackId, aws));
  return reason === undefined ? decision : { kind: 'refuse', reason };
}

/** A rollback of the stack must not be refused: it puts back what production had. */
async function guard(event: CustomResourceEvent, aws: Aws, patience: Patience): Promise<ResourceResponse> {
  const after = readGuard(event.ResourceProperties);
  const problem = event.OldResourceProperties && updateProblem(readGuard(event.OldResourceProperties), after);
  if (!problem || (await isRollingBack(event, aws, patience))) {
    return { status: 'SUCCESS', reason: 'production survives the update' };
  }
  return { status: 'FAILED', reason: `${after.ServiceName}: ${problem}` };
}

/** Unreadable counts as no rollback. */
async function isRollingBack({ StackId }: CustomResourceEvent, aws: Aws, patience: Patience): Promise<boolean> {
  return patience
    .outlast(() => aws.isRollingBack(StackId))
    .catch((error: unknown) => {
      log('warn', 'the stack could not be read', { error: describeError(error) });
      return false;
    });
}

/** A rollback removes the side that it empties, so it must be over before a listener learns where to forward. */
async function whileDeploymentRollsBack(
  first: Observed,
  read: () => Promise<Observed>,
  patience: Patience,
): Promise<Observed> {
  const endMs = Math.min(Date.now() + ROLLBACK_MS_MAX, patience.endMs);
  let observed = first;
  while (observed.inFlight.some(({ rollback }) => rollback) && Date.now() < endMs) {
    await sleep(POLL_MS);
    observed = await read();
  }
  return observed;
}

function success(properties: LiveRouteProperties, side: Side, reason: string): ResourceResponse {
  const blue = side === 'blue';
  const data = {
    [LIVE_TARGET_GROUP]: blue ? properties.BlueTargetGroupArn : properties.GreenTargetGroupArn,
    [LIVE_WEIGHTS.blue]: blue ? '100' : '0',
    [LIVE_WEIGHTS.green]: blue ? '0' : '100',
  };
  return { status: 'SUCCESS', reason: `${properties.ServiceName}: ${reason}`, data };
}

export const handler = createLiveRoute(realAws);
