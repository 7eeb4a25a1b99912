import type { Definition } from './definition';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  definition: Definition;
  /** As given, for DescribeStateMachine. */
  definitionText: string;
  roleArn: string;
  readonly createdAtMs: number;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  /** JSON text, as given. */
  readonly input: string;
  readonly startedAtMs: number;
  status: ExecutionStatus;
  stoppedAtMs?: number;
  /** JSON text of a successful execution. */
  output?: string;
  error?: string;
  cause?: string;
  /** Ends the runner. */
  readonly abort: AbortController;
}

export class StatesState {
  readonly machines = new Map<string, StateMachine>();
  readonly executions = new Map<string, Execution>();
}
