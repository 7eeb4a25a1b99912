import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inBackground, recordFault } from './faults';
import type { LocalWorld } from './dispatch';
import type { AccessControl } from './access';
import { authenticate, claimedScope, timesOf } from './authentication';
import type { Values } from './models/input';
import { AwsError, type Principal, type Service } from './service';
import type { RestResponse } from './rest';
import type { ReceivedRequest } from './wire/canonical';
import { problemOf, refuse } from './wire/guard';
import type { WireError } from './wire/message';
import { restJsonFailure, s3Failure, s3Ids } from './wire/rest-errors';
import { formOf, rpcOf } from './wire/rpc';
import { type Scope, signedAtMs } from './wire/signature';
import { type Dialect, signatureError, SignatureProblem } from './wire/signature-problem';
import { clockOf } from './wire/verify';

/** Bytes; the largest bodies are assets, and a CDK asset with a few node_modules stays well below. */
export const BODY_BYTES_MAX = 512 * 1024 * 1024;

/** Signing names that differ from the IAM prefix. */
const prefixOfSigningName: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

export interface Endpoint {
  readonly url: string;
  /** Ends open connections and frees the port. */
  close(): Promise<void>;
}

/** The world of an account and a region. */
type Locate = (environment: { readonly accountId: string; readonly region: string }) => LocalWorld;

/**
 * One HTTP endpoint for every service, on a free port of 127.0.0.1; sets `world.endpoint`.
 * @param locate the world that a call is made in: the caller's account, and the region that the call is signed for
 */
export async function startEndpoint(
  world: LocalWorld,
  authority: AccessControl,
  locate: Locate = () => world,
): Promise<Endpoint> {
  const host: Host = { world, authority, locate };
  const server = createServer((request, response) => inBackground(world, serve(host, request, response)));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  world.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: world.endpoint, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

interface Host {
  /** The deployer's own. */
  readonly world: LocalWorld;
  readonly authority: AccessControl;
  readonly locate: Locate;
}

async function serve(host: Host, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world } = host;
  const problem = problemOf(incoming);
  if (problem !== undefined) return refuse(response, problem);
  const requestId = world.ids.uuid();
  let request: ReceivedRequest | undefined;
  try {
    request = await read(incoming);
    const dateMs = clockOf(signedAtMs(request), timesOf(world));
    send(response, { isHead: request.method === 'HEAD', dateMs }, await respond(host, request, requestId));
  } catch (error) {
    if (response.destroyed) return;
    const failure = failureByForm(world, request, { error, requestId });
    if (response.headersSent) response.destroy();
    else send(response, { isHead: false, dateMs: world.clock.now() }, failure);
  }
}

/** Of a request that does not say which service it is for. */
function failureByForm(
  world: LocalWorld,
  request: ReceivedRequest | undefined,
  { error, requestId }: { readonly error: unknown; readonly requestId: string },
): RestResponse {
  const { codec, dialect } = formOf(request);
  const wireError = error instanceof SignatureProblem ? signatureError(error, dialect) : asWireError(world, error);
  return codec ? codec.failure(wireError, requestId) : s3Failure(wireError, requestId, request?.path);
}

interface Sending {
  readonly isHead: boolean;
  /** Clients correct their clocks by the Date header, so it shows the clock that this client has: AWS's or the machine's. */
  readonly dateMs: number;
}

function send(response: ServerResponse, { isHead, dateMs }: Sending, { status, headers, body }: RestResponse): void {
  const content = body === undefined ? undefined : Buffer.from(body);
  response.writeHead(status, {
    date: new Date(dateMs).toUTCString(),
    ...(content && !isHead && { 'content-length': String(content.length) }),
    ...headers,
  });
  response.end(isHead ? undefined : content);
}

/** @throws AwsError when the body is too large or cannot be unpacked */
async function read(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) {
      throw new AwsError('RequestEntityTooLarge', `the request body is larger than ${BODY_BYTES_MAX} bytes`, 413);
    }
    chunks.push(chunk);
  }
  // Not by URL, which would change the path: an object's key may hold `//` and `..`.
  const [, path = '/', query] = /^([^?#]*)(?:\?([^#]*))?/.exec(incoming.url ?? '/') ?? [];
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body: Buffer.concat(chunks),
  };
}

async function respond(host: Host, request: ReceivedRequest, requestId: string): Promise<RestResponse> {
  const { world } = host;
  const route = routeFor(world, request.path);
  if (route) return route(request);
  const scope = claimedScope(request);
  const prefix = prefixOfSigningName[scope.signingName] ?? scope.signingName;
  const service = world.service(prefix);
  if (service?.protocol.kind === 'rest') return rest(host, { service, scope, request, requestId });
  return rpc(host, { prefix, service, scope, request, requestId });
}

function routeFor(world: LocalWorld, path: string) {
  for (const { routes = {} } of world.services()) {
    const prefix = Object.keys(routes).find((each) => path.startsWith(each));
    if (prefix !== undefined) return routes[prefix];
  }
  return undefined;
}

interface Arrival {
  readonly scope: Scope;
  readonly request: ReceivedRequest;
  readonly requestId: string;
}

async function rest(
  host: Host,
  { service, scope, request, requestId }: Arrival & { readonly service: Service },
): Promise<RestResponse> {
  if (service.protocol.kind !== 'rest') throw new Error(`${service.prefix} is not a REST service`);
  const isXml = service.prefix === 's3';
  try {
    const dialect: Dialect = isXml ? 's3' : 'json';
    const { body, ...caller } = authenticate(host.authority, request, { scope, dialect, times: timesOf(host.world) });
    const call = { ...caller, requestId, isOfClient: true as const };
    const world = worldFor(host, caller.principal, scope);
    const values: Values = isXml ? 'text' : 'json';
    const invoke = (operation: string, input: unknown) => world.perform(service.prefix, operation, input, call, values);
    const response = await service.protocol.handle({ ...request, body }, invoke);
    const ids = isXml ? s3Ids(requestId) : { 'x-amzn-requestid': requestId };
    return { ...response, headers: { ...ids, ...response.headers } };
  } catch (error) {
    const wireError = asWireError(host.world, error);
    return isXml ? s3Failure(wireError, requestId, request.path) : restJsonFailure(wireError, requestId);
  }
}

async function rpc(
  host: Host,
  { prefix, service, scope, request, requestId }: Arrival & { readonly prefix: string; readonly service?: Service },
): Promise<RestResponse> {
  const { dialect, values, decode, codec } = rpcOf(prefix, service, request, BODY_BYTES_MAX);
  try {
    const times = timesOf(host.world);
    const { principal, realMs } = authenticate(host.authority, request, { scope, dialect, times });
    const world = worldFor(host, principal, scope);
    const call = { principal, realMs, requestId, isOfClient: true as const };
    const { operation, input, codec: own } = decode();
    const output = await world.perform(prefix, operation, input, call, values);
    return own.success(output, requestId);
  } catch (error) {
    return codec.failure(asWireError(host.world, error), requestId);
  }
}

function worldFor({ locate }: Host, principal: Principal, { region }: Scope): LocalWorld {
  return locate({ accountId: principal.arn.split(':')[4] ?? '', region });
}

/** A fault of the rehearsal itself is an InternalFailure for the client and an event for people. */
function asWireError(world: LocalWorld, error: unknown): WireError {
  if (error instanceof AwsError) return error;
  if (error instanceof SignatureProblem) return signatureError(error, 'json');
  recordFault(world.events, error);
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'InternalFailure', message, statusCode: 500 };
}
