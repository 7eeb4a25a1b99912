import {
  broken,
  ended,
  type ErrorInformation,
  isTerminal,
  pendingLifecycle,
  type Progress,
  started,
} from './lifecycle';
import { MESSAGES } from './messages';

/**
 * A rollback as a pure state machine: it routes traffic back to the original task set, which still runs, and removes
 * the replacement. It starts no task set and calls no hook.
 */
export type RollbackStep = 'route-production' | 'route-test' | 'restore-primary' | 'delete-green';

export interface RollbackState extends Progress {
  /** What is left to do; the first is under way. */
  readonly steps: readonly RollbackStep[];
}

export type RollbackEvent = { readonly atMs: number } & (
  | { readonly type: 'start' }
  | { readonly type: 'done'; readonly step: RollbackStep }
  | { readonly type: 'failure'; readonly error: ErrorInformation }
  | { readonly type: 'stop' }
);

export interface RollbackAdvance {
  readonly state: RollbackState;
  /** What to do next. */
  readonly perform: RollbackStep | undefined;
}

export function initialRollback(steps: readonly RollbackStep[]): RollbackState {
  return { status: 'Created', lifecycle: pendingLifecycle(), steps };
}

export function advanceRollback(state: RollbackState, event: RollbackEvent): RollbackAdvance {
  if (isTerminal(state.status)) return { state, perform: undefined };
  switch (event.type) {
    case 'start':
      return state.status === 'Created' ? next(begin(state, event.atMs), event.atMs) : { state, perform: undefined };
    case 'done':
      if (state.status !== 'InProgress' || state.steps[0] !== event.step) return { state, perform: undefined };
      return next({ ...state, steps: state.steps.slice(1) }, event.atMs);
    case 'failure':
      return { state: end(state, event.atMs, 'Failed', event.error), perform: undefined };
    case 'stop':
      return { state: end(state, event.atMs, 'Stopped', MESSAGES.stopped), perform: undefined };
  }
}

/** Of the lifecycle only AllowTraffic takes place. */
function begin(state: RollbackState, atMs: number): RollbackState {
  const skipped = state.lifecycle.map((event) => ({ ...event, status: 'Skipped' as const }));
  return { ...state, status: 'InProgress', lifecycle: started(skipped, 'AllowTraffic', atMs) };
}

function next(state: RollbackState, atMs: number): RollbackAdvance {
  const [perform] = state.steps;
  if (perform) return { state, perform };
  const lifecycle = ended(state.lifecycle, 'AllowTraffic', 'Succeeded', atMs);
  return { state: { ...state, status: 'Succeeded', lifecycle }, perform: undefined };
}

function end(state: RollbackState, atMs: number, status: 'Failed' | 'Stopped', error: ErrorInformation): RollbackState {
  return { ...state, status, error, lifecycle: broken(state.lifecycle, atMs) };
}
