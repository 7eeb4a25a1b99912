/**
 * Our runtime for Node functions: asks the runtime API for invocations and calls the handler, as Lambda's own does.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { Worker } from 'node:worker_threads';
import { RuntimeClient, type RuntimeEvent } from './runtime/client';
import { errorPayload, type ErrorPayload, RuntimeError } from './runtime/errors';
import { type Handler, loadHandler } from './runtime/handler';
import { logged, missing, patchConsole } from './runtime/console';
import { watchForMissingSdk } from './runtime/sdk';

const client = new RuntimeClient(process.env['AWS_LAMBDA_RUNTIME_API'] ?? '');
let current: string | undefined;

/** Descriptor 0 ends when the local AWS does, however it dies. A thread sees it even while a handler never yields. */
function endWithParent(): void {
  const watch = `new (require('node:net').Socket)({ fd: 0 }).on('error', () => {}).on('close', () => process.kill(process.pid, 'SIGKILL')).resume()`;
  new Worker(watch, { eval: true, env: {}, execArgv: [] }).unref();
}

/** An error outside the handler's promise ends the environment, as on Lambda. */
async function crash(error: unknown, errorType?: string): Promise<never> {
  const payload = errorPayload(errorType ? new RuntimeError(errorType, String(error), error) : error);
  logError(errorType ? 'Unhandled Promise Rejection' : 'Uncaught Exception', payload);
  if (current) logged(current);
  await (current ? client.fail(current, payload) : client.failInit(payload));
  process.exit(errorType ? 128 : 129);
}

/** One line, as Lambda's runtime for Node prints it. */
function logError(what: string, { errorType, errorMessage, trace }: ErrorPayload): void {
  console.error(`${what} \t${JSON.stringify({ errorType, errorMessage, stack: trace })}`);
}

async function serve(handler: Handler): Promise<never> {
  for (;;) {
    const event = await client.next();
    current = event.requestId;
    patchConsole(event.requestId);
    const result = await attempt(handler, event);
    logged(event.requestId);
    current = undefined;
    await ('payload' in result
      ? client.respond(event.requestId, result.payload)
      : client.fail(event.requestId, result.error));
  }
}

async function attempt(handler: Handler, event: RuntimeEvent): Promise<{ payload: string } | { error: object }> {
  try {
    const result = await handler(JSON.parse(event.payload), contextOf(event));
    return { payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    const payload = errorPayload(error);
    logError('Invoke Error', payload);
    return { error: payload };
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf({ requestId, deadlineMs, invokedFunctionArn }: RuntimeEvent): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    invokedFunctionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

async function main(): Promise<void> {
  endWithParent();
  watchForMissingSdk(missing);
  patchConsole(undefined);
  process.on('uncaughtException', (error) => void crash(error));
  process.on('unhandledRejection', (reason) => void crash(reason, 'Runtime.UnhandledPromiseRejection'));
  let handler: Handler;
  try {
    handler = await loadHandler(process.env['LAMBDA_TASK_ROOT'] ?? '', process.env['_HANDLER'] ?? '');
  } catch (error) {
    logError('Init Error', errorPayload(error));
    await client.failInit(errorPayload(error));
    process.exit(1);
  }
  await serve(handler);
}

void main();
