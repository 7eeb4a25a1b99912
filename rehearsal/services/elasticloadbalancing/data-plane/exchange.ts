import { STATUS_CODES } from 'node:http';
import { respondWithError } from './responses';
import type { ClientRequest, ClientResponse } from '../clients/types';
import { responseHeaders } from './headers';
import type { GroupRuntime, TargetRuntime } from './targets';
import type { ResponseHandler, Upstream } from './upstream';

/** What an exchange reports when it is over. */
export interface ExchangeEnd {
  /** What the client got; 460 when it was gone before a response. */
  readonly elbStatus: number;
  /** Absent when the target did not respond. */
  readonly targetStatus?: number;
  /** From the request sent to the target until its response headers, real milliseconds. */
  readonly targetMs: number;
  readonly connectFailed: boolean;
}

/** The client closed before the target responded. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-460-issues */
const CLIENT_GONE = 460;

/**
 * One request on its way to a target and back, streamed both ways. No header objects are made on the way. A request that
 * was written and got no response is a 502, as on AWS, which never asks a second target.
 */
export class Exchange implements ResponseHandler {
  private readonly startedAt: number;
  private upstream?: Upstream;
  private targetStatus?: number;
  private targetMs = 0;
  private over = false;

  constructor(
    readonly group: GroupRuntime,
    readonly target: TargetRuntime,
    private readonly response: ClientResponse,
    private readonly realNow: () => number,
    private readonly onEnd: (end: ExchangeEnd, exchange: Exchange) => void,
  ) {
    this.startedAt = realNow();
  }

  start(request: ClientRequest, headers: string[], timeoutMs: number): void {
    this.response.onClose = this.onClose;
    const { status, latencyMs } = this.target.effectOn(request.url) ?? {};
    const go = () => {
      if (this.over) return;
      if (status === undefined) this.dispatch(request, headers, timeoutMs);
      else this.respondWithFault(request, status);
    };
    if (latencyMs === undefined) go();
    else setTimeout(go, latencyMs).unref();
  }

  /** As if the target had responded so. */
  private respondWithFault(request: ClientRequest, status: number): void {
    request.body?.content.resume();
    this.targetMs = performance.now() - this.startedAt;
    this.targetStatus = status;
    this.response.writeHead(status, STATUS_CODES[status] ?? 'unknown', ['content-type', 'text/plain']);
    this.response.end(Buffer.from('a fault of the rehearsal file\n'));
    this.end(status, false);
  }

  private dispatch(request: ClientRequest, headers: string[], timeoutMs: number): void {
    this.target.send(request, headers, timeoutMs, this, (upstream) => (this.upstream = upstream));
  }

  onHead(status: number, reason: string, headers: readonly string[]): void {
    this.targetMs = this.realNow() - this.startedAt;
    this.targetStatus = status;
    this.response.writeHead(status, reason, responseHeaders(headers));
  }

  onData(content: Buffer): boolean {
    if (this.response.write(content)) return true;
    this.response.onDrain = () => this.upstream?.resume();
    return false;
  }

  onComplete(last?: Buffer): void {
    this.response.end(last);
    this.end(this.targetStatus ?? 0, false);
  }

  onError(error: Error): void {
    if (this.over) return;
    if (this.targetStatus !== undefined) {
      // The status line is out: the client can only see that the response is not complete.
      this.end(this.targetStatus, false);
      this.response.destroy();
      return;
    }
    const status = statusOf(error);
    this.end(status, isConnectFailure(error));
    respondWithError(this.response, status);
  }

  private readonly onClose = (): void => {
    if (this.over) return;
    this.end(this.targetStatus ?? CLIENT_GONE, false);
    this.upstream?.abort();
  };

  private end(elbStatus: number, connectFailed: boolean): void {
    this.over = true;
    this.onEnd({ elbStatus, targetStatus: this.targetStatus, targetMs: this.targetMs, connectFailed }, this);
  }
}

const timeouts = new Set(['ETIMEDOUT', 'RESPONSE_TIMEOUT']);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues */
function statusOf(error: Error): 502 | 504 {
  return timeouts.has(codeOf(error)) ? 504 : 502;
}

function isConnectFailure(error: Error): boolean {
  return ['ETIMEDOUT', 'ECONNREFUSED', 'ENOTFOUND'].includes(codeOf(error));
}

function codeOf(error: Error): string {
  return (error as { code?: string }).code ?? '';
}
