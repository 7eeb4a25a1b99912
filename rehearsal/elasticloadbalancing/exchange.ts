import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { answerError } from './answers';
import { responseHeaders } from './headers';
import type { GroupRuntime, TargetRuntime } from './targets';

/** What an exchange tells when it is over. */
export interface ExchangeEnd {
  /** What the client got; 460 when it was gone before an answer. */
  readonly elbStatus: number;
  /** Absent when the target did not answer. */
  readonly targetStatus?: number;
  /** From the request sent to the target until its response headers, real milliseconds. */
  readonly targetMs: number;
  readonly connectFailed: boolean;
}

/** The client closed before the target answered. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-460-issues */
const CLIENT_GONE = 460;

const gone = new Error('the client closed the connection');

/**
 * One request on its way to a target and back, streamed both ways. undici calls the methods of its raw handler
 * interface: no header objects are made on the way. A request that was not written yet moves to a new connection by
 * itself; one that was written and got no answer is a 502, as on AWS, which never asks a second target.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private readonly startedAt: number;
  private abort?: (error?: Error) => void;
  private targetStatus?: number;
  private targetMs = 0;
  private over = false;

  constructor(
    readonly group: GroupRuntime,
    readonly target: TargetRuntime,
    private readonly response: ServerResponse,
    private readonly realNow: () => number,
    private readonly onEnd: (end: ExchangeEnd, exchange: Exchange) => void,
  ) {
    this.startedAt = realNow();
  }

  start(request: IncomingMessage, headers: string[], timeoutMs: number): void {
    this.response.on('close', this.onClose);
    const { status, latencyMs } = this.target.effectOn(request.url ?? '/') ?? {};
    const go = () => {
      if (this.over) return;
      if (status === undefined) this.dispatch(request, headers, timeoutMs);
      else this.answerFault(request, status);
    };
    if (latencyMs === undefined) go();
    else setTimeout(go, latencyMs).unref();
  }

  /** As if the target had responded so. */
  private answerFault(request: IncomingMessage, status: number): void {
    request.resume();
    this.targetMs = performance.now() - this.startedAt;
    this.targetStatus = status;
    this.response.writeHead(status, { 'content-type': 'text/plain' }).end('a fault of the rehearsal file\n');
    this.end(status, false);
  }

  private dispatch(request: IncomingMessage, headers: string[], timeoutMs: number): void {
    this.target.pool.dispatch(
      {
        path: request.url ?? '/',
        method: request.method ?? 'GET',
        headers,
        body: hasBody(request) ? request : null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      this,
    );
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.over) abort(gone);
    else this.abort = abort;
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, statusText: string): boolean {
    if (status < 200) return true;
    this.targetMs = this.realNow() - this.startedAt;
    this.targetStatus = status;
    this.response.on('drain', resume);
    this.response.writeHead(status, statusText, responseHeaders(raw));
    return true;
  }

  onData(chunk: Buffer): boolean {
    return this.response.write(chunk);
  }

  onComplete(): void {
    this.response.end();
    this.end(this.targetStatus ?? 0, false);
  }

  onError(error: Error): void {
    if (this.over) return;
    if (this.targetStatus !== undefined) {
      // The status line is out: all that can be told is that the answer is not whole.
      this.end(this.targetStatus, false);
      this.response.destroy();
      return;
    }
    const status = statusOf(error);
    this.end(status, isConnectFailure(error));
    answerError(this.response, status);
  }

  private readonly onClose = (): void => {
    if (this.over || this.response.writableFinished) return;
    this.end(this.targetStatus ?? CLIENT_GONE, false);
    this.abort?.(gone);
  };

  private end(elbStatus: number, connectFailed: boolean): void {
    this.over = true;
    this.onEnd({ elbStatus, targetStatus: this.targetStatus, targetMs: this.targetMs, connectFailed }, this);
  }
}

function hasBody(request: IncomingMessage): boolean {
  const { headers } = request;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

const timeouts = new Set(['ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues */
function statusOf(error: Error): 502 | 504 {
  return timeouts.has(codeOf(error)) ? 504 : 502;
}

function isConnectFailure(error: Error): boolean {
  return ['ETIMEDOUT', 'ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'].includes(codeOf(error));
}

function codeOf(error: Error): string {
  return (error as { code?: string }).code ?? '';
}
