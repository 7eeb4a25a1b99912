import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { BODY_BYTES_MAX, contentOf, headersOf } from './response-content';
import { Limit } from './limit';
import { connectOptions, requestHeaders, targetOf } from './options';
import { noteTimings, type Stopwatch } from './stopwatch';
import type { HttpResponse, HttpRequest } from './types';

/**
 * Bytes of all headers of a response: more than a load balancer lets through.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const HEADER_BYTES_MAX = 64 * 1024;

/** A connection on which the request is sent: its response is read from `replay`. */
export interface Sent {
  readonly replay: Duplex;
  readonly socket: Socket;
}

/** An exchange by Node's own client, for any request and any response. @param sent default: a connection of its own */
export function exchangeByNode(request: HttpRequest, watch: Stopwatch, sent?: Sent): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = open(request, sent);
    outgoing.on('socket', (socket) => watch.follow(socket));
    const fail = (error: Error) => {
      noteTimings(error, watch);
      reject(error);
    };
    const limit = new Limit(request, watch.startMs, (reason) => {
      fail(reason);
      outgoing.destroy(reason);
    });
    outgoing.on('error', (error) => {
      limit.lift();
      fail(error);
    });
    outgoing.on('response', (incoming) => {
      watch.mark('firstByteMs');
      const tls = certificateOf(sent?.socket ?? incoming.socket);
      collect(incoming, (error, body) => {
        limit.lift();
        if (error) return fail(error);
        const timings = watch.read();
        const headers = headersOf(incoming.headers);
        resolve({ status: incoming.statusCode ?? 0, headers, durationMs: timings.totalMs, timings, tls, ...body });
      });
    });
    outgoing.end(request.body);
  });
}

export function certificateOf(socket: Socket): HttpResponse['tls'] {
  if (!(socket instanceof TLSSocket)) return undefined;
  const validTo = new Date(socket.getPeerCertificate().valid_to);
  return Number.isNaN(validTo.getTime()) ? undefined : { validTo };
}

function open(request: HttpRequest, sent: Sent | undefined): http.ClientRequest {
  const { isSecure, ...connection } = connectOptions(request);
  const options: https.RequestOptions = {
    ...connection,
    method: request.method,
    path: targetOf(request.url),
    headers: requestHeaders(request),
    maxHeaderSize: HEADER_BYTES_MAX,
    ...(sent ? { createConnection: () => sent.replay } : { agent: request.connections?.agent ?? false }),
  };
  return isSecure ? https.request(options) : http.request(options);
}

type Collected = Pick<HttpResponse, 'body' | 'truncated'>;

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
