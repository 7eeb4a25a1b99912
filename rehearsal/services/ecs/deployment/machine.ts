import {
  type DeploymentEvent,
  type DeploymentState,
  type Effect,
  isRollingBack,
  isTerminal,
  stageOf,
} from './deployment-state';
import { responded, awaitedHooks, closedHooks, continued, enterHooks, hookTimer } from './hook-executions';
import { MESSAGES } from './messages';
import type { Act } from './stages';
import { forwardSteps, rollbackSteps } from './steps';

export * from './deployment-state';

/**
 * One ECS service deployment as a pure state machine: `advance(state, event)` returns the next state and what to do in
 * the world. The runner does it and reports back by further events. A rollback is part of the deployment, as in ECS.
 */
export interface Step {
  readonly state: DeploymentState;
  readonly effects: readonly Effect[];
}

/** "a stage can last up to 24 hours": blue-green-deployment-how-it-works */
const STAGE_LIMIT_MS = 24 * 3_600_000;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html */
const DEPLOYMENT_LIMIT_MS = 30 * 24 * 3_600_000;

type Trigger = 'failure' | 'circuit-breaker' | 'alarm' | 'stop';

export function advance(state: DeploymentState, event: DeploymentEvent): Step {
  if (isTerminal(state.status)) return stay(state);
  switch (event.type) {
    case 'start':
      return start(state, event.atMs);
    case 'prepared':
      return prepared(state, event.firingAlarms, event.atMs);
    case 'done':
      return state.awaiting === event.act ? acted(state, event.atMs) : stay(state);
    case 'failure':
      return fail(state, event.atMs, event.reason, 'failure');
    case 'hook-response':
      return settle(state, responded(state, event.id, event.response), event.atMs);
    case 'continue':
      return settle(state, continued(state, event.id, event.action), event.atMs);
    case 'timer':
      return timerFired(state, event);
    case 'task':
      return taskReported(state, event.result, event.atMs);
    case 'alarm':
      return alarmed(state, event.names, event.atMs);
    case 'stop':
      return stopRequested(state, event.stopType, event.atMs);
    case 'superseded':
      return isRollingBack(state) && !isWaiting(state) ? stay(state) : stop(state, MESSAGES.superseded, 0);
  }
}

/** From CLEAN_UP on there is no way back: the source revision's tasks are being removed. */
export function isPastReturn(state: DeploymentState): boolean {
  return state.status === 'IN_PROGRESS' && stageOf(state) === 'CLEAN_UP';
}

/** An earlier deployment of the service has not ended. */
const isWaiting = ({ startedAtMs }: DeploymentState): boolean => startedAtMs === undefined;

function start(state: DeploymentState, atMs: number): Step {
  if (!isWaiting(state)) return stay(state);
  if (state.status === 'ROLLBACK_REQUESTED') return rollBack({ ...state, startedAtMs: atMs });
  if (state.status !== 'PENDING') return stay(state);
  return {
    state: {
      ...state,
      status: 'IN_PROGRESS',
      awaiting: 'prepared',
      startedAtMs: atMs,
      steps: forwardSteps(state.plan),
    },
    effects: [{ type: 'set-timer', timer: 'deployment', delayMs: DEPLOYMENT_LIMIT_MS }, { type: 'prepare' }],
  };
}

/**
 * "If a deployment is started while an alarm is in ALARM, ECS does not monitor alarms for that deployment."
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 */
function prepared(state: DeploymentState, firing: readonly string[], atMs: number): Step {
  if (state.awaiting !== 'prepared') return stay(state);
  const alarms = firing.length > 0 ? { ...state.alarms, status: 'DISABLED' as const } : state.alarms;
  return enter({ ...state, alarms }, 0, atMs);
}

/** Begins the step at `position`, or ends after the last. */
function enter(state: DeploymentState, position: number, atMs: number): Step {
  const step = state.steps[position];
  const entered: DeploymentState = { ...monitors(state, position), position };
  if (!step) return finish(entered, atMs);
  if (!step.act) return hooks(entered, atMs);
  const limit: Effect = { type: 'set-timer', timer: 'stage', delayMs: STAGE_LIMIT_MS };
  return {
    state: { ...entered, awaiting: step.act.type, touched: touch(entered, step.act) },
    effects: [limit, { type: 'act', act: step.act }],
  };
}

