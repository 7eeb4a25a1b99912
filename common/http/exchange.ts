import { BODY_BYTES_MAX, contentOf, headersOf } from './response-content';
import { Connection, type Listener } from './connections';
import { foldHeaders } from './fields';
import type { Head } from './head';
import { Limit } from './limit';
import { certificateOf, exchangeByNode } from './node-client';
import type { ConnectOptions } from './connections';
import { connectOptions, requestHeaders, targetOf } from './options';
import { ResponseReader } from './reader';
import { replayOf } from './replay';
import { requestText } from './request-text';
import { noteTimings, Stopwatch } from './stopwatch';
import type { HttpResponse, HttpRequest } from './types';

/**
 * One request, on a connection of its own unless connections are given: no redirect is followed, and no kept connection
 * hides one that cannot be made. Usual requests are written, and usual responses read, without Node's own client, which
 * costs more than all else that an exchange does; whatever is not usual goes through it.
 * @throws ExchangeTimeout, the signal's reason, or the socket's error
 */
export function exchange(request: HttpRequest): Promise<HttpResponse> {
  const watch = new Stopwatch();
  const wire = wireOf(request);
  if (!wire || request.signal?.aborted) return exchangeByNode(request, watch);
  return new Promise((resolve, reject) => {
    new UsualExchange(request, wire, watch, { resolve, reject }).start();
  });
}

/** What of a request does not change from one time that it is sent to the next. */
interface Wire {
  readonly text: string;
  readonly options: ConnectOptions;
  readonly place: string;
}

const wires = new WeakMap<HttpRequest, Wire | undefined>();

/** @returns undefined for a request that is not usual */
function wireOf(request: HttpRequest): Wire | undefined {
  const known = wires.get(request);
  if (known) return known;
  const head = { method: request.method, target: targetOf(request.url), headers: requestHeaders(request) };
  const text = requestText(head, request.connections ? 'keep-alive' : 'close');
  if (text === undefined) return undefined;
  const options = connectOptions(request);
  const wire = { text: text + (request.body ?? ''), options, place: `${options.host} ${options.port}` };
  // One that has a connection of its own is hardly sent again.
  if (request.connections) wires.set(request, wire);
  return wire;
}

interface Folded {
  readonly headers: Readonly<Record<string, string>>;
  /** With what is UTF-8 read as such. */
  readonly texts: Readonly<Record<string, string>>;
}

/** The head that was the last one is the next one, too, for most of a second. */
let lastFolded: (Folded & { readonly head: Head }) | undefined;

function foldedOf(head: Head): Folded {
  if (lastFolded?.head === head) return lastFolded;
  const headers = foldHeaders(head.headers);
  lastFolded = { head, headers, texts: headersOf(headers) };
  return lastFolded;
}

interface Ends {
  readonly resolve: (response: HttpResponse | Promise<HttpResponse>) => void;
  readonly reject: (error: Error) => void;
}

class UsualExchange implements Listener {
  private readonly reader: ResponseReader;
  private readonly limit: Limit;
  private readonly connection: Connection;

  constructor(
    private readonly request: HttpRequest,
    private readonly wire: Wire,
    private readonly watch: Stopwatch,
    private readonly ends: Ends,
  ) {
    this.reader = new ResponseReader(request.method, BODY_BYTES_MAX);
    this.connection = request.connections?.take(wire.place, watch.startMs) ?? this.connect();
    this.limit = new Limit(request, watch.startMs, (reason) => this.onError(reason));
  }

  start(): void {
    this.connection.listener = this;
    this.connection.socket.write(this.wire.text, this.request.body === undefined ? 'latin1' : 'utf8');
  }

  private connect(): Connection {
    const connection = new Connection(this.wire.options);
    this.watch.follow(connection.socket);
    return connection;
  }

  onData(piece: Buffer): void {
    const reading = this.reader.take(piece);
    if (this.reader.head) this.watch.mark('firstByteMs');
    if (reading === 'unusual') this.handOver();
    else if (reading !== 'more') this.finish(reading === 'cut');
  }

  /** Before the response was complete: Node's client finds the words for it. */
  onEnd(): void {
    this.handOver();
  }

  onError(error: Error): void {
    this.release();
    noteTimings(error, this.watch);
    this.connection.socket.destroy();
    this.ends.reject(error);
  }

  private handOver(): void {
    this.release();
    const { socket } = this.connection;
    const sent = { replay: replayOf(this.connection, this.reader.pieces), socket };
    this.ends.resolve(exchangeByNode(this.request, this.watch, sent).finally(() => socket.destroy()));
  }

  private finish(isCut: boolean): void {
    this.release();
    const { head, content } = this.reader;
    const { connection, request, watch, wire } = this;
    const tls = certificateOf(connection.socket);
    const timings = watch.read();
    const { totalMs: durationMs } = timings;
    if (isCut || !request.connections || !head?.keepsOpen) connection.socket.destroy();
    else request.connections.give(wire.place, connection, watch.startMs + durationMs, head.idleMs);
    try {
      const { headers, texts } = foldedOf(head as Head);
      const body = contentOf(content.length === 1 ? (content[0] as Buffer) : Buffer.concat(content), headers, isCut);
      this.ends.resolve({ status: head?.status ?? 0, headers: texts, durationMs, timings, tls, ...body });
    } catch (error) {
      noteTimings(error as Error, watch);
      this.ends.reject(error as Error);
    }
  }

  /** From now on nothing of the connection is this exchange's. */
  private release(): void {
    this.limit.lift();
    this.connection.listener = undefined;
  }
}
