import { nameOf } from '../shared/aws';
import { addresseeOf, type Answer, type CustomResourceEvent, sha256 } from '../shared/custom-resource';
import type { ReleaseProperties, WaiterState } from './contract';
import { type Action, decide, type Observed, type ReleaseEvent } from './decide';
import type { Outbound } from './outbound';
import { readProperties } from './properties';

/** @returns the answer, or undefined when a waiter was started that will give it. @throws what AWS or the event said */
export async function begin(
  event: CustomResourceEvent,
  waiterArn: string | undefined,
  outbound: Outbound,
): Promise<Answer | undefined> {
  // A resource that was never created right must still be deletable.
  if (event.RequestType === 'Delete') return settled(decide(releaseEvent(event, undefined), { inFlight: [] }));
  const properties = readProperties(event.ResourceProperties);
  if (!waiterArn) throw new Error('the release function is configured wrongly: it has no waiter');
  const action = await act(releaseEvent(event, properties), properties, outbound);
  if (typeof action === 'object') return settled(action);
  const state: WaiterState = {
    kind: 'greenlight.wait',
    ...addresseeOf(event),
    deploymentId: action,
    startedAt: new Date().toISOString(),
    properties,
    done: false,
  };
  await outbound.startWaiter(waiterArn, `${action}-${sha256(event.RequestId).slice(0, 16)}`, state);
  return undefined;
}

/** @returns the deployment to wait for, or what settles the event at once */
async function act(event: ReleaseEvent, properties: ReleaseProperties, outbound: Outbound): Promise<string | Action> {
  const action = decide(event, await observe(event, properties, outbound));
  if (action.kind === 'adopt') return action.deploymentId;
  if (action.kind !== 'create') return action;
  try {
    return await outbound.createDeployment(properties, event.revision);
  } catch (error) {
    if (nameOf(error) !== 'DeploymentLimitExceededException') throw error;
    // Someone was faster, perhaps an earlier attempt of ours whose answer was lost: decide anew on what is in flight.
    const again = decide(event, await observe(event, properties, outbound));
    if (again.kind === 'create') throw error;
    return again.kind === 'adopt' ? again.deploymentId : again;
  }
}

async function observe(event: ReleaseEvent, properties: ReleaseProperties, outbound: Outbound): Promise<Observed> {
  if (event.requestType !== 'Update') return { inFlight: [] };
  const [liveTaskDefinition, inFlight] = await Promise.all([
    outbound.liveTaskDefinition(properties),
    outbound.deploymentsInFlight(properties),
  ]);
  return { liveTaskDefinition, inFlight };
}

function releaseEvent(event: CustomResourceEvent, properties: ReleaseProperties | undefined): ReleaseEvent {
  return {
    requestType: event.RequestType,
    taskDefinition: properties?.TaskDefinition ?? '',
    revision: sha256(properties?.AppSpec ?? ''),
  };
}

function settled(action: Action): Answer {
  if (action.kind === 'answer') return { status: 'SUCCESS', reason: action.reason, data: { DeploymentId: '' } };
  return { status: 'FAILED', reason: action.kind === 'refuse' ? action.reason : `cannot ${action.kind} here` };
}