/** The circuit breaker watches tasks start; alarms are watched through the bake. */
function monitors(state: DeploymentState, position: number): DeploymentState {
  if (state.status !== 'IN_PROGRESS') return state;
  const isPast = (stage: string) => position > state.steps.findIndex((step) => step.stage === stage);
  const after = (stage: string, status: DeploymentState['alarms']['status']) =>
    status === 'MONITORING' && isPast(stage) ? 'MONITORING_COMPLETE' : status;
  return {
    ...state,
    circuitBreaker: { ...state.circuitBreaker, status: after('SCALE_UP', state.circuitBreaker.status) },
    alarms: { ...state.alarms, status: after('BAKE_TIME', state.alarms.status) },
  };
}

function touch({ touched }: DeploymentState, act: Act): DeploymentState['touched'] {
  switch (act.type) {
    case 'scale-up':
      return { ...touched, target: true };
    case 'route-test':
      return { ...touched, test: true };
    case 'route-production':
      return { ...touched, production: true };
    default:
      return touched;
  }
}

function acted(state: DeploymentState, atMs: number): Step {
  const act = state.steps[state.position]?.act;
  const percent = act && 'targetPercent' in act ? act.targetPercent : undefined;
  const moved: DeploymentState = {
    ...state,
    ...(act?.type === 'route-test' && { testPercent: percent }),
    ...(act?.type === 'route-production' && { productionPercent: percent }),
  };
  return withEffects([{ type: 'cancel-timer', timer: 'stage' }], hooks(moved, atMs));
}

/** Hooks run after the stage's own change [assumed for the two shifts], all of a stage at once. */
function hooks(state: DeploymentState, atMs: number): Step {
  const entered = enterHooks(state, atMs);
  return awaitedHooks(entered.state).length === 0
    ? withEffects(entered.effects, wait(entered.state, atMs))
    : { state: { ...entered.state, awaiting: 'hooks' }, effects: entered.effects };
}

function wait(state: DeploymentState, atMs: number): Step {
  const waitMs = state.steps[state.position]?.waitMs ?? 0;
  if (waitMs === 0) return next(state, atMs);
  return {
    state: { ...state, awaiting: 'wait' },
    effects: [{ type: 'set-timer', timer: 'wait', delayMs: waitMs }],
  };
}

const next = (state: DeploymentState, atMs: number): Step =>
  enter({ ...state, awaiting: undefined }, state.position + 1, atMs);

function finish(state: DeploymentState, atMs: number): Step {
  const ended = { ...state, awaiting: undefined, finishedAtMs: atMs };
  if (isRollingBack(state)) return { state: { ...ended, status: 'ROLLBACK_SUCCESSFUL' }, effects: [{ type: 'halt' }] };
  return { state: { ...ended, status: 'SUCCESSFUL' }, effects: [{ type: 'halt' }] };
}

/** What came of a hook: more of it, the end of its stage, or of the deployment. */
function settle(state: DeploymentState, outcome: ReturnType<typeof responded>, atMs: number): Step {
  if (!outcome) return stay(state);
  const step = { state: outcome.state, effects: outcome.effects };
  // A rollback does not end halfway because a hook of it failed [assumed].
  if (outcome.failure !== undefined && !isRollingBack(state))
    return withEffects(outcome.effects, fail(outcome.state, atMs, outcome.failure, 'failure'));
  if (state.awaiting !== 'hooks' || awaitedHooks(outcome.state).length > 0) return step;
  return withEffects(outcome.effects, wait(outcome.state, atMs));
}

function timerFired(state: DeploymentState, event: Extract<DeploymentEvent, { type: 'timer' }>): Step {
  const { timer, atMs } = event;
  const stage = stageOf(state);
  switch (timer) {
    case 'wait':
      return state.awaiting === 'wait' ? next(state, atMs) : stay(state);
    case 'stage':
      return stage ? fail(state, atMs, MESSAGES.stageTimedOut(stage), 'failure') : stay(state);
    case 'deployment':
      return fail(state, atMs, MESSAGES.deploymentTimedOut, 'failure');
    case 'rollback':
      if (state.awaiting !== 'rollback') return stay(state);
      return enter({ ...state, status: 'ROLLBACK_IN_PROGRESS', awaiting: undefined }, 0, atMs);
    case 'stop':
      if (state.awaiting !== 'stop') return stay(state);
      return {
        state: { ...state, status: 'STOPPED', awaiting: undefined, stoppedAtMs: atMs, finishedAtMs: atMs },
        effects: [{ type: 'halt' }],
      };
    default:
      return settle(state, hookTimer(state, timer), atMs);
  }
}

