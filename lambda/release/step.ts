import { describeError, nameOf } from '../../common/errors';
import type { ResourceResponse } from '../shared/custom-resource';
import { log } from '../shared/logger';
import type { ReleaseProperties } from './types';
import { type Action, decide, type ReleaseEvent } from './decide';
import type { Aws } from './aws';

export type Step =
  | { readonly kind: 'settled'; readonly response: ResourceResponse }
  | { readonly kind: 'follow'; readonly deploymentId: string }
  /** Something must end first. */
  | { readonly kind: 'poll-again' };

/**
 * Observes, decides, and acts. Doing it twice does no harm.
 * @param prepare shows that the end of what is begun can be waited for; it throws when not
 * @throws what AWS said
 */
export async function step(
  event: ReleaseEvent,
  properties: ReleaseProperties,
  aws: Aws,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<Step> {
  const action = decide(event, await aws.observe(properties, event));
  log('info', 'decision', { ...action, requestType: event.requestType, revision: event.revision });
  const waits = !SETTLED.has(action.kind);
  // What must end is ended whether that can be waited for or not.
  const ends = action.kind === 'undo' || event.requestType === 'Delete';
  if (waits && !ends) await prepare();
  try {
    const next = await perform(action, event, properties, aws);
    if (waits && ends) await prepare();
    return next;
  } catch (error) {
    if (!OVERTAKEN.has(nameOf(error))) throw error;
    // Someone was faster, perhaps an earlier attempt of ours whose response was lost: decide again on what is there.
    log('warn', 'the decision was overtaken', { error: describeError(error) });
    return { kind: 'poll-again' };
  }
}

const SETTLED: ReadonlySet<Action['kind']> = new Set<Action['kind']>(['leave', 'done', 'refuse']);

/** What CreateDeployment, StopDeployment and ContinueDeployment say of a deployment that has moved on. */
const OVERTAKEN = new Set([
  'DeploymentLimitExceededException',
  'DeploymentAlreadyCompletedException',
  'DeploymentIsNotInReadyStateException',
  'InvalidDeploymentStatusException',
]);

async function perform(action: Action, event: ReleaseEvent, properties: ReleaseProperties, aws: Aws): Promise<Step> {
  switch (action.kind) {
    case 'leave':
      log('warn', 'stack and production differ', { reason: action.reason });
      return { kind: 'settled', response: { status: 'SUCCESS', reason: action.reason, data: { DeploymentId: '' } } };
    case 'done':
      return { kind: 'settled', response: { status: 'SUCCESS', reason: action.reason, data: { DeploymentId: '' } } };
    case 'refuse':
      return { kind: 'settled', response: { status: 'FAILED', reason: action.reason } };
    case 'adopt':
      await aws.suspendScaling(properties, true);
      return { kind: 'follow', deploymentId: action.deploymentId };
    case 'create':
      await aws.suspendScaling(properties, true);
      return { kind: 'follow', deploymentId: await aws.createDeployment(properties, event.revision) };
    case 'end-bake':
      await aws.endBake(action.deploymentId);
      return { kind: 'poll-again' };
    case 'undo':
      await aws.stopDeployment(action.deploymentId);
      return { kind: 'poll-again' };
    case 'wait':
      return { kind: 'poll-again' };
  }
}
