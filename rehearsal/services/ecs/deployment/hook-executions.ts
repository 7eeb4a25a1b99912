/** What becomes of a stage's hooks. Pure; each function returns the executions' next state, and a reason if one ends the deployment. */
import {
  type DeploymentState,
  type Effect,
  type HookAction,
  type HookResponse,
  type HookExecution,
  type HookStatus,
  isOpen,
  isRollingBack,
  stageOf,
  type TimerName,
} from './deployment-state';
import { MESSAGES } from './messages';
import { PAUSABLE_STAGES } from './stages';

export interface HookOutcome {
  readonly state: DeploymentState;
  readonly effects: readonly Effect[];
  readonly failure?: string;
}

/** Starts each hook of the stage under way. */
export function enterHooks(state: DeploymentState, atMs: number): HookOutcome {
  const stage = stageOf(state);
  if (!stage) return { state, effects: [] };
  const hooks = state.plan.hooks.filter(({ stages, targetType }) => {
    // A pause has no part in a rollback: it is not allowed at the stages that are invoked in one.
    return stages.includes(stage) && (targetType === 'AWS_LAMBDA' || PAUSABLE_STAGES.includes(stage));
  });
  const started = hooks.map((hook, index): HookExecution => ({
    id: executionId(hook.targetType, `${state.plan.idPrefix}${state.executions.length + index + 1}`),
    hook,
    stage,
    status: hook.targetType === 'PAUSE' ? 'AWAITING_ACTION' : 'IN_PROGRESS',
    expiresAtMs: atMs + hook.timeoutMs,
  }));
  return {
    state: { ...state, executions: [...state.executions, ...started] },
    effects: started.flatMap((execution): Effect[] => [
      { type: 'set-timer', timer: `timeout ${execution.id}`, delayMs: execution.hook.timeoutMs },
      ...(execution.hook.targetType === 'AWS_LAMBDA' ? [{ type: 'invoke-hook', execution } as const] : []),
    ]),
  };
}

/** `ecs-pause-e7tK9G...`: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/continue-service-deployment.html */
const executionId = (targetType: string, id: string) => `ecs-${targetType === 'PAUSE' ? 'pause' : 'lambda'}-${id}`;

/** The executions of the stage under way that have not ended. */
export const awaitedHooks = (state: DeploymentState): readonly HookExecution[] => state.executions.filter(isOpen);

/** @returns undefined for a response that nobody waits for */
export function responded(state: DeploymentState, id: string, response: HookResponse): HookOutcome | undefined {
  const execution = open(state, id);
  if (execution?.hook.targetType !== 'AWS_LAMBDA') return undefined;
  if (response.status === 'IN_PROGRESS') {
    const effect: Effect = { type: 'set-timer', timer: `callback ${id}`, delayMs: response.callBackDelayMs };
    return { state, effects: [effect] };
  }
  const outcome = ended(state, execution, response.status);
  if (response.status === 'SUCCEEDED') return outcome;
  return { ...outcome, failure: MESSAGES.hookFailed(execution.stage, response.sentence) };
}

/** ContinueServiceDeployment. @returns undefined when no such pause is open */
export function continued(state: DeploymentState, id: string, action: HookAction): HookOutcome | undefined {
  const execution = open(state, id);
  if (execution?.hook.targetType !== 'PAUSE') return undefined;
  if (action === 'CONTINUE') return ended(state, execution, 'SUCCEEDED');
  return { ...ended(state, execution, 'FAILED'), failure: MESSAGES.pauseRolledBack(execution.stage) };
}

/** A hook's next call, or its limit. */
export function hookTimer(state: DeploymentState, timer: TimerName): HookOutcome | undefined {
  const [kind, id = ''] = timer.split(' ');
  const execution = open(state, id);
  if (!execution) return undefined;
  if (kind === 'callback') return { state, effects: [{ type: 'invoke-hook', execution }] };
  const outcome = ended(state, execution, 'TIMED_OUT');
  const { stage, hook } = execution;
  if (hook.timeoutAction === 'CONTINUE' || isRollingBack(state)) return outcome;
  const failure = hook.targetType === 'PAUSE' ? MESSAGES.pauseTimedOut(stage) : MESSAGES.hookTimedOut(stage);
  return { ...outcome, failure };
}

/** The deployment ends before its hooks did: they count as failed [assumed]. */
export function closedHooks(state: DeploymentState): DeploymentState {
  return {
    ...state,
    executions: state.executions.map((each) => (isOpen(each) ? { ...each, status: 'FAILED' } : each)),
  };
}

const open = (state: DeploymentState, id: string) => awaitedHooks(state).find((execution) => execution.id === id);

function ended(state: DeploymentState, execution: HookExecution, status: HookStatus): HookOutcome {
  return {
    state: {
      ...state,
      executions: state.executions.map((each) => (each.id === execution.id ? { ...each, status } : each)),
    },
    effects: [
      { type: 'cancel-timer', timer: `timeout ${execution.id}` },
      { type: 'cancel-timer', timer: `callback ${execution.id}` },
    ],
  };
}
