/**
 * The lifecycle of an ECS deployment, in order, and which events a Lambda function can hook.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-ecs
 */
export const LIFECYCLE = [
  { name: 'BeforeInstall', kind: 'hook', afterTestTraffic: false },
  { name: 'Install', kind: 'install', afterTestTraffic: false },
  { name: 'AfterInstall', kind: 'hook', afterTestTraffic: false },
  { name: 'AllowTestTraffic', kind: 'test-traffic', afterTestTraffic: false },
  { name: 'AfterAllowTestTraffic', kind: 'hook', afterTestTraffic: true },
  { name: 'BeforeAllowTraffic', kind: 'hook', afterTestTraffic: false },
  { name: 'AllowTraffic', kind: 'traffic', afterTestTraffic: false },
  { name: 'AfterAllowTraffic', kind: 'hook', afterTestTraffic: false },
] as const;

export type LifecycleName = (typeof LIFECYCLE)[number]['name'];
export type HookableEvent = Extract<(typeof LIFECYCLE)[number], { kind: 'hook' }>['name'];

export const HOOKABLE_EVENTS: readonly HookableEvent[] = LIFECYCLE.flatMap((event) =>
  event.kind === 'hook' ? [event.name] : [],
);

export type LifecycleStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped';

/** One event of one deployment; times are AWS time, milliseconds since the epoch. */
export interface LifecycleEvent {
  readonly name: LifecycleName;
  readonly status: LifecycleStatus;
  readonly startMs?: number;
  readonly endMs?: number;
}

export type DeploymentStatus = 'Created' | 'InProgress' | 'Ready' | 'Succeeded' | 'Failed' | 'Stopped';

/** CodeDeploy's own codes. https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ErrorInformation.html */
export type ErrorCode =
  | 'ALARM_ACTIVE'
  | 'ECS_UPDATE_ERROR'
  | 'ELASTIC_LOAD_BALANCING_INVALID'
  | 'HOOK_EXECUTION_FAILURE'
  | 'IAM_ROLE_PERMISSIONS'
  | 'INTERNAL_ERROR'
  | 'INVALID_ECS_SERVICE'
  | 'INVALID_LAMBDA_FUNCTION'
  | 'MANUAL_STOP'
  | 'TIMEOUT';

export interface ErrorInformation {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What every deployment shows of itself, a release as well as a rollback. */
export interface Progress {
  readonly status: DeploymentStatus;
  readonly lifecycle: readonly LifecycleEvent[];
  readonly error?: ErrorInformation;
}

export function isTerminal(status: DeploymentStatus): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped';
}

export function pendingLifecycle(): readonly LifecycleEvent[] {
  return LIFECYCLE.map(({ name }) => ({ name, status: 'Pending' }));
}

export function started(lifecycle: readonly LifecycleEvent[], name: LifecycleName, atMs: number) {
  return replace(lifecycle, name, (event) => ({ ...event, status: 'InProgress', startMs: atMs }));
}

export function ended(
  lifecycle: readonly LifecycleEvent[],
  name: LifecycleName,
  status: LifecycleStatus,
  atMs: number,
): readonly LifecycleEvent[] {
  return replace(lifecycle, name, (event) => ({ ...event, status, startMs: event.startMs ?? atMs, endMs: atMs }));
}

/** What was under way failed, what was to come is skipped. */
export function broken(lifecycle: readonly LifecycleEvent[], atMs: number): readonly LifecycleEvent[] {
  return lifecycle.map((event) => {
    if (event.status === 'InProgress') return { ...event, status: 'Failed', endMs: atMs };
    return event.status === 'Pending' ? { ...event, status: 'Skipped' } : event;
  });
}

function replace(
  lifecycle: readonly LifecycleEvent[],
  name: LifecycleName,
  change: (event: LifecycleEvent) => LifecycleEvent,
): readonly LifecycleEvent[] {
  return lifecycle.map((event) => (event.name === name ? change(event) : event));
}
