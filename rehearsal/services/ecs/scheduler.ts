/**
 * What the service scheduler decides, with no I/O: from the tasks that are to how many start and which stop.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
 */
import { isPending, type StopCause, type TaskStatus } from './task/task-machine';

/** As DescribeTargetHealth says; `undefined` when it is not known, `none` for tasks without a load balancer. */
export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining' | 'unavailable' | 'none';

export interface ScheduledTask {
  readonly id: string;
  readonly taskSetId: string;
  readonly status: TaskStatus;
  /** It has a cause to stop. */
  readonly stopping: boolean;
  /** AWS time; the later start is stopped first when a service scales in. */
  readonly createdAtMs: number;
  readonly health?: TargetState;
  /** The target is unhealthy and the grace period is over; the reason for people. */
  readonly unhealthyReason?: string;
}

export interface ScheduledSet {
  readonly id: string;
  /** Service's desired count times the set's scale, rounded up; 0 when it drains. */
  readonly desiredCount: number;
  /** AWS time before which no task is started, after tasks that failed to start. */
  readonly notBeforeMs?: number;
}

export type ScheduleAction =
  | { readonly kind: 'start'; readonly taskSetId: string; readonly count: number }
  | { readonly kind: 'stop'; readonly taskId: string; readonly cause: StopCause };

/** Rounded up, as the API says of computedDesiredCount. */
export function computedDesiredCount(desiredCount: number, scalePercent: number): number {
  return Math.ceil((desiredCount * scalePercent) / 100);
}

/** Healthy to a load balancer, also while no listener forwards to the target group and nothing is probed. */
export const isHealthy = (health: TargetState | undefined): boolean =>
  health === 'healthy' || health === 'none' || health === 'unused';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html (stabilityStatus) */
export function isSteady(set: ScheduledSet, tasks: readonly ScheduledTask[]): boolean {
  const own = tasks.filter((task) => task.taskSetId === set.id);
  const running = own.filter((task) => task.status === 'RUNNING');
  const pending = own.filter((task) => !task.stopping && isPending(task.status));
  return running.length === set.desiredCount && pending.length === 0 && running.every((task) => isHealthy(task.health));
}

const live = (tasks: readonly ScheduledTask[]) => tasks.filter((task) => !task.stopping && task.status !== 'STOPPED');

const ready = (task: ScheduledTask) => task.status === 'RUNNING' && isHealthy(task.health);

/** Those that serve least first: not ready before ready, then the newest. */
const byWorth = (a: ScheduledTask, b: ScheduledTask) =>
  Number(ready(a)) - Number(ready(b)) || b.createdAtMs - a.createdAtMs;

const stopUnhealthy = (task: ScheduledTask): ScheduleAction => ({
  kind: 'stop',
  taskId: task.id,
  cause: { code: 'ServiceSchedulerInitiated', reason: task.unhealthyReason ?? 'Task failed ELB health checks' },
});

const scaleIn =
  (reason: string) =>
  (task: ScheduledTask): ScheduleAction => ({
    kind: 'stop',
    taskId: task.id,
    cause: { code: 'ServiceSchedulerInitiated', reason },
  });

function start(set: ScheduledSet, count: number, nowMs: number): ScheduleAction[] {
  if (count <= 0 || nowMs < (set.notBeforeMs ?? 0)) return [];
  return [{ kind: 'start', taskSetId: set.id, count }];
}

/** One task set on its own: replaces what is unhealthy, starts what is missing, stops what is too many. */
export function scheduleTaskSet(set: ScheduledSet, all: readonly ScheduledTask[], nowMs: number): ScheduleAction[] {
  const tasks = live(all.filter((task) => task.taskSetId === set.id));
  const failed = tasks.filter((task) => task.unhealthyReason !== undefined);
  const remaining = tasks.filter((task) => task.unhealthyReason === undefined).sort(byWorth);
  const surplus = remaining.slice(0, Math.max(0, remaining.length - set.desiredCount));
  const reason = `Scaling activity initiated by (deployment ${set.id})`;
  return [
    ...failed.map(stopUnhealthy),
    ...surplus.map(scaleIn(reason)),
    ...start(set, set.desiredCount - remaining.length, nowMs),
  ];
}

export interface RollingBounds {
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/**
 * A rolling replacement of `old` by `current`: never more tasks than the maximum, never fewer ready ones than the
 * minimum. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 */
export function scheduleRolling(
  bounds: RollingBounds,
  current: ScheduledSet,
  all: readonly ScheduledTask[],
  nowMs: number,
): ScheduleAction[] {
  const tasks = live(all);
  const old = tasks.filter((task) => task.taskSetId !== current.id).sort(byWorth);
  const own = scheduleTaskSet(current, tasks, nowMs);
  const maximum = Math.max(1, Math.floor((bounds.desiredCount * bounds.maximumPercent) / 100));
  const minimum = Math.ceil((bounds.desiredCount * bounds.minimumHealthyPercent) / 100);
  const stopped = new Set(own.flatMap((action) => (action.kind === 'stop' ? [action.taskId] : [])));
  const remaining = tasks.filter((task) => !stopped.has(task.id));
  const spare = Math.max(0, remaining.filter(ready).length - minimum);
  const stops = [...old.filter((task) => !ready(task)), ...old.filter(ready).slice(0, spare)];
  const room = maximum - remaining.length;
  const starts = own.flatMap((action) =>
    action.kind === 'start' ? start(current, Math.min(action.count, room), nowMs) : [],
  );
  const reason = `Scaling activity initiated by (deployment ${current.id})`;
  return [...own.filter((action) => action.kind === 'stop'), ...stops.map(scaleIn(reason)), ...starts];
}

/** Longest wait between restarts: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html */
const RESTART_DELAY_MS_MAX = 27 * 60_000;
/** AWS says only "incrementally increased": the first step and the doubling are assumed. */
const RESTART_DELAY_MS_FIRST = 10_000;

/** Wait before the next start, after `failures` tasks in a row that never reached RUNNING. Milliseconds. */
export function restartDelayMs(failures: number): number {
  return failures <= 0 ? 0 : Math.min(RESTART_DELAY_MS_MAX, RESTART_DELAY_MS_FIRST * 2 ** Math.min(failures - 1, 20));
}
