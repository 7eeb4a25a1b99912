/**
 * The lifecycle of a service deployment, in order, and what ECS does in each stage.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment.html
 */

/** In the order in which they come; the two around a shift of production traffic repeat with each step. */
export const STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const;

export type Stage = (typeof STAGES)[number];

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHook.html */
export const HOOKABLE_STAGES: readonly Stage[] = STAGES.filter(
  (stage) => !['SCALE_UP', 'BAKE_TIME', 'CLEAN_UP'].includes(stage),
);

/**
 * "because these stages are also invoked during rollback"
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
 */
export const PAUSABLE_STAGES: readonly Stage[] = HOOKABLE_STAGES.filter(
  (stage) => stage !== 'TEST_TRAFFIC_SHIFT' && stage !== 'PRODUCTION_TRAFFIC_SHIFT',
);

/** What the world is to do in a step before its hooks run. */
export type Act =
  | { readonly type: 'reconcile' | 'scale-up' | 'clean-up' | 'remove-target' | 'restore-source' }
  | { readonly type: 'route-test' | 'route-production'; readonly targetPercent: number };

/** One stage of one deployment: an act, then the hooks, then a wait. */
export interface StageStep {
  readonly stage: Stage;
  readonly act?: Act;
  readonly waitMs?: number;
}

/** What a deployment has done so far, and a rollback must undo. */
export interface Touched {
  readonly target: boolean;
  readonly test: boolean;
  readonly production: boolean;
}

/**
 * Shares of production traffic that the new revision gets, step by step.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html
 */
export function linearShares(stepPercent: number): readonly number[] {
  const tenths = Math.round(stepPercent * 10);
  const count = Math.ceil(1000 / tenths);
  return Array.from({ length: count }, (_, step) => Math.min(1000, (step + 1) * tenths) / 10);
}
