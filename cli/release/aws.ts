import { isAccessDenied, whileUnavailable } from '../../aws/calls';
import { ecsCall } from '../../aws/ecs';
import { query } from '../../aws/query';
import { type Caller, jsonCall } from '../../aws/signed-call';
import { describeError, nameOf } from '../../common/errors';
import { type CommandContext, interruptible } from '../context';
import { awsCredentials, awsRegion } from '../credentials';
import { CommandFailure, ExitCode } from '../failure';

/** The calls of the release commands, made as the person who runs them. */
export interface Aws {
  readonly region: string;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** @throws AwsCallError */
  ecs<Output>(operation: string, input: object): Promise<Output>;
  /** @throws AwsCallError */
  codeDeploy<Output>(operation: string, input: object): Promise<Output>;
  /** Lists as arrays, scalars as text. @throws AwsCallError */
  cloudWatch(action: string, input: Readonly<Record<string, string | undefined>>): Promise<Record<string, unknown>>;
  /** As `cloudWatch`. @throws AwsCallError */
  cloudFormation(action: string, input: Readonly<Record<string, string | undefined>>): Promise<Record<string, unknown>>;
}

/** Runs `work` against AWS until it ends or is interrupted. @throws CommandFailure for all that AWS refuses */
export function withAws<Result>(context: CommandContext, work: (aws: Aws) => Promise<Result>): Promise<Result> {
  return interruptible(context, new CommandFailure('interrupted', ExitCode.interrupted), async (signal) => {
    try {
      return await work(await connect(signal));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof CommandFailure ? error : refusalOf(error);
    }
  });
}

/** A person waits: AWS that is not there is reported soon. */
const PATIENCE_MS = 4_000;

async function connect(signal: AbortSignal): Promise<Aws> {
  const region = await awsRegion().catch(() => {
    throw new CommandFailure('no AWS region: set AWS_REGION, or `region` in the profile', ExitCode.badInput);
  });
  const credentials = await awsCredentials().catch((error: unknown) => {
    const what = `no AWS credentials: ${describeError(error)}`;
    const remedy = 'sign in (`aws sso login`), set AWS_PROFILE, or source the lines that a kept rehearsal printed';
    throw new CommandFailure(`${what}: ${remedy}`, ExitCode.badInput);
  });
  const caller: Caller = { env: { ...process.env, AWS_REGION: region }, credentials, patienceMs: PATIENCE_MS };
  return {
    region,
    caller,
    signal,
    ecs: (operation, input) => ecsCall(operation, input, { ...caller, signal }),
    codeDeploy: async <Output>(operation: string, input: object) => {
      const call = () => jsonCall('codedeploy', `CodeDeploy_20141006.${operation}`, input, { ...caller, signal });
      return (await whileUnavailable(call, signal, PATIENCE_MS)) as Output;
    },
    cloudWatch: (action, input) =>
      query({ service: 'monitoring', version: '2010-08-01', action, input, signal }, caller),
    cloudFormation: (action, input) =>
      query({ service: 'cloudformation', version: '2010-05-15', action, input, signal }, caller),
  };
}

function refusalOf(error: unknown): Error {
  if (isAccessDenied(error)) {
    const remedy = 'docs/cli.md has the policy that this command needs';
    return new CommandFailure(`${describeError(error)}: ${remedy}`, ExitCode.internal);
  }
  const isOfAws = typeof error === 'object' && error !== null && ('$fault' in error || 'syscall' in error);
  if (!isOfAws) return error as Error;
  if ('syscall' in error) {
    const remedy = 'check the network, AWS_REGION and AWS_ENDPOINT_URL; a kept rehearsal may have ended';
    return new CommandFailure(`AWS was not reached: ${describeError(error)}: ${remedy}`, ExitCode.internal);
  }
  const hint = nameOf(error) === 'ExpiredTokenException' ? ': sign in again' : '';
  return new CommandFailure(`AWS responded: ${describeError(error)}${hint}`, ExitCode.internal);
}
