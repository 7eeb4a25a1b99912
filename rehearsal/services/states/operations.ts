import { inBackground } from '../../core/faults';
import { arn, AwsError, type Operations, type World } from '../../core/service';
import { end, run } from './runner';
import type { Execution, StateMachine, StatesState } from './state';

interface StartInput {
  readonly stateMachineArn: string;
  readonly name?: string;
  readonly input?: string;
}

interface ExecutionInput {
  readonly executionArn: string;
}

export function statesOperations(world: World, state: StatesState): Operations {
  const onMachine = { resources: (input: { stateMachineArn: string }) => [input.stateMachineArn] };
  const onExecution = { resources: (input: ExecutionInput) => [input.executionArn] };
  return {
    StartExecution: { ...onMachine, handle: (input: StartInput) => startExecution(world, state, input) },
    DescribeExecution: {
      ...onExecution,
      handle: (input: ExecutionInput) => describeExecution(executionOf(state, input.executionArn)),
    },
    StopExecution: {
      ...onExecution,
      handle: (input: ExecutionInput & { error?: string; cause?: string }) => {
        const execution = executionOf(state, input.executionArn);
        end(world, execution, { status: 'ABORTED', error: input.error, cause: input.cause });
        return { stopDate: seconds(execution.stoppedAtMs) };
      },
    },
    ListExecutions: {
      ...onMachine,
      handle: (input: { stateMachineArn: string; statusFilter?: string }) => {
        machineOf(state, input.stateMachineArn);
        const found = [...state.executions.values()].filter(
          (execution) =>
            execution.machineArn === input.stateMachineArn &&
            (input.statusFilter === undefined || execution.status === input.statusFilter),
        );
        return { executions: found.reverse().map(summary) };
      },
    },
    ...machineOperations(state),
  };
}

function machineOperations(state: StatesState): Operations {
  return {
    ListStateMachines: {
      handle: () => ({
        stateMachines: [...state.machines.values()].map((machine) => ({
          stateMachineArn: machine.arn,
          name: machine.name,
          type: 'STANDARD',
          creationDate: seconds(machine.createdAtMs),
        })),
      }),
    },
    DescribeStateMachine: {
      resources: (input: { stateMachineArn: string }) => [input.stateMachineArn],
      handle: (input: { stateMachineArn: string }) => {
        const machine = machineOf(state, input.stateMachineArn);
        return {
          stateMachineArn: machine.arn,
          name: machine.name,
          status: 'ACTIVE',
          definition: machine.definitionText,
          roleArn: machine.roleArn,
          type: 'STANDARD',
          creationDate: seconds(machine.createdAtMs),
        };
      },
    },
  };
}

/** The json protocol carries times as seconds since the epoch. */
function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

function machineOf(state: StatesState, machineArn: string): StateMachine {
  const machine = state.machines.get(machineArn);
  if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
  return machine;
}

function executionOf(state: StatesState, executionArn: string): Execution {
  const execution = state.executions.get(executionArn);
  if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  return execution;
}

/**
 * Idempotent while an execution of the name and input runs.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
function startExecution(world: World, state: StatesState, { stateMachineArn, name, input = '{}' }: StartInput) {
  const machine = machineOf(state, stateMachineArn);
  requireJson(input);
  const executionName = name ?? world.ids.uuid();
  const executionArn = arn(world, 'states', `execution:${machine.name}:${executionName}`);
  const known = state.executions.get(executionArn);
  if (known?.status === 'RUNNING' && known.input === input) return started(known);
  if (known) throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
  const execution: Execution = {
    arn: executionArn,
    name: executionName,
    machineArn: machine.arn,
    input,
    startedAtMs: world.clock.now(),
    status: 'RUNNING',
    abort: new AbortController(),
  };
  state.executions.set(executionArn, execution);
  world.events.record('states', 'execution-started', `execution ${executionName} of ${machine.name}`, { executionArn });
  inBackground(world, run(world, machine, execution));
  return started(execution);
}

function started(execution: Execution) {
  return { executionArn: execution.arn, startDate: seconds(execution.startedAtMs) };
}

function requireJson(input: string): void {
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
}

function summary(execution: Execution) {
  return {
    executionArn: execution.arn,
    stateMachineArn: execution.machineArn,
    name: execution.name,
    status: execution.status,
    startDate: seconds(execution.startedAtMs),
    stopDate: seconds(execution.stoppedAtMs),
  };
}

function describeExecution(execution: Execution) {
  return {
    ...summary(execution),
    input: execution.input,
    output: execution.output,
    error: execution.error,
    cause: execution.cause,
  };
}
