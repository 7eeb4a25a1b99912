import type { Outcome } from '../plan/expectation';

/** What is known of a release once nothing moves any more. */
export interface Facts {
  readonly cdkExitCode: number;
  /** Of the stacks that the release changed. */
  readonly changedStatuses: readonly string[];
  readonly existedBefore: boolean;
  /** Of the deployments that the release started. */
  readonly deploymentStatuses: readonly string[];
  /** Whether the tasks of any service were replaced. */
  readonly newTasks: boolean;
}

/**
 * A release is `created` when the stack came up for the first time, `succeeded` when new tasks took over, `updated` when
 * only other resources changed, `unchanged` when nothing did, `rolled-back` when something started and was undone, and
 * `refused` when it failed before anything was started.
 */
export function outcomeOf(facts: Facts): Outcome {
  const { deploymentStatuses: deployments, changedStatuses } = facts;
  const failed = facts.cdkExitCode !== 0 || deployments.some((status) => ['Failed', 'Stopped'].includes(status));
  if (failed) {
    const undone = deployments.length > 0 || changedStatuses.some((status) => status.includes('ROLLBACK'));
    return undone ? 'rolled-back' : 'refused';
  }
  if (!facts.existedBefore) return 'created';
  if (deployments.length > 0 || facts.newTasks) return 'succeeded';
  return changedStatuses.length > 0 ? 'updated' : 'unchanged';
}

interface FailureEvent {
  readonly ResourceStatus?: string;
  readonly ResourceStatusReason?: string;
}

/** The reason of the first resource that failed by itself, without CloudFormation's frame around it. */
export function failureReason(oldestFirst: readonly FailureEvent[]): string {
  const failure = oldestFirst.find(
    (event) =>
      event.ResourceStatus?.endsWith('_FAILED') && !/cancelled/i.test(event.ResourceStatusReason ?? 'cancelled'),
  );
  return (failure?.ResourceStatusReason ?? '')
    .replace(/^Received response status \[FAILED\] from custom resource\. Message returned: /, '')
    .replace(/\s*\(RequestId: [0-9a-f-]+\)$/, '');
}
