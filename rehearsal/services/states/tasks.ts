import { AwsError, type Principal, type World } from '../../core/service';
import { StateError } from './paths';

interface InvokeResult {
  readonly StatusCode: number;
  readonly ExecutedVersion?: string;
  readonly FunctionError?: string;
  readonly Payload?: string;
}

/**
 * Runs a task's resource as the state machine's role: a function's ARN, or the optimized integration
 * `arn:aws:states:::lambda:invoke`.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 *
 * @throws StateError under the name that Retry and Catch match
 */
export async function runTask(world: World, role: Principal, resource: string, parameters: unknown): Promise<unknown> {
  if (/^arn:[\w-]+:lambda:/.test(resource)) {
    return payloadOf(await invoke(world, role, { FunctionName: resource, Payload: JSON.stringify(parameters) }));
  }
  if (/^arn:[\w-]+:states:::lambda:invoke$/.test(resource)) {
    const { Payload = {}, ...rest } = parameters as Record<string, unknown>;
    const result = await invoke(world, role, { ...rest, Payload: JSON.stringify(Payload) });
    return {
      ExecutedVersion: result.ExecutedVersion ?? '$LATEST',
      Payload: payloadOf(result),
      StatusCode: result.StatusCode,
    };
  }
  throw new StateError('States.Runtime', `The resource ${resource} is not rehearsed: only Lambda functions are`);
}

async function invoke(world: World, role: Principal, input: Record<string, unknown>): Promise<InvokeResult> {
  try {
    return await world.call<InvokeResult>(role, 'lambda', 'Invoke', { InvocationType: 'RequestResponse', ...input });
  } catch (error) {
    if (!(error instanceof AwsError)) throw new StateError('Lambda.SdkClientException', String(error));
    // Step Functions reports a denied call as the service's generic exception, any other by the service's own name.
    const denied = /^AccessDenied/.test(error.code);
    const name = denied ? 'AWSLambdaException' : error.code.replace(/(Exception)?$/, 'Exception');
    throw new StateError(`Lambda.${name}`, `${error.message} (Service: Lambda, Status Code: ${error.statusCode})`);
  }
}

/** The function's result as data. @throws StateError named by its `errorType` when the function failed */
function payloadOf(result: InvokeResult): unknown {
  const payload = result.Payload ? (JSON.parse(result.Payload) as unknown) : null;
  if (!result.FunctionError) return payload;
  const errorType = (payload as { errorType?: string } | null)?.errorType;
  throw new StateError(errorType ?? 'Lambda.Unknown', result.Payload ?? '');
}
