import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Deadlines } from './deadlines';
import { BODY_BYTES_MAX, contentOf, headersOf } from './response-content';

/** What of a server's certificate is verified: issuer and name, issuer alone, nothing (for self-signed ones). */
export type TlsVerification = 'full' | 'chain' | 'none';

/**
 * Bytes of all headers of a response: more than a load balancer lets through.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const HEADER_BYTES_MAX = 64 * 1024;

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Connect here instead of to the URL's host. */
  readonly address?: string;
  /** Host header and TLS server name instead of the URL's host. */
  readonly hostName?: string;
  /** Default full. */
  readonly tlsVerification?: TlsVerification;
  /** For the whole exchange, wall milliseconds. */
  readonly timeoutMs: number;
  /** Ends the exchange early. */
  readonly signal?: AbortSignal;
  /** Keeps connections from one exchange to the next. Default: each has its own. */
  readonly agent?: http.Agent;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated ones joined with a comma. Values in UTF-8 where their bytes are. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body was longer than `BODY_BYTES_MAX`. */
  readonly truncated: boolean;
  /** From the connection's start to the body's end (or cut), wall milliseconds. */
  readonly durationMs: number;
  readonly timings: Timings;
  /** Of an https exchange. */
  readonly tls?: { readonly validTo: Date };
}

/** When each step was done, wall milliseconds since the start; a step that did not happen or end is absent. */
export interface Timings {
  /** Name looked up. */
  readonly dnsMs?: number;
  /** TCP connected. */
  readonly connectMs?: number;
  /** TLS agreed. */
  readonly tlsMs?: number;
  /** Status and headers there. */
  readonly firstByteMs?: number;
  /** All of the answer there, or the failure. */
  readonly totalMs: number;
}

/** An exchange took longer than its `timeoutMs`. */
export class ExchangeTimeout extends Error {}

const timingsOf = new WeakMap<Error, Timings>();

/** How far an exchange came that ended with `error`. */
export function timingsBefore(error: unknown): Timings | undefined {
  return error instanceof Error ? timingsOf.get(error) : undefined;
}

/**
 * One request, on a connection of its own unless an agent is given: no redirect is followed, and no kept connection hides one that cannot be made.
 * @throws ExchangeTimeout, the signal's reason, or the socket's error
 */
export function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const watch = stopwatch();
  return new Promise((resolve, reject) => {
    const outgoing = open(request);
    watch.follow(outgoing);
    const fail = (error: Error) => {
      // The first reason is the one: what the ended connection says afterwards no longer counts.
      if (!timingsOf.has(error)) timingsOf.set(error, watch.read());
      reject(error);
    };
    const release = limit(request, (reason) => {
      fail(reason);
      outgoing.destroy(reason);
    });
    outgoing.on('error', (error) => {
      release();
      fail(error);
    });
    outgoing.on('response', (incoming) => {
      watch.mark('firstByteMs');
      const tls = certificateOf(incoming.socket);
      collect(incoming, (error, body) => {
        release();
        if (error) return fail(error);
        const timings = watch.read();
        const headers = headersOf(incoming.headers);
        resolve({ status: incoming.statusCode ?? 0, headers, durationMs: timings.totalMs, timings, tls, ...body });
      });
    });
    outgoing.end(request.body);
  });
}

type Step = Exclude<keyof Timings, 'totalMs'>;

function stopwatch() {
  const startMs = performance.now();
  const sinceMs = () => Math.round((performance.now() - startMs) * 100) / 100;
  const steps: Partial<Record<Step, number>> = {};
  const mark = (step: Step) => void (steps[step] ??= sinceMs());
  const follow = (outgoing: http.ClientRequest) => {
    outgoing.on('socket', (socket) => {
      // A kept connection has been through these steps.
      if (!socket.connecting) return;
      socket.once('lookup', () => mark('dnsMs'));
      socket.once('connect', () => mark('connectMs'));
      socket.once('secureConnect', () => mark('tlsMs'));
    });
  };
  return { mark, follow, read: (): Timings => ({ ...steps, totalMs: sinceMs() }) };
}

function certificateOf(socket: Socket): HttpAnswer['tls'] {
  if (!(socket instanceof TLSSocket)) return undefined;
  const validTo = new Date(socket.getPeerCertificate().valid_to);
  return Number.isNaN(validTo.getTime()) ? undefined : { validTo };
}

function open(request: HttpRequest): http.ClientRequest {
  const { url, hostName = url.hostname } = request;
  const options: https.RequestOptions = {
    method: request.method,
    host: request.address ?? bare(url.hostname),
    port: url.port || (url.protocol === 'https:' ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.port ? `${hostName}:${url.port}` : hostName,
      'user-agent': 'cdk-greenlight',
      ...(request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) }),
      ...request.headers,
    },
    maxHeaderSize: HEADER_BYTES_MAX,
    agent: request.agent ?? false,
  };
  if (url.protocol !== 'https:') return http.request(options);
  const { tlsVerification = 'full' } = request;
  return https.request({
    ...options,
    // A server name is never an address (RFC 6066, 3).
    servername: isIP(bare(hostName)) ? '' : hostName,
    rejectUnauthorized: tlsVerification !== 'none',
    ...(tlsVerification === 'full' ? {} : { checkServerIdentity: () => undefined }),
  });
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

const deadlines = new Deadlines();

/** Calls `end` once when the time is up or the signal aborts. @returns a function that lifts the limit */
function limit(request: HttpRequest, end: (reason: Error) => void): () => void {
  const { signal, timeoutMs } = request;
  const lift = deadlines.add(timeoutMs, () => end(new ExchangeTimeout(`no complete answer within ${timeoutMs} ms`)));
  const onAbort = () => end(signal?.reason as Error);
  if (signal?.aborted) queueMicrotask(onAbort);
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    lift();
    signal?.removeEventListener('abort', onAbort);
  };
}

type Collected = Pick<HttpAnswer, 'body' | 'truncated'>;

function collect(incoming: http.IncomingMessage, done: (error: Error | undefined, body: Collected) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (error: Error | undefined, truncated: boolean) => {
    if (error) return done(error, { body: '', truncated });
    try {
      done(undefined, contentOf(Buffer.concat(chunks), incoming.headers, truncated));
    } catch (cause) {
      done(cause as Error, { body: '', truncated });
    }
  };
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) return;
    finish(undefined, true);
    incoming.removeAllListeners('data').destroy();
  });
  incoming.on('end', () => finish(undefined, false));
  incoming.on('error', (error) => finish(error, false));
}
