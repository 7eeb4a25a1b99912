import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { callLimits, whileIamSettles } from '../../aws/calls';
import { nameOf } from '../../common/errors';
import { sleep } from '../../common/retry';
import { type FollowerState, PROBE_KIND, type ProbeState, type WaiterState, type WatchState } from './types';

// Made at first use and kept from one invocation to the next.
let client: SFNClient | undefined;
const states = () => (client ??= new SFNClient());

export interface Waiter {
  readonly stateMachineArn: string;
  /** Makes a second start of the same wait the same execution. */
  readonly name: string;
  /** Of the names of all waits for one resource. */
  readonly prefix: string;
}

/** An execution that has been started already is none to start. */
export async function startWaiter(
  { stateMachineArn, name }: Pick<Waiter, 'stateMachineArn' | 'name'>,
  state: WaiterState | WatchState | FollowerState,
): Promise<void> {
  const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(state) });
  await whileIamSettles(() => states().send(command, callLimits())).catch((error: unknown) => {
    if (nameOf(error) !== 'ExecutionAlreadyExists') throw error;
  });
}

/**
 * Whether a wait for this request was ever started: a repeated event finds that all was done that begins a release, and
 * that its response is due or has been given. An execution is known by its name for 90 days.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
export async function hasBegun({ stateMachineArn, name }: Pick<Waiter, 'stateMachineArn' | 'name'>): Promise<boolean> {
  const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  try {
    await whileIamSettles(() => states().send(new DescribeExecutionCommand({ executionArn }), callLimits()));
    return true;
  } catch (error) {
    if (nameOf(error) === 'ExecutionDoesNotExist') return false;
    throw error;
  }
}

/**
 * Ends what waits on behalf of earlier requests for the same resource.
 * @param responseUrl of this request, which says when it was made
 * @returns whether a later request waits: then this event comes too late, and nothing is ended. Lambda repeats an event that
 *   failed after one minute and after two more, and CloudFormation may have cancelled its request by then.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export async function endOtherWaiters(
  { stateMachineArn, name, prefix }: Waiter,
  responseUrl: string,
): Promise<boolean> {
  const command = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' });
  const { executions = [] } = await whileIamSettles(() => states().send(command, callLimits()));
  const others = executions.filter((each) => each.name?.startsWith(prefix) && each.name !== name);
  const later = await Promise.all(others.map(({ executionArn }) => isLater(executionArn, responseUrl)));
  if (later.includes(true)) return true;
  for (const { executionArn } of others) {
    const stop = new StopExecutionCommand({ executionArn, cause: 'CloudFormation asks for something else' });
    await whileIamSettles(() => states().send(stop, callLimits()));
  }
  return false;
}

/** Whether the request that an execution waits for was made after another one. */
async function isLater(executionArn: string | undefined, responseUrl: string): Promise<boolean> {
  const own = requestedAt(responseUrl);
  if (own === undefined) return false;
  const { input } = await whileIamSettles(() =>
    states().send(new DescribeExecutionCommand({ executionArn }), callLimits()),
  );
  const { responseUrl: other = '' } = JSON.parse(input ?? '{}') as Partial<WaiterState>;
  return (requestedAt(other) ?? '') > own;
}

/**
 * When CloudFormation made a request: its presigned URL has the time of its signature.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html (X-Amz-Date)
 * @returns text that sorts by time; undefined for a URL of another kind
 */
function requestedAt(responseUrl: string): string | undefined {
  return /[?&]X-Amz-Date=(\d{8}T\d{6}Z)/.exec(responseUrl)?.[1];
}

const PROBE_MS_MAX = 90_000;
const PROBE_POLL_MS = 1_000;

/**
 * Lets the waiter call this function once. A waiter that may not call it can say so to nobody: CloudFormation would wait an
 * hour for a response.
 * @throws Error named AccessDeniedException with what Step Functions said, when the call fails for a minute
 */
export async function proveWaiter({ stateMachineArn }: Pick<Waiter, 'stateMachineArn'>): Promise<void> {
  const state: ProbeState = { kind: PROBE_KIND, done: false };
  const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(state) });
  const { executionArn } = await whileIamSettles(() => states().send(start, callLimits()));
  const describe = new DescribeExecutionCommand({ executionArn });
  const endMs = Date.now() + PROBE_MS_MAX;
  for (;;) {
    const execution = await whileIamSettles(() => states().send(describe, callLimits()));
    if (execution.status === 'SUCCEEDED') return;
    if (execution.status !== 'RUNNING') throw probeError(execution);
    // Slow is not denied.
    if (Date.now() > endMs) return;
    await sleep(PROBE_POLL_MS);
  }
}

/**
 * Step Functions names a call that Lambda denies after the service, and AWS's own words are the cause.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
function probeError({ status, error = '', cause = '' }: DescribeExecutionOutput): Error {
  const isDenied = /AccessDenied|not authorized to perform/i.test(`${error} ${cause}`);
  const message = cause || `its execution ended ${status} with ${error || 'no error'}`;
  const what = new Error(`the waiter cannot call the release function: ${message}`);
  if (isDenied) what.name = 'AccessDeniedException';
  return what;
}
