import type { Outcome, PlannedRelease } from '../plan/plan';

/** What is known of a release once nothing moves any more. */
export interface Facts {
  readonly cdkExitCode: number;
  /** Empty when there is no stack. */
  readonly stackStatus: string;
  readonly existedBefore: boolean;
  /** Of the deployment that the release started; absent when it started none. */
  readonly deploymentStatus?: string;
}

/**
 * A release is `created` when the stack came up for the first time, `succeeded` when the deployment (if the change
 * needed one) and the stack update did, `rolled-back` when something started and was undone, and `refused` when it
 * failed before anything was started.
 */
export function outcomeOf(facts: Facts): Outcome {
  const failed = facts.cdkExitCode !== 0 || ['Failed', 'Stopped'].includes(facts.deploymentStatus ?? '');
  if (!failed) return facts.existedBefore ? 'succeeded' : 'created';
  const undone = facts.deploymentStatus !== undefined || facts.stackStatus.includes('ROLLBACK');
  return undone ? 'rolled-back' : 'refused';
}

/** Whether a release ended as the plan says, in outcome and, where one is given, in the text of its reason. */
export function isAsExpected(planned: PlannedRelease, outcome: Outcome, reason: string): boolean {
  return outcome === planned.expect && (planned.reason === undefined || reason.includes(planned.reason));
}

interface StackEvent {
  readonly ResourceStatus?: string;
  readonly ResourceStatusReason?: string;
  readonly LogicalResourceId?: string;
}

/** The reason of the first resource that failed by itself, without CloudFormation's frame around it. */
export function failureReason(oldestFirst: readonly StackEvent[]): string {
  const failure = oldestFirst.find(
    (event) =>
      event.ResourceStatus?.endsWith('_FAILED') && !/cancelled/i.test(event.ResourceStatusReason ?? 'cancelled'),
  );
  return (failure?.ResourceStatusReason ?? '')
    .replace(/^Received response status \[FAILED\] from custom resource\. Message returned: /, '')
    .replace(/\s*\(RequestId: [0-9a-f-]+\)$/, '');
}
