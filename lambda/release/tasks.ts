/** Whether green fails to start, and how to say so: pure. */
import { count, shorten } from '../../common/text';
import type { ReleaseProperties } from './types';
import type { Deployment } from '../../verdict/progress';

/** A task of the green task set that stopped or is stopping. */
export interface StoppedTask {
  readonly id: string;
  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly containers: readonly { readonly name: string; readonly exitCode?: number; readonly reason?: string }[];
}

export interface Green {
  readonly desiredCount: number;
  readonly stopped: readonly StoppedTask[];
}

export interface StartProblem {
  readonly what: string;
  /** To explain it by, first to fail first. */
  readonly tasks: readonly StoppedTask[];
}

const LINES_LENGTH_MAX = 400;

/** @returns what is wrong once a limit is passed, undefined while green may still come up */
export function startProblem(
  deployment: Deployment,
  green: Green,
  limits: Pick<ReleaseProperties, 'FailedTasksMax' | 'StartTimeoutSeconds'>,
  nowMs: number,
): StartProblem | undefined {
  const tasks = failedTasks(green.stopped);
  const failedMax = limits.FailedTasksMax ? Number(limits.FailedTasksMax) : circuitBreaker(green.desiredCount);
  if (tasks.length >= failedMax)
    return { what: `${count(tasks.length, 'green task')} failed (limit ${failedMax})`, tasks };
  const install = deployment.events.find(({ name }) => name === 'Install');
  const limitMs = Number(limits.StartTimeoutSeconds ?? Infinity) * 1_000;
  if (install?.status !== 'InProgress' || install.startedAtMs === undefined) return undefined;
  if (nowMs - install.startedAtMs < limitMs) return undefined;
  return { what: `green was not healthy within ${limitMs / 60_000} min`, tasks };
}

/**
 * Half of the tasks, 3 at least and 200 at most: what ECS's own circuit breaker allows a rolling deployment.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function circuitBreaker(desiredCount: number): number {
  return Math.min(200, Math.max(3, Math.ceil(desiredCount / 2)));
}

/** Tasks that a person stopped, or that scaling in ended, have not failed. */
export function failedTasks(stopped: readonly StoppedTask[]): readonly StoppedTask[] {
  return stopped.filter(hasFailed);
}

function hasFailed({ stopCode, stoppedReason }: StoppedTask): boolean {
  if (stopCode === 'ServiceSchedulerInitiated') return /health check/i.test(stoppedReason);
  return stopCode === 'EssentialContainerExited' || stopCode === 'TaskFailedToStart';
}

/** `3 green tasks failed (limit 3): task 1a2b3c4d stopped with ...; its last lines: "..."` */
export function describeProblem(problem: StartProblem, lines: readonly string[]): string {
  const [task] = problem.tasks;
  if (!task) return problem.what;
  const exits = task.containers.flatMap(({ name, exitCode, reason }) =>
    exitCode === undefined && !reason
      ? []
      : [`${name}${exitCode === undefined ? '' : ` exited with ${exitCode}`}${reason ? `: ${reason}` : ''}`],
  );
  const details = exits.length > 0 ? ` (${exits.join(', ')})` : '';
  const last = lines.length > 0 ? `; its last lines: ${shorten(lines.join(' | '), LINES_LENGTH_MAX)}` : '';
  return `${problem.what}: task ${task.id.slice(0, 8)} stopped with ${task.stopCode}: ${task.stoppedReason}${details}${last}`;
}
