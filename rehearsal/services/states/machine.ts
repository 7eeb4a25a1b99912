import { holds } from './choice';
import type { Definition, State } from './definition';
import { fill, narrow, place, read, type Scope, StateError } from './paths';

/** The state of an execution: pure data, so that one step is a function of it. */
export interface Position {
  readonly state: string;
  /** Raw input of the state. */
  readonly input: unknown;
  /** Retries made so far in this state, by retrier. */
  readonly retries: readonly number[];
}

/** What the runner does next. */
export type Step =
  | { readonly kind: 'enter'; readonly position: Position }
  | { readonly kind: 'wait'; readonly untilMs: number; readonly then: Step }
  | {
      readonly kind: 'task';
      readonly position: Position;
      readonly resource: string;
      readonly parameters: unknown;
      readonly timeoutMs?: number;
    }
  | { readonly kind: 'succeed'; readonly output: unknown }
  | { readonly kind: 'fail'; readonly error: string; readonly cause: string };

export interface Surroundings {
  readonly definition: Definition;
  /** The context object, `$$`. */
  readonly context: unknown;
  /** AWS time. */
  readonly nowMs: number;
}

/** The first step of an execution. */
export function start(definition: Definition, input: unknown): Step {
  return enter(definition.StartAt, input);
}

/** Runs a state up to where it waits, calls something, moves on or ends. */
export function step(position: Position, around: Surroundings): Step {
  const state = stateOf(position, around);
  return guarded(position, around, () => {
    const scope = { input: position.input, context: around.context };
    const narrowed = { ...scope, input: narrow(scope, state.InputPath) };
    return BEHAVIOUR[state.Type](state, narrowed, position, around);
  });
}

type Behaviour = (state: State, scope: Scope, position: Position, around: Surroundings) => Step;

const BEHAVIOUR: Readonly<Record<State['Type'], Behaviour>> = {
  Pass: (state, scope, position, around) => {
    const parameters = state.Parameters === undefined ? scope.input : fill(scope, state.Parameters);
    return leave(state, place(position.input, state.ResultPath, state.Result ?? parameters), around);
  },
  Wait: (state, scope, _position, around) => ({
    kind: 'wait',
    untilMs: waitUntil(state, scope, around.nowMs),
    then: leave(state, scope.input, around),
  }),
  Task: (state, scope, position) => ({
    kind: 'task',
    position,
    resource: state.Resource ?? '',
    parameters: state.Parameters === undefined ? scope.input : fill(scope, state.Parameters),
    ...(state.TimeoutSeconds !== undefined && { timeoutMs: state.TimeoutSeconds * 1000 }),
  }),
  Choice: (state, scope) => {
    const chosen = state.Choices?.find((choice) => holds(choice, scope))?.Next ?? state.Default;
    if (chosen === undefined)
      throw new StateError('States.NoChoiceMatched', 'No choice matched and there is no Default');
    return enter(chosen, narrow(scope, state.OutputPath));
  },
  Succeed: (state, scope) => ({ kind: 'succeed', output: narrow(scope, state.OutputPath) }),
  Fail: (state, scope) => ({
    kind: 'fail',
    error: state.ErrorPath ? String(read(scope, state.ErrorPath)) : (state.Error ?? ''),
    cause: state.CausePath ? String(read(scope, state.CausePath)) : (state.Cause ?? ''),
  }),
};

/** A task returned. */
export function taskSucceeded(position: Position, result: unknown, around: Surroundings): Step {
  const state = stateOf(position, around);
  return guarded(position, around, () => {
    const scope = { input: result, context: around.context };
    const selected = state.ResultSelector === undefined ? result : fill(scope, state.ResultSelector);
    return leave(state, place(position.input, state.ResultPath, selected), around);
  });
}

/**
 * A task failed: the first retrier that matches decides as long as it has attempts left, then the first catcher.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function taskFailed(position: Position, failure: StateError, around: Surroundings): Step {
  const state = stateOf(position, around);
  const index = (state.Retry ?? []).findIndex((retrier) => matches(retrier.ErrorEquals, failure.error));
  const retrier = state.Retry?.[index];
  const made = position.retries[index] ?? 0;
  if (retrier && made < (retrier.MaxAttempts ?? 3)) {
    const seconds = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** made;
    const retries = (state.Retry ?? []).map((_, other) => (position.retries[other] ?? 0) + (other === index ? 1 : 0));
    const untilMs = around.nowMs + Math.min(seconds, retrier.MaxDelaySeconds ?? Infinity) * 1000;
    return { kind: 'wait', untilMs, then: { kind: 'enter', position: { ...position, retries } } };
  }
  const catcher = state.Catch?.find((each) => matches(each.ErrorEquals, failure.error));
  if (!catcher) return { kind: 'fail', error: failure.error, cause: failure.cause };
  return enter(catcher.Next, place(position.input, catcher.ResultPath, { Error: failure.error, Cause: failure.cause }));
}

/** States.ALL takes all errors except two, States.TaskFailed all except a timeout. */
function matches(names: readonly string[], error: string): boolean {
  if (names.includes(error)) return true;
  if (error === 'States.Runtime' || error === 'States.DataLimitExceeded') return false;
  return names.includes('States.ALL') || (names.includes('States.TaskFailed') && error !== 'States.Timeout');
}

function enter(state: string, input: unknown): Step {
  return { kind: 'enter', position: { state, input, retries: [] } };
}

function leave(state: State, data: unknown, around: Surroundings): Step {
  const output = narrow({ input: data, context: around.context }, state.OutputPath);
  return state.Next === undefined ? { kind: 'succeed', output } : enter(state.Next, output);
}

function waitUntil(state: State, scope: Scope, nowMs: number): number {
  if (state.Seconds !== undefined) return nowMs + state.Seconds * 1000;
  if (state.SecondsPath !== undefined) return nowMs + Number(read(scope, state.SecondsPath)) * 1000;
  const atMs = Date.parse(state.Timestamp ?? String(read(scope, state.TimestampPath ?? '$')));
  if (Number.isNaN(atMs)) throw new StateError('States.Runtime', 'a Wait needs a time');
  return atMs;
}

function stateOf(position: Position, around: Surroundings): State {
  const state = around.definition.States[position.state];
  if (!state) throw new Error(`no state ${position.state}`);
  return state;
}

/** A state's own errors (paths, templates) go to its Retry and Catch like a task's. */
function guarded(position: Position, around: Surroundings, run: () => Step): Step {
  try {
    return run();
  } catch (error) {
    const failure = error instanceof StateError ? error : new StateError('States.Runtime', (error as Error).message);
    return taskFailed(position, failure, around);
  }
}
