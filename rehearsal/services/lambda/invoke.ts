import { inBackground } from '../../core/faults';
import { arn, AwsError, type World } from '../../core/service';
import type { EnvironmentPool } from './pool';
import { runtimeProblem } from './runtimes';
import {
  type AsyncConfiguration,
  DEFAULT_ASYNC,
  type FunctionReference,
  type LambdaFunction,
  type LambdaState,
  parseReference,
  resolveVersion,
  retryDelayMs,
} from './state';
import type { Outcome } from './environment';

export interface InvokeInput {
  readonly FunctionName: string;
  readonly Qualifier?: string;
  /** Default RequestResponse. */
  readonly InvocationType?: 'RequestResponse' | 'Event' | 'DryRun';
  readonly Payload?: string | Uint8Array;
}

export interface InvokeOutput {
  readonly StatusCode: number;
  readonly ExecutedVersion?: string;
  readonly FunctionError?: 'Unhandled';
  readonly Payload?: string;
}

/** Runs functions for callers that wait and for those that do not. */
export class Invoker {
  constructor(
    private readonly world: World,
    private readonly state: LambdaState,
    private readonly pool: Pick<EnvironmentPool, 'run'>,
  ) {}

  /** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
  async invoke(input: InvokeInput, requestId: string): Promise<InvokeOutput> {
    const reference = parseReference(input.FunctionName, input.Qualifier);
    const fn = functionOf(this.world, this.state, reference);
    const payload = payloadText(input.Payload);
    if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
    if (input.InvocationType === 'Event') {
      inBackground(this.world, this.deliver(fn, reference, payload, requestId));
      return { StatusCode: 202, Payload: '' };
    }
    const { outcome, version } = await this.attempt(fn, reference, payload, requestId);
    return {
      StatusCode: 200,
      ExecutedVersion: version,
      Payload: outcome.payload,
      ...(outcome.functionError && { FunctionError: outcome.functionError }),
    };
  }

  private async attempt(fn: LambdaFunction, reference: FunctionReference, payload: string, requestId: string) {
    const version = resolveVersion(fn, reference.qualifier, this.world.ids.random());
    if (!version) throw notFound(this.world, reference);
    const problem = runtimeProblem(version.configuration.runtime);
    if (problem !== undefined) throw new AwsError('InvalidRuntimeException', `${fn.name} ${problem}`, 502);
    const invokedFunctionArn = reference.qualifier ? `${fn.arn}:${reference.qualifier}` : fn.arn;
    const outcome = await this.pool.run(fn, version, { requestId, invokedFunctionArn, payload });
    if (outcome.functionError) this.recordFailure(fn, requestId, outcome);
    return { outcome, version: version.version };
  }

  /** An asynchronous event, with its retries. Never rejects. */
  private async deliver(
    fn: LambdaFunction,
    reference: FunctionReference,
    payload: string,
    requestId: string,
  ): Promise<void> {
    const acceptedAtMs = this.world.clock.now();
    for (let failed = 1; ; failed++) {
      const error = await this.attempt(fn, reference, payload, requestId).then(
        ({ outcome }) => outcome.functionError && outcome.payload,
        (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
      );
      if (error === undefined || !this.state.functions.has(fn.name)) return;
      const delayMs = retryDelayMs(failed, this.world.clock.now() - acceptedAtMs, asyncConfiguration(fn, reference));
      if (delayMs === undefined) {
        const detail = `${fn.name}: an event failed ${failed} times and is dropped`;
        return this.world.events.record('lambda', 'event-dropped', detail, { functionName: fn.name, requestId, error });
      }
      await this.world.clock.sleep(delayMs);
    }
  }

  private recordFailure(fn: LambdaFunction, requestId: string, { payload }: Outcome): void {
    this.world.events.record('lambda', 'function-error', `${fn.name}: ${payload.slice(0, 500)}`, {
      functionName: fn.name,
      requestId,
      payload,
    });
  }
}

/** @throws AwsError ResourceNotFoundException */
export function functionOf(world: World, state: LambdaState, reference: FunctionReference): LambdaFunction {
  const fn = state.functions.get(reference.name);
  if (!fn || !resolveVersion(fn, reference.qualifier, 0)) throw notFound(world, reference);
  return fn;
}

function notFound(world: World, { name, qualifier }: FunctionReference): AwsError {
  const suffix = qualifier ? `:${qualifier}` : '';
  return new AwsError(
    'ResourceNotFoundException',
    `Function not found: ${arn(world, 'lambda', `function:${name}${suffix}`)}`,
    404,
  );
}

function asyncConfiguration(fn: LambdaFunction, { qualifier = '$LATEST' }: FunctionReference): AsyncConfiguration {
  return fn.asyncConfigurations.get(qualifier) ?? DEFAULT_ASYNC;
}

function payloadText(payload: string | Uint8Array | undefined): string {
  const text = payload === undefined ? '' : typeof payload === 'string' ? payload : Buffer.from(payload).toString();
  if (text === '') return '{}';
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
}
