import { isDeepStrictEqual } from 'node:util';
import { Patience } from '../../../aws/patience';
import { describeError } from '../../../common/errors';
import { addresseeOf, type CustomResourceEvent, type ResourceResponse } from '../../shared/custom-resource';
import { log } from '../../shared/logger';
import type { Aws } from '../aws';
import { isOvertaken, isSettled, type Means, waiterOf } from '../begin';
import { explain } from '../explain';
import type { FollowerState } from '../types';
import { readFollowerProperties } from './properties';

/** Short, because CloudFormation sees the end of the rollback too, and what fails first is what it shows. */
const POLL_AGAIN_SECONDS = 5;

/**
 * Starts to follow what CloudFormation starts with the service. Whatever goes wrong here is no reason for the stack to fail.
 * @returns undefined when a waiter was started that will respond, or when nobody waits for a response. Never throws.
 */
export async function beginFollowing(
  event: CustomResourceEvent,
  waiterArn: string | undefined,
  aws: Aws,
): Promise<ResourceResponse | undefined> {
  try {
    return await start(event, waiterArn, aws);
  } catch (error) {
    log('error', 'the deployment cannot be followed', { error: describeError(error) });
    return { status: 'SUCCESS', reason: `the deployment cannot be followed: ${explain(error)}` };
  }
}

async function start(
  event: CustomResourceEvent,
  waiterArn: string | undefined,
  aws: Aws,
): Promise<ResourceResponse | undefined> {
  if (!waiterArn) throw new Error('the release function is configured wrongly: it has no waiter');
  const patience = new Patience();
  const waiter = waiterOf(event, waiterArn);
  const means = { waiter, patience, aws };
  if (await isSettled(event, means)) return undefined;
  if (await isOvertaken(means, event.ResponseURL)) return undefined;
  const idle = await reasonNotToFollow(event, means);
  if (idle !== undefined) return { status: 'SUCCESS', reason: idle };
  const properties = readFollowerProperties(event.ResourceProperties);
  const stackSince = await patience.outlast(() => aws.operationBegan(event.StackId));
  await patience.outlast(() => aws.proveWaiter(waiter));
  const state: FollowerState = {
    kind: 'greenlight.follower',
    ...addresseeOf(event),
    stackSince: stackSince.toISOString(),
    startedAt: new Date().toISOString(),
    properties,
    done: false,
    pollAgainSeconds: POLL_AGAIN_SECONDS,
  };
  await patience.outlast(() => aws.startWaiter(waiter, state));
  return undefined;
}

async function reasonNotToFollow(event: CustomResourceEvent, { patience, aws }: Means): Promise<string | undefined> {
  if (event.RequestType === 'Delete') return 'a resource that is deleted follows nothing';
  if (!startsDeployment(event)) return 'nothing has changed that starts a deployment';
  const rollsBack = await patience.outlast(() => aws.isRollingBack(event.StackId));
  return rollsBack ? 'a stack that rolls back has said why already' : undefined;
}

/** Whether CloudFormation changes the service, or makes another one, in the same update. */
function startsDeployment({ OldResourceProperties: before, ResourceProperties: now }: CustomResourceEvent): boolean {
  return !before || ['ServiceLogicalId', 'Deployed'].some((name) => !isDeepStrictEqual(before[name], now[name]));
}
