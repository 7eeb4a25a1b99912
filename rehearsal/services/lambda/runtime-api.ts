import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { secrets } from '../../core/secret';
import { problemOf, refuse } from '../../core/wire/guard';

/** What a runtime says to the environment that runs it. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export interface RuntimeListener {
  /** The runtime is ready; `send` hands it its next invocation. */
  next(send: (invocation: RuntimeInvocation) => void): void;
  response(requestId: string, payload: string): void;
  error(requestId: string, payload: string): void;
  initError(payload: string): void;
}

export interface RuntimeInvocation {
  readonly requestId: string;
  /** AWS time. */
  readonly deadlineMs: number;
  /** The same from now on, of real time, for a runtime on the machine's clock. */
  readonly remainingMs: number;
  readonly invokedFunctionArn: string;
  readonly payload: string;
}

const PREFIX = '/2018-06-01/runtime/';

/** One server for all environments; each has a secret path of its own, which is part of its AWS_LAMBDA_RUNTIME_API. */
export class RuntimeApi {
  private readonly listeners = new Map<string, RuntimeListener>();
  private server: Promise<Server> | undefined;

  /** @returns `127.0.0.1:<port>/<secret>`, for AWS_LAMBDA_RUNTIME_API, and what ends it */
  async register(listener: RuntimeListener): Promise<{ readonly api: string; readonly unregister: () => void }> {
    this.server ??= listen((request, response) => this.serve(request, response));
    const secret = secrets.path();
    this.listeners.set(secret, listener);
    const { port } = (await this.server).address() as AddressInfo;
    return { api: `127.0.0.1:${port}/${secret}`, unregister: () => void this.listeners.delete(secret) };
  }

  async stop(): Promise<void> {
    const server = await this.server;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const problem = problemOf(request);
    if (problem !== undefined) return refuse(response, problem);
    const [, id = '', path = ''] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const listener = this.listeners.get(id);
    if (!listener || !path.startsWith(PREFIX)) return void response.writeHead(404).end();
    const route = path.slice(PREFIX.length);
    if (route === 'invocation/next') return listener.next((invocation) => sendInvocation(response, invocation));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // The response goes first: the environment may end its process on what it receives.
      response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
      deliver(listener, route, Buffer.concat(chunks).toString());
    });
  }
}

function deliver(listener: RuntimeListener, route: string, body: string): void {
  const [, requestId = '', kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(route) ?? [];
  if (kind === 'response') listener.response(requestId, body);
  if (kind === 'error') listener.error(requestId, body);
  if (route === 'init/error') listener.initError(body);
}

function sendInvocation(response: ServerResponse, invocation: RuntimeInvocation): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': invocation.requestId,
    'lambda-runtime-deadline-ms': String(Math.floor(invocation.deadlineMs)),
    'greenlight-remaining-ms': String(Math.floor(invocation.remainingMs)),
    'lambda-runtime-invoked-function-arn': invocation.invokedFunctionArn,
  });
  response.end(invocation.payload);
}

function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer({ requestTimeout: 0 }, handler);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
