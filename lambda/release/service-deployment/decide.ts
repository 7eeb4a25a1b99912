/** Whether there is something to say about a deployment that CloudFormation runs itself: pure. */
import type { ServiceDeployment } from '../../../aws/ecs';
import type { StackResource } from '../../../aws/stack';

/** What one poll found. */
export interface Observed {
  /** The ECS service as the stack has it. */
  readonly resource?: StackResource;
  /** The newest one since CloudFormation began to work on the stack. */
  readonly deployment?: ServiceDeployment;
}

export type Action =
  | { readonly kind: 'wait' }
  | { readonly kind: 'give-way'; readonly reason: string }
  | { readonly kind: 'fail'; readonly deployment: ServiceDeployment };

/**
 * CloudFormation begins with the service at about the same time: both wait for the same resources. A service that has not
 * changed is not begun with at all.
 */
export const BEGINS_MS = 120_000;

/**
 * Only what ECS rolls back fails: nothing else may make a release fail that is good.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html lists the statuses.
 */
export function decide({ resource, deployment }: Observed, stackSinceMs: number, waitedMs: number): Action {
  const { status = '', statusSinceMs = 0 } = resource ?? {};
  if (status.endsWith('_COMPLETE') && statusSinceMs >= stackSinceMs)
    return giveWay('CloudFormation has finished with the service');
  if (deployment && isRolledBack(deployment)) return { kind: 'fail', deployment };
  if (deployment?.status === 'SUCCESSFUL') return giveWay('the deployment was successful');
  if (deployment?.status === 'STOPPED') return giveWay('the deployment was stopped without a rollback');
  if (deployment || status.endsWith('_IN_PROGRESS')) return { kind: 'wait' };
  if (status.endsWith('_FAILED')) return giveWay('the service failed without a deployment');
  return waitedMs < BEGINS_MS ? { kind: 'wait' } : giveWay('there is no deployment to follow');
}

const giveWay = (reason: string): Action => ({ kind: 'give-way', reason });

function isRolledBack({ status }: ServiceDeployment): boolean {
  return status.startsWith('ROLLBACK_');
}
