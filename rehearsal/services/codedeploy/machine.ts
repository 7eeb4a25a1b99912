import {
  type Completion,
  type DeploymentEvent,
  type DeploymentState,
  type Effect,
  type RollbackTrigger,
  type TimerName,
} from './deployment-state';
import {
  broken,
  ended,
  type ErrorInformation,
  type HookableEvent,
  isTerminal,
  LIFECYCLE,
  type LifecycleStatus,
  started,
} from './lifecycle';
import { alarmActive, MESSAGES } from './messages';

export * from './deployment-state';

/**
 * One blue/green release as a pure state machine: `advance(state, event)` returns the next state and what to do in the
 * world. The runner does it and reports back by further events.
 */
export interface Step {
  readonly state: DeploymentState;
  readonly effects: readonly Effect[];
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-ecs.html */
const HOOK_LIMIT_MS = 3_600_000;
const INSTALL_LIMIT_MS = 3_600_000;
/** "the deployment waits 5 minutes for the steady state": deployment-type-bluegreen, considerations on auto scaling. */
const STABILITY_LIMIT_MS = 300_000;
/** Where a deployment group's wait before rerouting production traffic takes place. */
const READY_POSITION = LIFECYCLE.findIndex((event) => event.name === 'BeforeAllowTraffic');

export function advance(state: DeploymentState, event: DeploymentEvent): Step {
  if (isTerminal(state.status)) return stay(state);
  switch (event.type) {
    case 'start':
      if (state.status !== 'Created') return stay(state);
      return { state: { ...state, status: 'InProgress', awaiting: 'prepared' }, effects: [{ type: 'prepare' }] };
    case 'done':
      return state.awaiting === event.what ? completed(state, event.what, event.atMs) : stay(state);
    case 'hook-result':
      return hookEnded(state, event);
    case 'timer':
      return timerFired(state, event.timer, event.atMs);
    case 'green-stability':
      return stabilityChanged(state, event.steady);
    case 'continue':
      return continued(state, event.wait, event.atMs);
    case 'failure':
      return fail(state, event.atMs, event.error, 'Failed', 'DEPLOYMENT_FAILURE');
    case 'alarm':
      if (state.terminationStarted) return stay(state);
      return fail(state, event.atMs, alarmActive(event.names), 'Stopped', 'DEPLOYMENT_STOP_ON_ALARM');
    case 'stop':
      if (state.terminationStarted) return stay(state);
      return fail(state, event.atMs, MESSAGES.stopped, 'Stopped', 'DEPLOYMENT_STOP_ON_REQUEST', event.rollBack);
  }
}

/** Execution id of the hook that is being waited for. */
export function openHook(state: DeploymentState): string | undefined {
  const event = LIFECYCLE[state.position];
  return state.awaiting === 'hook' && event?.kind === 'hook' ? state.plan.hooks[event.name]?.executionId : undefined;
}

function completed(state: DeploymentState, what: Completion, atMs: number): Step {
  switch (what) {
    case 'prepared':
      return enter(state, 0, atMs);
    case 'green-created':
      return { state: { ...state, awaiting: 'green-steady' }, effects: [{ type: 'await-steady' }] };
    case 'green-steady':
      return withEffects([{ type: 'cancel-timer', timer: 'install' }], finish(state, 'Succeeded', atMs));
    case 'test-routed':
      return finish(state, 'Succeeded', atMs);
    case 'routed':
      return routed(state, atMs);
    case 'primary-updated':
      return withEffects(
        [{ type: 'unwatch-green' }, { type: 'cancel-timer', timer: 'stability' }],
        finish(state, 'Succeeded', atMs),
      );
    case 'blue-deleted':
      return { state: { ...state, status: 'Succeeded', awaiting: undefined }, effects: [{ type: 'halt' }] };
  }
}

/** Begins the lifecycle event at `position`, or what comes after the last. */
function enter(state: DeploymentState, position: number, atMs: number): Step {
  const event = LIFECYCLE[position];
  if (!event) return waitForTermination(state);
  if (position === READY_POSITION && state.plan.readyWaitMs !== undefined && !state.readyPassed)
    return {
      state: { ...state, position, status: 'Ready', awaiting: 'ready' },
      effects: [{ type: 'set-timer', timer: 'ready', delayMs: state.plan.readyWaitMs }],
    };
  const begun: DeploymentState = { ...state, position, lifecycle: started(state.lifecycle, event.name, atMs) };
  switch (event.kind) {
    case 'hook':
      return enterHook(begun, event.name, event.afterTestTraffic, atMs);
    case 'install':
      return {
        state: { ...begun, awaiting: 'green-created', greenTouched: true },
        effects: [{ type: 'set-timer', timer: 'install', delayMs: INSTALL_LIMIT_MS }, { type: 'create-green' }],
      };
    case 'test-traffic':
      if (!state.plan.hasTestListener) return finish(begun, 'Skipped', atMs);
      return { state: { ...begun, awaiting: 'test-routed' }, effects: [{ type: 'route-test' }] };
    case 'traffic':
      return withEffects([{ type: 'watch-green' }], route({ ...begun, trafficStartMs: atMs }));
  }
}

/** "If you do not specify a test listener, nothing happens in AfterAllowTestTraffic": the hook is skipped. */
function enterHook(state: DeploymentState, event: HookableEvent, afterTestTraffic: boolean, atMs: number): Step {
  if (afterTestTraffic && !state.plan.hasTestListener) return finish(state, 'Skipped', atMs);
  const hook = state.plan.hooks[event];
  if (!hook) return finish(state, 'Succeeded', atMs);
  return {
    state: { ...state, awaiting: 'hook' },
    effects: [
      { type: 'set-timer', timer: 'hook', delayMs: HOOK_LIMIT_MS },
      { type: 'invoke-hook', event, hook },
    ],
  };
}

function finish(state: DeploymentState, status: LifecycleStatus, atMs: number): Step {
  const event = LIFECYCLE[state.position];
  const lifecycle = event ? ended(state.lifecycle, event.name, status, atMs) : state.lifecycle;
  return enter({ ...state, lifecycle, awaiting: undefined }, state.position + 1, atMs);
}

/** The next step of the schedule. */
function route(state: DeploymentState): Step {
  const greenPercent = state.plan.steps[state.step]?.percent ?? 100;
  return { state: { ...state, awaiting: 'routed' }, effects: [{ type: 'route', greenPercent }] };
}

function routed(state: DeploymentState, atMs: number): Step {
  const greenPercent = state.plan.steps[state.step]?.percent ?? 100;
  const next = state.plan.steps[state.step + 1];
  const moved = { ...state, greenPercent, step: state.step + 1 };
  if (!next) return { state: { ...moved, awaiting: 'primary-updated' }, effects: [{ type: 'make-primary' }] };
  const delayMs = Math.max(0, state.trafficStartMs + next.atMs - atMs);
  return { state: { ...moved, awaiting: 'shift' }, effects: [{ type: 'set-timer', timer: 'shift', delayMs }] };
}

function waitForTermination(state: DeploymentState): Step {
  return {
    state: { ...state, position: LIFECYCLE.length, awaiting: 'termination', bakeStarted: true },
    effects: [{ type: 'set-timer', timer: 'termination', delayMs: state.plan.bakeMs }],
  };
}

function terminateBlue(state: DeploymentState): Step {
  return {
    state: { ...state, awaiting: 'blue-deleted', terminationStarted: true },
    effects: [{ type: 'delete-blue' }],
  };
}

function hookEnded(state: DeploymentState, event: Extract<DeploymentEvent, { type: 'hook-result' }>): Step {
  if (openHook(state) !== event.executionId) return stay(state);
  const ended: DeploymentState = { ...state, endedHooks: [...state.endedHooks, event.executionId] };
  if (event.status === 'Failed') return fail(ended, event.atMs, MESSAGES.hookFailed, 'Failed', 'DEPLOYMENT_FAILURE');
  return withEffects([{ type: 'cancel-timer', timer: 'hook' }], finish(ended, 'Succeeded', event.atMs));
}

function timerFired(state: DeploymentState, timer: TimerName, atMs: number): Step {
  const timedOut = (error: ErrorInformation) => fail(state, atMs, error, 'Failed', 'DEPLOYMENT_FAILURE');
  switch (timer) {
    case 'hook':
      return state.awaiting === 'hook' ? timedOut(MESSAGES.hookTimeout) : stay(state);
    case 'install':
      return ['green-created', 'green-steady'].includes(state.awaiting ?? '')
        ? timedOut(MESSAGES.installTimeout)
        : stay(state);
    case 'stability':
      return state.unstable ? timedOut(MESSAGES.stabilityTimeout) : stay(state);
    case 'shift':
      return state.awaiting === 'shift' ? route(state) : stay(state);
    case 'ready':
      if (state.awaiting !== 'ready') return stay(state);
      return fail(state, atMs, MESSAGES.readyTimeout(state.plan.readyWaitMs ?? 0), 'Stopped', 'DEPLOYMENT_FAILURE');
    case 'termination':
      return state.awaiting === 'termination' ? terminateBlue(state) : stay(state);
  }
}

/** A scaling event or a crash while traffic shifts: green has five minutes to be steady again. */
function stabilityChanged(state: DeploymentState, steady: boolean): Step {
  const shifting = LIFECYCLE[state.position]?.kind === 'traffic';
  if (!shifting || state.unstable === !steady) return stay(state);
  const effect: Effect = steady
    ? { type: 'cancel-timer', timer: 'stability' }
    : { type: 'set-timer', timer: 'stability', delayMs: STABILITY_LIMIT_MS };
  return { state: { ...state, unstable: !steady }, effects: [effect] };
}

function continued(state: DeploymentState, wait: 'READY_WAIT' | 'TERMINATION_WAIT', atMs: number): Step {
  if (wait === 'READY_WAIT' && state.awaiting === 'ready')
    return withEffects(
      [{ type: 'cancel-timer', timer: 'ready' }],
      enter({ ...state, status: 'InProgress', readyPassed: true, awaiting: undefined }, state.position, atMs),
    );
  if (wait === 'TERMINATION_WAIT' && state.awaiting === 'termination')
    return withEffects([{ type: 'cancel-timer', timer: 'termination' }], terminateBlue(state));
  return stay(state);
}

function fail(
  state: DeploymentState,
  atMs: number,
  error: ErrorInformation,
  status: 'Failed' | 'Stopped',
  trigger: RollbackTrigger,
  asked?: boolean,
): Step {
  const hook = openHook(state);
  const canRollBack = state.greenTouched && !state.terminationStarted;
  const rollsBack = canRollBack && (asked ?? state.plan.rollbackOn.includes(trigger));
  return {
    state: {
      ...state,
      status,
      error,
      lifecycle: broken(state.lifecycle, atMs),
      awaiting: undefined,
      endedHooks: hook ? [...state.endedHooks, hook] : state.endedHooks,
    },
    effects: [{ type: 'halt' }, ...(rollsBack ? [{ type: 'roll-back', trigger } as const] : [])],
  };
}

function stay(state: DeploymentState): Step {
  return { state, effects: [] };
}

function withEffects(first: readonly Effect[], step: Step): Step {
  return { state: step.state, effects: [...first, ...step.effects] };
}