function taskReported(state: DeploymentState, result: 'failed' | 'healthy', atMs: number): Step {
  const { circuitBreaker: plan } = state.plan;
  const { status, failureCount } = state.circuitBreaker;
  if (!plan || status !== 'MONITORING' || state.awaiting !== 'scale-up') return stay(state);
  const reset = result === 'healthy' && plan.resetOnHealthyTask;
  const count = reset ? 0 : failureCount + (result === 'failed' ? 1 : 0);
  if (count < plan.threshold) return stay({ ...state, circuitBreaker: { status, failureCount: count } });
  const triggered: DeploymentState = { ...state, circuitBreaker: { status: 'TRIGGERED', failureCount: count } };
  return fail(triggered, atMs, MESSAGES.circuitBreaker, 'circuit-breaker');
}

function alarmed(state: DeploymentState, names: readonly string[], atMs: number): Step {
  if (state.alarms.status !== 'MONITORING' || state.status !== 'IN_PROGRESS' || names.length === 0) return stay(state);
  const triggered: DeploymentState = { ...state, alarms: { status: 'TRIGGERED', triggered: names } };
  return fail(triggered, atMs, MESSAGES.alarm(names), 'alarm');
}

/**
 * "You can use this option even if you didn't configure the service deployment for the rollback option." One that is PENDING
 * "moves to the ROLLBACK_REQUESTED state", too; its turn comes after the deployment before it [assumed].
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
 */
function stopRequested(state: DeploymentState, stopType: 'ROLLBACK' | 'ABORT', atMs: number): Step {
  if (isRollingBack(state) || state.status === 'STOP_REQUESTED' || isPastReturn(state)) return stay(state);
  if (stopType === 'ABORT') return stop(state, MESSAGES.aborted, state.plan.rollbackDelayMs);
  const rollback = { reason: MESSAGES.stopped, startedAtMs: atMs };
  if (isWaiting(state))
    return stay({ ...state, status: 'ROLLBACK_REQUESTED', statusReason: rollback.reason, rollback });
  const { state: failed, effects } = fail(state, atMs, MESSAGES.stopped, 'stop');
  const requested =
    failed.status === 'ROLLBACK_IN_PROGRESS' ? { ...failed, status: 'ROLLBACK_REQUESTED' as const } : failed;
  return { state: requested, effects };
}

/** Tasks and traffic stay as they are: the next deployment puts them in order. */
function stop(state: DeploymentState, reason: string, delayMs: number): Step {
  if (state.status === 'STOP_REQUESTED') return stay(state);
  return {
    state: { ...closedHooks(state), status: 'STOP_REQUESTED', statusReason: reason, awaiting: 'stop' },
    effects: [{ type: 'halt' }, { type: 'freeze-target' }, { type: 'set-timer', timer: 'stop', delayMs }],
  };
}

function fail(state: DeploymentState, atMs: number, reason: string, trigger: Trigger): Step {
  if (state.status === 'STOP_REQUESTED') return stay(state);
  if (isRollingBack(state)) return rollbackFailed(state, atMs, reason);
  // The new revision has all traffic, the old one is going: what fails now changes nothing any more [assumed].
  if (isPastReturn(state)) return stay(state);
  const rollsBack = { 'circuit-breaker': state.plan.circuitBreaker?.rollback, alarm: state.plan.alarms?.rollback };
  if ((trigger === 'circuit-breaker' || trigger === 'alarm') && !rollsBack[trigger]) return stop(state, reason, 0);
  const closed = closedHooks(state);
  const failed: DeploymentState = { ...closed, statusReason: reason, rollback: { reason, startedAtMs: atMs } };
  if (!state.plan.hasSource) return rollbackFailed(failed, atMs, MESSAGES.noRevision);
  return rollBack({ ...failed, status: 'ROLLBACK_IN_PROGRESS' });
}

function rollBack(state: DeploymentState): Step {
  return {
    state: { ...state, steps: rollbackSteps(state.plan, state.touched), position: -1, awaiting: 'rollback' },
    effects: [
      { type: 'halt' },
      { type: 'freeze-target' },
      { type: 'set-timer', timer: 'rollback', delayMs: state.plan.rollbackDelayMs },
    ],
  };
}

function rollbackFailed(state: DeploymentState, atMs: number, reason: string): Step {
  return {
    state: {
      ...closedHooks(state),
      status: 'ROLLBACK_FAILED',
      statusReason: reason,
      awaiting: undefined,
      finishedAtMs: atMs,
    },
    effects: [{ type: 'halt' }, { type: 'freeze-target' }],
  };
}

function stay(state: DeploymentState): Step {
  return { state, effects: [] };
}

function withEffects(first: readonly Effect[], step: Step): Step {
  return { state: step.state, effects: [...first, ...step.effects] };
}
