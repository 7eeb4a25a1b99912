/** The stack statuses of CloudFormation without imports and drift. */
export type StackStatus =
  | 'REVIEW_IN_PROGRESS'
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_FAILED'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

/** What people ask for (first line) and what the engine finds (second line). `keep` is a failure without rollback. */
export type StackSignal = 'create' | 'update' | 'delete' | 'rollback' | 'succeeded' | 'failed' | 'keep' | 'cleaned';

type Transitions = Readonly<Partial<Record<StackSignal, StackStatus>>>;

const stable: Transitions = { update: 'UPDATE_IN_PROGRESS', delete: 'DELETE_IN_PROGRESS' };
const deletable: Transitions = { delete: 'DELETE_IN_PROGRESS' };

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html (stack status codes) */
const transitions: Readonly<Record<StackStatus, Transitions>> = {
  REVIEW_IN_PROGRESS: { create: 'CREATE_IN_PROGRESS', delete: 'DELETE_IN_PROGRESS' },
  CREATE_IN_PROGRESS: {
    succeeded: 'CREATE_COMPLETE',
    failed: 'ROLLBACK_IN_PROGRESS',
    keep: 'CREATE_FAILED',
    delete: 'DELETE_IN_PROGRESS',
  },
  CREATE_COMPLETE: stable,
  CREATE_FAILED: { rollback: 'ROLLBACK_IN_PROGRESS', ...deletable },
  ROLLBACK_IN_PROGRESS: { succeeded: 'ROLLBACK_COMPLETE', failed: 'ROLLBACK_FAILED' },
  ROLLBACK_COMPLETE: deletable,
  ROLLBACK_FAILED: deletable,
  UPDATE_IN_PROGRESS: {
    succeeded: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    failed: 'UPDATE_ROLLBACK_IN_PROGRESS',
    keep: 'UPDATE_FAILED',
  },
  // A nested stack still goes back when its parent does.
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: { cleaned: 'UPDATE_COMPLETE', failed: 'UPDATE_ROLLBACK_IN_PROGRESS' },
  UPDATE_COMPLETE: stable,
  UPDATE_FAILED: { rollback: 'UPDATE_ROLLBACK_IN_PROGRESS', ...deletable },
  UPDATE_ROLLBACK_IN_PROGRESS: {
    succeeded: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    failed: 'UPDATE_ROLLBACK_FAILED',
  },
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: { cleaned: 'UPDATE_ROLLBACK_COMPLETE' },
  UPDATE_ROLLBACK_COMPLETE: stable,
  UPDATE_ROLLBACK_FAILED: { rollback: 'UPDATE_ROLLBACK_IN_PROGRESS', ...deletable },
  DELETE_IN_PROGRESS: { succeeded: 'DELETE_COMPLETE', failed: 'DELETE_FAILED' },
  DELETE_COMPLETE: {},
  DELETE_FAILED: deletable,
};

/** @returns the status that follows, or `undefined` when CloudFormation refuses the signal in this status */
export function nextStatus(status: StackStatus, signal: StackSignal): StackStatus | undefined {
  return transitions[status][signal];
}

/** Whether nothing runs any more; REVIEW_IN_PROGRESS waits for people and counts as at rest. */
export function isAtRest(status: StackStatus): boolean {
  return status === 'REVIEW_IN_PROGRESS' || !status.endsWith('_IN_PROGRESS');
}

export const allStatuses = Object.keys(transitions) as readonly StackStatus[];
