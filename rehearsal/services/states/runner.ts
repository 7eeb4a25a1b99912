import type { World } from '../../core/service';
import { type Position, start, type Step, step, type Surroundings, taskFailed, taskSucceeded } from './machine';
import { StateError } from './paths';
import type { Execution, ExecutionStatus, StateMachine } from './state';
import { runTask } from './tasks';

/** Runs an execution to its end. The definition and role are those at its start, as on AWS. Never rejects. */
export async function run(world: World, machine: StateMachine, execution: Execution): Promise<void> {
  const { definition, roleArn } = machine;
  const limit = definition.TimeoutSeconds;
  const timer =
    limit === undefined
      ? undefined
      : world.clock.after(limit * 1000, () => end(world, execution, { status: 'TIMED_OUT', error: 'States.Timeout' }));
  const around = (position: Position): Surroundings => ({
    definition,
    context: contextObject(machine, execution, roleArn, position),
    nowMs: world.clock.now(),
  });
  try {
    let next: Step | undefined = start(definition, JSON.parse(execution.input) as unknown);
    while (next && !execution.abort.signal.aborted) {
      next = await advance(world, execution, roleArn, next, around);
    }
  } catch (error) {
    if (!execution.abort.signal.aborted) {
      end(world, execution, { status: 'FAILED', error: 'States.Runtime', cause: (error as Error).message });
    }
  } finally {
    timer?.cancel();
  }
}

async function advance(
  world: World,
  execution: Execution,
  roleArn: string,
  current: Step,
  around: (position: Position) => Surroundings,
): Promise<Step | undefined> {
  switch (current.kind) {
    case 'enter':
      return step(current.position, around(current.position));
    case 'wait':
      await world.clock.sleep(Math.max(0, current.untilMs - world.clock.now()), execution.abort.signal);
      return current.then;
    case 'task':
      return attempt(world, execution, roleArn, current, around);
    case 'succeed':
      return end(world, execution, { status: 'SUCCEEDED', output: JSON.stringify(current.output) });
    case 'fail':
      return end(world, execution, { status: 'FAILED', error: current.error, cause: current.cause });
  }
}

async function attempt(
  world: World,
  execution: Execution,
  roleArn: string,
  task: Step & { readonly kind: 'task' },
  around: (position: Position) => Surroundings,
): Promise<Step> {
  const role = world.principalOf(roleArn, execution.name);
  try {
    const result = await withTimeout(world, task.timeoutMs, runTask(world, role, task.resource, task.parameters));
    return taskSucceeded(task.position, result, around(task.position));
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    world.events.record('states', 'task-failed', `${task.position.state}: ${error.message}`, {
      executionArn: execution.arn,
      state: task.position.state,
      error: error.error,
      cause: error.cause,
    });
    return taskFailed(task.position, error, around(task.position));
  }
}

async function withTimeout<T>(world: World, timeoutMs: number | undefined, result: Promise<T>): Promise<T> {
  if (timeoutMs === undefined) return result;
  let cancel = () => {};
  const expired = new Promise<never>((_, reject) => {
    const timer = world.clock.after(timeoutMs, () => reject(new StateError('States.Timeout', '')));
    cancel = () => timer.cancel();
  });
  return Promise.race([result, expired]).finally(cancel);
}

interface Ending {
  readonly status: ExecutionStatus;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Ends an execution that still runs; the first ending counts. */
export function end(world: World, execution: Execution, ending: Ending): undefined {
  if (execution.status !== 'RUNNING') return undefined;
  Object.assign(execution, ending, { stoppedAtMs: world.clock.now() });
  execution.abort.abort(new Error('the execution ended'));
  const why = ending.error ? `: ${ending.error} ${ending.cause ?? ''}`.trimEnd() : '';
  world.events.record('states', 'execution-ended', `execution ${execution.name} ${ending.status}${why}`, {
    executionArn: execution.arn,
    ...ending,
  });
  return undefined;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
function contextObject(machine: StateMachine, execution: Execution, roleArn: string, position: Position) {
  return {
    Execution: {
      Id: execution.arn,
      Input: JSON.parse(execution.input) as unknown,
      Name: execution.name,
      RoleArn: roleArn,
      StartTime: new Date(execution.startedAtMs).toISOString(),
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
    State: { Name: position.state, RetryCount: position.retries.reduce((sum, count) => sum + count, 0) },
  };
}
