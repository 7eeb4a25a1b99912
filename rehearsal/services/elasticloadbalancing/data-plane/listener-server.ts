import type { ServerOptions } from 'node:https';
import type { AccessLogEntry, AccessLogListener } from './access-log';
import { respondByAction, respondWithError } from './responses';
import { ClientServer } from '../clients/server';
import type { ClientRequest, ClientResponse } from '../clients/types';
import { Exchange, type ExchangeEnd } from './exchange';
import { requestHeaders, rootOf, type TraceIds } from './headers';
import type { RequestMinute } from './minute';
import { chooseGroup, type Forward, route, type Routing } from './routing';
import { isSecure, type Listener } from '../state';
import type { GroupRuntime, TargetRuntime } from './targets';

export interface ListenerContext {
  readonly listener: Pick<Listener, 'arn' | 'loadBalancerArn' | 'port' | 'protocol'>;
  /** AWS time. */
  now(): number;
  /** As `clock.realNow`. */
  readonly realNow: () => number;
  readonly random: () => number;
  readonly traceIds: TraceIds;
  /** Of its load balancer, for the minute that runs now. */
  minute(): RequestMinute;
  readonly accessListeners: ReadonlySet<AccessLogListener>;
  /** `idle_timeout.timeout_seconds`, wall milliseconds: requests take real time. */
  idleTimeoutMs(): number;
  /** Then the listener speaks TLS. */
  readonly tls?: ServerOptions;
}

/** Where a request came in and what was chosen for it, kept until it ends. */
type Chosen = { readonly group: GroupRuntime; readonly target: TargetRuntime };

/** One listener's data plane: a real HTTP server on loopback. */
export class ListenerServer {
  private readonly clients: ClientServer;

  constructor(
    private readonly context: ListenerContext,
    /** Replaced as a whole when a listener or rule change takes effect. */
    public routing: Routing,
  ) {
    const serve = (request: ClientRequest, response: ClientResponse) => this.serve(request, response);
    this.clients = new ClientServer(serve, context.idleTimeoutMs(), context.tls);
  }

  /** @returns the port on 127.0.0.1 */
  listen(): Promise<number> {
    return this.clients.listen();
  }

  /** For handshakes from now on: what is open stays. */
  secure(options: ServerOptions): void {
    this.clients.secure(options);
  }

  close(): Promise<void> {
    return this.clients.close();
  }

  private serve(request: ClientRequest, response: ClientResponse): void {
    const atMs = this.context.now();
    const sent = request.headers['x-amzn-trace-id'] as string | undefined;
    const root = sent === undefined ? undefined : rootOf(sent);
    const traceId = root ?? this.context.traceIds.next(atMs);
    const destination = route(this.routing, request);
    if (destination.kind === 'respond') {
      const status = respondByAction(destination.action, request, response, this.context.listener);
      this.finishOwn(atMs, traceId, status);
    } else {
      this.forward(destination, request, response, atMs, traceId, root !== undefined);
    }
  }

  private forward(
    destination: Forward,
    request: ClientRequest,
    response: ClientResponse,
    atMs: number,
    traceId: string,
    traced: boolean,
  ): void {
    const group = chooseGroup(destination, this.context.random);
    const target = group?.choose();
    if (!group || !target) {
      respondWithError(response, 503);
      this.finishOwn(atMs, traceId, 503);
      return;
    }
    const exchange = new Exchange(group, target, response, this.context.realNow, (end, chosen) =>
      this.finish(atMs, traceId, end, chosen),
    );
    exchange.start(request, this.targetHeaders(request, atMs, traceId, traced), this.context.idleTimeoutMs());
  }

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
  private targetHeaders(request: ClientRequest, atMs: number, traceId: string, traced: boolean): string[] {
    const self = traced ? `Self=${this.context.traceIds.next(atMs)};` : '';
    return requestHeaders(request.rawHeaders, {
      clientAddress: request.address,
      protocol: isSecure(this.context.listener) ? 'https' : 'http',
      port: String(this.context.listener.port),
      traceId: `${self}Root=${traceId}`,
    });
  }

  private finish(atMs: number, traceId: string, end: ExchangeEnd, chosen: Chosen): void {
    for (const minute of [this.context.minute(), chosen.group.minute]) {
      if (end.targetStatus !== undefined) minute.targetResponded(end.targetStatus, end.targetMs);
      else minute.madeUp(end.elbStatus, true);
      if (end.connectFailed) minute.connectionErrors += 1;
    }
    if (this.context.accessListeners.size === 0) return;
    this.log({
      ...this.entry(atMs, traceId, end.elbStatus),
      targetGroupArn: chosen.group.arn,
      target: chosen.target.key,
      ...(end.targetStatus !== undefined && { targetStatusCode: end.targetStatus, targetProcessingMs: end.targetMs }),
    });
  }

  private finishOwn(atMs: number, traceId: string, status: number): void {
    this.context.minute().madeUp(status, false);
    this.log(this.entry(atMs, traceId, status));
  }

  private entry(atMs: number, traceId: string, elbStatusCode: number): AccessLogEntry {
    const { arn, loadBalancerArn, port } = this.context.listener;
    return { atMs, loadBalancerArn, listenerArn: arn, listenerPort: port, elbStatusCode, traceId };
  }

  private log(entry: AccessLogEntry): void {
    for (const listener of this.context.accessListeners) listener(entry);
  }
}
