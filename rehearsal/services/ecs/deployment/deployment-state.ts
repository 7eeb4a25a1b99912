import type { Act, Stage, StageStep, Touched } from './stages';

export type Strategy = 'ROLLING' | 'BLUE_GREEN' | 'LINEAR' | 'CANARY';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */
export type DeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'STOP_REQUESTED'
  | 'STOPPED'
  | 'SUCCESSFUL'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

const TERMINAL: readonly DeploymentStatus[] = ['STOPPED', 'SUCCESSFUL', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'];

export const isTerminal = (status: DeploymentStatus): boolean => TERMINAL.includes(status);

export type HookAction = 'ROLLBACK' | 'CONTINUE';

/** A lifecycle hook of the service. */
export interface Hook {
  readonly targetType: 'AWS_LAMBDA' | 'PAUSE';
  /** Of a Lambda function; absent for a pause. */
  readonly targetArn?: string;
  readonly roleArn?: string;
  /** Passed to each call of the function. */
  readonly details?: unknown;
  readonly stages: readonly Stage[];
  readonly timeoutMs: number;
  readonly timeoutAction: HookAction;
}

/** All that is decided before a deployment starts. */
export interface DeploymentPlan {
  readonly strategy: Strategy;
  readonly hooks: readonly Hook[];
  /** Production traffic of the target revision, step by step; the last is 100. Percent. */
  readonly shares: readonly number[];
  readonly stepBakeMs: number;
  readonly bakeMs: number;
  /** Whether more than one service revision is active as the deployment starts. */
  readonly reconciles: boolean;
  /** Whether there is a revision to go back to. */
  readonly hasSource: boolean;
  readonly circuitBreaker?: {
    readonly rollback: boolean;
    readonly threshold: number;
    readonly resetOnHealthyTask: boolean;
  };
  readonly alarms?: { readonly names: readonly string[]; readonly rollback: boolean };
  /** From the decision to roll back to its first change. */
  readonly rollbackDelayMs: number;
  /** Makes the ids of hook executions unique among deployments. */
  readonly idPrefix: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHookDetail.html */
export type HookStatus = 'AWAITING_ACTION' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';

/** One run of one hook in one stage. */
export interface HookExecution {
  readonly id: string;
  readonly hook: Hook;
  readonly stage: Stage;
  readonly status: HookStatus;
  readonly expiresAtMs: number;
}

export type Monitor = 'DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED';

/** Names of timers: of a hook's next call and of its limit they end with its id. */
export type TimerName =
  `callback ${string}` | `timeout ${string}` | 'wait' | 'stage' | 'deployment' | 'rollback' | 'stop';

export type Effect =
  | { readonly type: 'prepare' | 'halt' | 'unwatch' | 'freeze-target' }
  | { readonly type: 'act'; readonly act: Act }
  | { readonly type: 'invoke-hook'; readonly execution: HookExecution }
  | { readonly type: 'set-timer'; readonly timer: TimerName; readonly delayMs: number }
  | { readonly type: 'cancel-timer'; readonly timer: TimerName };

/** What a Lambda function responded, or why there is no response. */
export type HookResponse =
  | { readonly status: 'SUCCEEDED' }
  | { readonly status: 'IN_PROGRESS'; readonly callBackDelayMs: number }
  /** @param sentence why, as ECS writes it after the stage's own sentence */
  | { readonly status: 'FAILED'; readonly sentence: string };

export type DeploymentEvent = { readonly atMs: number } & (
  | { readonly type: 'start' }
  | { readonly type: 'prepared'; readonly firingAlarms: readonly string[] }
  | { readonly type: 'done'; readonly act: Act['type'] }
  | { readonly type: 'failure'; readonly reason: string }
  | { readonly type: 'hook-response'; readonly id: string; readonly response: HookResponse }
  | { readonly type: 'timer'; readonly timer: TimerName }
  | { readonly type: 'task'; readonly result: 'failed' | 'healthy' }
  | { readonly type: 'alarm'; readonly names: readonly string[] }
  | { readonly type: 'continue'; readonly id: string; readonly action: HookAction }
  | { readonly type: 'stop'; readonly stopType: 'ROLLBACK' | 'ABORT' }
  | { readonly type: 'superseded' }
);

export interface DeploymentState {
  readonly plan: DeploymentPlan;
  readonly status: DeploymentStatus;
  readonly statusReason?: string;
  readonly steps: readonly StageStep[];
  /** Index in `steps` of the stage under way. */
  readonly position: number;
  /** The one thing that moves the deployment on; anything else that arrives is late and ignored. */
  readonly awaiting: 'prepared' | Act['type'] | 'hooks' | 'wait' | 'rollback' | 'stop' | undefined;
  readonly touched: Touched;
  /** Of the target revision, as the rules have it. */
  readonly productionPercent: number;
  readonly testPercent: number;
  /** All executions, oldest first. */
  readonly executions: readonly HookExecution[];
  readonly circuitBreaker: { readonly status: Monitor; readonly failureCount: number };
  readonly alarms: { readonly status: Monitor; readonly triggered: readonly string[] };
  readonly rollback?: { readonly reason: string; readonly startedAtMs: number };
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly stoppedAtMs?: number;
}

export function initialState(plan: DeploymentPlan): DeploymentState {
  return {
    plan,
    status: 'PENDING',
    steps: [],
    position: 0,
    awaiting: undefined,
    touched: { target: false, test: false, production: false },
    productionPercent: 0,
    testPercent: 0,
    executions: [],
    circuitBreaker: { status: plan.circuitBreaker ? 'MONITORING' : 'DISABLED', failureCount: 0 },
    alarms: { status: plan.alarms ? 'MONITORING' : 'DISABLED', triggered: [] },
  };
}

/** The stage under way; undefined before the first and after the last. */
export function stageOf(state: DeploymentState): Stage | undefined {
  return state.steps[state.position]?.stage;
}

export const isRollingBack = ({ status }: DeploymentState): boolean =>
  status === 'ROLLBACK_REQUESTED' || status === 'ROLLBACK_IN_PROGRESS';

export const isOpen = ({ status }: HookExecution): boolean => status === 'IN_PROGRESS' || status === 'AWAITING_ACTION';
