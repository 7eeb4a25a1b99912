import type { ShiftStep } from '../../../aws/traffic-schedule';
import { type ErrorInformation, type HookableEvent, pendingLifecycle, type Progress } from './lifecycle';

/** Why a deployment is rolled back, as a deployment group's configuration names it. */
export type RollbackTrigger = 'DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST';

export interface Hook {
  readonly functionName: string;
  readonly executionId: string;
}

/** All that is decided before the deployment starts. */
export interface DeploymentPlan {
  readonly hooks: Readonly<Partial<Record<HookableEvent, Hook>>>;
  readonly hasTestListener: boolean;
  readonly steps: readonly ShiftStep[];
  /** Absent: production traffic is shifted without waiting for ContinueDeployment. */
  readonly readyWaitMs?: number;
  readonly bakeMs: number;
  readonly rollbackOn: readonly RollbackTrigger[];
}

export type TimerName = 'hook' | 'install' | 'shift' | 'ready' | 'termination' | 'stability';

export type Effect =
  | { readonly type: 'prepare' | 'create-green' | 'await-steady' | 'route-test' | 'watch-green' | 'unwatch-green' }
  | { readonly type: 'make-primary' | 'delete-blue' | 'halt' }
  | { readonly type: 'route'; readonly greenPercent: number }
  | { readonly type: 'invoke-hook'; readonly event: HookableEvent; readonly hook: Hook }
  | { readonly type: 'set-timer'; readonly timer: TimerName; readonly delayMs: number }
  | { readonly type: 'cancel-timer'; readonly timer: TimerName }
  | { readonly type: 'roll-back'; readonly trigger: RollbackTrigger };

/** What an effect reports when it is done. */
export type Completion =
  'prepared' | 'green-created' | 'green-steady' | 'test-routed' | 'routed' | 'primary-updated' | 'blue-deleted';

export type DeploymentEvent = { readonly atMs: number } & (
  | { readonly type: 'start' }
  | { readonly type: 'done'; readonly what: Completion }
  | { readonly type: 'failure'; readonly error: ErrorInformation }
  | { readonly type: 'green-stability'; readonly steady: boolean }
  | { readonly type: 'hook-result'; readonly executionId: string; readonly status: 'Succeeded' | 'Failed' }
  | { readonly type: 'timer'; readonly timer: TimerName }
  | { readonly type: 'alarm'; readonly names: readonly string[] }
  | { readonly type: 'stop'; readonly rollBack?: boolean }
  | { readonly type: 'continue'; readonly wait: 'READY_WAIT' | 'TERMINATION_WAIT' }
);

export interface DeploymentState extends Progress {
  readonly plan: DeploymentPlan;
  /** Index in LIFECYCLE of the event under way; its length once all are through. */
  readonly position: number;
  /** The one thing that moves the deployment on; anything else that arrives is late and ignored. */
  readonly awaiting: Completion | 'hook' | 'ready' | 'shift' | 'termination' | undefined;
  /** Index of the next step of the schedule. */
  readonly step: number;
  readonly trafficStartMs: number;
  readonly greenPercent: number;
  /** From Install on there is something to roll back. */
  readonly greenTouched: boolean;
  readonly unstable: boolean;
  readonly readyPassed: boolean;
  readonly bakeStarted: boolean;
  /** From then on there is no way back. */
  readonly terminationStarted: boolean;
  /** Execution ids of hooks that have reported or whose time is over. */
  readonly endedHooks: readonly string[];
}

export function initialState(plan: DeploymentPlan): DeploymentState {
  return {
    plan,
    status: 'Created',
    lifecycle: pendingLifecycle(),
    position: 0,
    awaiting: undefined,
    step: 0,
    trafficStartMs: 0,
    greenPercent: 0,
    greenTouched: false,
    unstable: false,
    readyPassed: false,
    bakeStarted: false,
    terminationStarted: false,
    endedHooks: [],
  };
}
