/** A revision's identity, and where the one of the first creation is kept. Pure. */
import { type Addressee, addresseeOf, type CustomResourceEvent, sha256 } from '../shared/custom-resource';
import type { ReleaseProperties, WaiterState } from './types';
import type { ReleaseEvent } from './decide';

const SHORT = 16;

/**
 * The physical id ends in the revision that the resource was created with: until the first deployment nothing else
 * remembers it, and a changed network configuration is a release although the task definition stays.
 */
export function addresseeFor(event: CustomResourceEvent): Addressee {
  const addressee = addresseeOf(event);
  if (event.PhysicalResourceId) return addressee;
  const { AppSpec } = event.ResourceProperties;
  const revision = sha256(typeof AppSpec === 'string' ? AppSpec : '').slice(0, SHORT);
  return { ...addressee, physicalResourceId: `${addressee.physicalResourceId}-${revision}` };
}

/** The revision that the resource had before an update. */
export function previousRevisionOf(event: CustomResourceEvent): string | undefined {
  const AppSpec = event.OldResourceProperties?.AppSpec;
  return typeof AppSpec === 'string' ? sha256(AppSpec) : undefined;
}

export type Request = Pick<WaiterState, 'requestType' | 'physicalResourceId' | 'previousRevision' | 'stackRollsBack'>;

/** What the table of decide.ts is asked about. */
export function releaseEvent(
  request: Request,
  properties: Pick<ReleaseProperties, 'TaskDefinition' | 'AppSpec' | 'BreakGlass'>,
): ReleaseEvent {
  const revision = sha256(properties.AppSpec);
  // At creation nothing was released yet: what the service runs with decides.
  const initialRevision =
    request.requestType === 'Create' ? undefined : initialRevisionOf(request.physicalResourceId, revision);
  return {
    requestType: request.requestType,
    taskDefinition: properties.TaskDefinition,
    revision,
    ...(initialRevision !== undefined && { initialRevision }),
    ...(request.previousRevision !== undefined && { previousRevision: request.previousRevision }),
    stackRollsBack: request.stackRollsBack === true,
    breakGlass: properties.BreakGlass !== undefined,
  };
}

/** @returns the whole revision when the id ends in its beginning, what the id ends in otherwise */
function initialRevisionOf(physicalResourceId: string, revision: string): string | undefined {
  const [, initial] = /-[0-9a-f]{12}-([0-9a-f]{16})$/.exec(physicalResourceId) ?? [];
  return initial === revision.slice(0, SHORT) ? revision : initial;
}
