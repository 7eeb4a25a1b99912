import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';

/** What of a server's certificate is verified: issuer and name, issuer alone, nothing (for self-signed ones). */
export type TlsVerification = 'full' | 'chain' | 'none';

/** Bytes of a body that are read; what follows is cut and the connection closed. */
export const BODY_BYTES_MAX = 1024 * 1024;

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
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body was longer than `BODY_BYTES_MAX`. */
  readonly truncated: boolean;
  /** From the connection's start to the body's end (or cut), wall milliseconds. */
  readonly durationMs: number;
}

/** An exchange took longer than its `timeoutMs`. */
export class ExchangeTimeout extends Error {}

/**
 * One request on a connection of its own: no redirect is followed, and no kept connection hides one that cannot be made.
 * @throws ExchangeTimeout, the signal's reason, or the socket's error
 */
export function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = open(request);
    const release = limit(request, (reason) => {
      reject(reason);
      outgoing.destroy(reason);
    });
    const settle = (error: Error | undefined, answer?: HttpAnswer) => {
      release();
      if (error) reject(error);
      else resolve(answer as HttpAnswer);
    };
    outgoing.on('error', (error) => settle(error));
    outgoing.on('response', (incoming) => {
      collect(incoming, (error, body) => {
        const durationMs = performance.now() - startMs;
        settle(error, { status: incoming.statusCode ?? 0, headers: flatten(incoming.headers), durationMs, ...body });
      });
    });
    outgoing.end(request.body);
  });
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
    agent: false,
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

/** Calls `end` once when the time is up or the signal aborts. @returns a function that lifts the limit */
function limit(request: HttpRequest, end: (reason: Error) => void): () => void {
  const { signal, timeoutMs } = request;
  // AbortSignal.timeout runs on Node's own timers: the network is real even where dates and timers are scaled.
  const timeout = AbortSignal.timeout(timeoutMs);
  const onTimeout = () => end(new ExchangeTimeout(`no complete answer within ${timeoutMs} ms`));
  const onAbort = () => end(signal?.reason as Error);
  timeout.addEventListener('abort', onTimeout, { once: true });
  if (signal?.aborted) queueMicrotask(onAbort);
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    timeout.removeEventListener('abort', onTimeout);
    signal?.removeEventListener('abort', onAbort);
  };
}

type Collected = Pick<HttpAnswer, 'body' | 'truncated'>;

function collect(incoming: http.IncomingMessage, done: (error: Error | undefined, body: Collected) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (error: Error | undefined, truncated: boolean) =>
    done(error, { body: Buffer.concat(chunks).subarray(0, BODY_BYTES_MAX).toString('utf8'), truncated });
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

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
