import type { HttpAnswer } from '../../../common/http';
import { AwsCallError, signedCall } from '../../../aws/signed-call';
import type { Invoked } from '../custom-check';

/**
 * Invokes a function and waits for its answer.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws AwsCallError when Lambda does not run it
 */
export async function invokeFunction(
  functionArn: string,
  payload: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Invoked> {
  const answer = await invoke(functionArn, payload, 'RequestResponse', timeoutMs, signal);
  const functionError = answer.headers['x-amz-function-error'];
  return { payload: answer.body, ...(functionError && { functionError }) };
}

/**
 * Puts the gate's own next invocation into Lambda's queue. Lambda stops a function that calls itself about 16 times in
 * a chain; an hour takes four to twelve.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 * @throws AwsCallError when Lambda does not take it on
 */
export async function invokeSelf(payload: string): Promise<void> {
  await invoke(process.env.AWS_LAMBDA_FUNCTION_NAME ?? '', payload, 'Event');
}

async function invoke(
  functionName: string,
  body: string,
  type: 'Event' | 'RequestResponse',
  timeoutMs?: number,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const answer = await signedCall({
    service: 'lambda',
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
    headers: { 'content-type': 'application/json', 'x-amz-invocation-type': type },
    body,
    timeoutMs,
    signal,
  });
  if (answer.status >= 200 && answer.status <= 299) return answer;
  throw errorOf(answer);
}

/** The code is in a header of Lambda's REST protocol. */
function errorOf({ status, headers, body }: HttpAnswer): AwsCallError {
  const code = headers['x-amzn-errortype']?.split(':')[0] ?? `Http${status}`;
  const message = /"[Mm]essage"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? body.slice(0, 200);
  return new AwsCallError(code, message);
}
