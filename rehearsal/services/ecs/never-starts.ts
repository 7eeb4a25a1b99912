/** Whether a service's tasks never start, and how to say so. Pure. */
import { errorLine } from '../../../lambda/release/types';
import type { StopCause, TaskLife } from './task/task-machine';

export interface StartedTask {
  readonly id: string;
  readonly life: TaskLife;
  /** The last that it wrote, oldest first. */
  readonly lastLines: readonly string[];
  /** Why it cannot run on this machine however often it is started. */
  readonly cannotRun?: string;
}

/**
 * As many as ECS's circuit breaker takes at least.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
const FAILED_TASKS_MAX = 3;
const LINES_LENGTH_MAX = 400;

/** CloudFormation's own limit: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html */
const ON_AWS = 'On AWS, CloudFormation waits up to 3 hours for such a service before it fails';

/**
 * @param tasks those of the task set that is to become steady, oldest first
 * @returns why it is of no use to wait on; undefined while a task may still start
 */
export function neverStarts(service: string, tasks: readonly StartedTask[]): string | undefined {
  const impossible = tasks.find(({ cannotRun }) => cannotRun !== undefined);
  if (impossible) return `service ${service} cannot run on this machine: ${impossible.cannotRun}`;
  const failed = tasks.filter(({ life }) => isFailedTask(life));
  const last = failed.at(-1);
  if (!last || failed.length < FAILED_TASKS_MAX) return undefined;
  return `service ${service} does not start: ${failed.length} tasks failed; ${describeFailure(last)}. ${ON_AWS}`;
}

/** Whether a task counts as failed: for a service that never starts, and for the circuit breaker. */
export const isFailedTask = ({ stop }: TaskLife): boolean => stop !== undefined && isFailure(stop);

/** Not those that a person or scaling in ended. */
function isFailure({ code, reason }: StopCause): boolean {
  if (code === 'ServiceSchedulerInitiated') return /health check/i.test(reason);
  return code === 'EssentialContainerExited' || code === 'TaskFailedToStart';
}

/** `task 1a2b3c4d stopped: Essential container in task exited (web exited with 1): Error: no config; its last lines: ...` */
export function describeFailure({ id, life, lastLines }: StartedTask): string {
  const exits = Object.entries(life.exitCodes).map(([name, code]) => `${name} exited with ${code}${meaningOf(code)}`);
  const codes = exits.length > 0 ? ` (${exits.join(', ')})` : '';
  const error = errorLine(lastLines);
  const own = error === undefined ? '; it wrote nothing' : `: ${shortened(error)}`;
  const lines = lastLines.length > 1 ? `; its last lines: ${shortened(lastLines.join(' | '))}` : '';
  return `task ${id.slice(0, 8)} stopped: ${life.stop?.reason ?? ''}${codes}${own}${lines}`;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
function meaningOf(code: number): string {
  if (code === 137) return ': it was killed, on AWS mostly because its memory is used up';
  if (code === 127) return ': its command was not found';
  if (code === 139) return ': segmentation fault';
  return '';
}

/** The end counts most. */
const shortened = (text: string) => (text.length <= LINES_LENGTH_MAX ? text : `...${text.slice(3 - LINES_LENGTH_MAX)}`);
