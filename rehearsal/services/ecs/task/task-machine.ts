/**
 * The life of a task as a pure machine: `(task, event) -> task and effects`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 */
export type TaskStatus =
  'PROVISIONING' | 'PENDING' | 'ACTIVATING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'DEPROVISIONING' | 'STOPPED';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export type StopCode = 'TaskFailedToStart' | 'EssentialContainerExited' | 'UserInitiated' | 'ServiceSchedulerInitiated';

export interface StopCause {
  readonly code: StopCode;
  readonly reason: string;
}

export interface TaskLife {
  readonly status: TaskStatus;
  /** Why it stops, from the first cause on. */
  readonly stop?: StopCause;
  readonly exitCodes: Readonly<Record<string, number>>;
}

export type TaskEvent =
  | { readonly kind: 'provisioned' }
  | { readonly kind: 'pulled' }
  | { readonly kind: 'activated' }
  | { readonly kind: 'failed'; readonly reason: string }
  | {
      readonly kind: 'container-exited';
      readonly container: string;
      readonly exitCode: number;
      readonly essential: boolean;
    }
  | { readonly kind: 'stop'; readonly cause: StopCause }
  | { readonly kind: 'deregistered' }
  | { readonly kind: 'terminated' }
  | { readonly kind: 'released' };

/**
 * What the runner does on entering a status. `deregister` takes the task out of its target groups and waits until the
 * connections are drained; `deregister-now` does not wait, as there is no process left that could respond.
 */
export type TaskEffect = 'provision' | 'pull' | 'activate' | 'deregister' | 'deregister-now' | 'terminate' | 'release';

export interface Transition {
  readonly life: TaskLife;
  readonly effects: readonly TaskEffect[];
}

export const NEW_TASK: Transition = { life: { status: 'PROVISIONING', exitCodes: {} }, effects: ['provision'] };

/** A task that is on its way out takes no further cause. */
export const isStopping = (life: TaskLife): boolean => life.stop !== undefined;

const stay = (life: TaskLife): Transition => ({ life, effects: [] });

const move = (life: TaskLife, status: TaskStatus, ...effects: TaskEffect[]): Transition => ({
  life: { ...life, status },
  effects,
});

/** Which event ends which status on the straight path, and what then begins. */
const NEXT: Readonly<Record<TaskStatus, { on: TaskEvent['kind']; to: TaskStatus; effects: TaskEffect[] } | undefined>> =
  {
    PROVISIONING: { on: 'provisioned', to: 'PENDING', effects: ['pull'] },
    PENDING: { on: 'pulled', to: 'ACTIVATING', effects: ['activate'] },
    ACTIVATING: { on: 'activated', to: 'RUNNING', effects: [] },
    RUNNING: undefined,
    DEACTIVATING: { on: 'deregistered', to: 'STOPPING', effects: ['terminate'] },
    STOPPING: { on: 'terminated', to: 'DEPROVISIONING', effects: ['release'] },
    DEPROVISIONING: { on: 'released', to: 'STOPPED', effects: [] },
    STOPPED: undefined,
  };

function beginStop(life: TaskLife, cause: StopCause, deregister: TaskEffect): Transition {
  const stopping = { ...life, stop: cause };
  const hasProcesses = life.status === 'ACTIVATING' || life.status === 'RUNNING';
  return hasProcesses ? move(stopping, 'DEACTIVATING', deregister) : move(stopping, 'DEPROVISIONING', 'release');
}

function containerExited(life: TaskLife, event: TaskEvent & { kind: 'container-exited' }): Transition {
  const noted = { ...life, exitCodes: { ...life.exitCodes, [event.container]: event.exitCode } };
  if (isStopping(life) || !event.essential) return stay(noted);
  const cause: StopCause = { code: 'EssentialContainerExited', reason: 'Essential container in task exited' };
  return beginStop(noted, cause, 'deregister-now');
}

/** An event that means nothing in the task's status changes nothing: effects may report after a stop began. */
export function advanceTask(life: TaskLife, event: TaskEvent): Transition {
  if (event.kind === 'container-exited') return containerExited(life, event);
  if (event.kind === 'stop') return isStopping(life) ? stay(life) : beginStop(life, event.cause, 'deregister');
  if (event.kind === 'failed') {
    if (isStopping(life) || life.status === 'RUNNING') return stay(life);
    return beginStop(life, { code: 'TaskFailedToStart', reason: event.reason }, 'deregister-now');
  }
  const next = NEXT[life.status];
  return next?.on === event.kind ? move(life, next.to, ...next.effects) : stay(life);
}

/** As DescribeServices counts: tasks before RUNNING are pending, those after it neither. */
export const isPending = (status: TaskStatus): boolean =>
  status === 'PROVISIONING' || status === 'PENDING' || status === 'ACTIVATING';
