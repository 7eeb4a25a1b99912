import type { Socket } from 'node:net';
import { Deadlines, foldHeaders, type IncomingHead, readIncomingHead, type Timed } from '../../../../common/http/parts';
import { SocketBody } from './body';
import { SocketResponse } from './response';
import type { ClientRequest, Serve } from './types';

/** Bytes of a request's head, as Node's own parser takes. */
const HEAD_BYTES_MAX = 16 * 1024;
/** Bytes of requests that wait for the response to the one before them. */
const WAITING_BYTES_MAX = 64 * 1024;

/** What a connection needs of its listener. */
export interface Owner {
  readonly serve: Serve;
  /** Gets a connection, and all that came on it and is not served, for `node:http`'s server. */
  readonly giveToNode: (socket: Socket) => void;
  /** Responds to what is no HTTP. */
  readonly refuse: (socket: Socket) => void;
  /** How long a connection without a request is kept, milliseconds. */
  readonly idleMs: number;
  /** How long the head of the first request may take to come, milliseconds. */
  readonly headMs: number;
  /** How long a request with a body may take to come, milliseconds. */
  readonly requestMs: number;
  /** Gets the connection when it has ended or is no longer its own. */
  readonly forget: (connection: ClientConnection) => void;
}

const deadlines = new Deadlines();

/**
 * The connection of a client. Usual requests are read right from the socket, one after the other; with the first byte that
 * is not usual, the connection becomes that of `node:http`'s server, which handles it.
 */
export class ClientConnection implements Timed {
  slot = -1;
  dueMs: number;
  private isFirst = true;
  private isRunning = false;
  /** Whether no request is served any more. */
  private isOver = false;
  private response: SocketResponse | undefined;
  private body: SocketBody | undefined;
  /** What has come and is not read. */
  private waiting: Buffer | undefined;

  constructor(
    readonly socket: Socket,
    private readonly owner: Owner,
  ) {
    socket.on('data', this.onData).on('end', this.onEnd).on('close', this.onClose);
    socket.on('drain', this.onDrain).on('error', this.onError);
    this.dueMs = performance.now() + owner.headMs;
    deadlines.add(this);
  }

  onTimeout(): void {
    if (this.isFirst || this.isInBody()) this.refuse();
    else this.socket.destroy();
  }

  private readonly onData = (piece: Buffer): void => {
    if (this.isOver) return;
    const rest = this.body && this.isInBody() ? this.body.feed(piece) : piece;
    if (rest) this.waiting = this.waiting ? Buffer.concat([this.waiting, rest]) : rest;
    this.run();
    if (this.waiting && this.waiting.length > WAITING_BYTES_MAX) this.socket.pause();
  };

  /** Serves what waits, for as long as it can be served at once. */
  private run(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    while (this.waiting && this.isFree()) this.begin(this.waiting);
    this.isRunning = false;
    if (!this.isFirst && this.isFree()) this.setLimit(this.owner.idleMs);
    else if (this.response && !this.isInBody()) deadlines.remove(this);
  }

  private setLimit(ms: number): void {
    deadlines.remove(this);
    this.dueMs = performance.now() + ms;
    deadlines.add(this);
  }

  private isInBody(): boolean {
    return this.body !== undefined && !this.body.isComplete;
  }

  private isFree(): boolean {
    if (this.isOver || this.response || this.isInBody()) return false;
    return this.socket.writable && !this.socket.writableNeedDrain;
  }

  private begin(piece: Buffer): void {
    const end = piece.indexOf('\r\n\r\n');
    const head = end < 0 || end > HEAD_BYTES_MAX ? undefined : readIncomingHead(piece.toString('latin1', 0, end));
    if (!head) return this.handOver(piece);
    this.isFirst = false;
    const { method, keepsOpen, bytes } = head;
    const response = new SocketResponse(
      this.socket,
      { method, keepsOpen, idleMs: this.owner.idleMs },
      this.onResponseEnd,
    );
    this.response = response;
    this.body = bytes > 0 ? new SocketBody(this.socket, bytes) : undefined;
    const rest = end + 4 < piece.length ? piece.subarray(end + 4) : undefined;
    this.waiting = this.body && rest ? this.body.feed(rest) : rest;
    if (this.isInBody()) this.setLimit(this.owner.requestMs);
    this.owner.serve(new SocketRequest(head, this.socket, this.body), response);
  }

  private readonly onResponseEnd = (): void => {
    this.response = undefined;
    this.body?.resume();
    if (this.socket.isPaused()) this.socket.resume();
    this.run();
  };

  private handOver(piece: Buffer): void {
    const { socket } = this;
    this.leave();
    socket.off('data', this.onData).off('end', this.onEnd).off('close', this.onClose);
    socket.off('drain', this.onDrain).off('error', this.onError);
    socket.pause();
    socket.unshift(piece);
    this.owner.giveToNode(socket);
    socket.resume();
  }

  private leave(): void {
    this.isOver = true;
    this.waiting = undefined;
    deadlines.remove(this);
    this.owner.forget(this);
  }

  private refuse(): void {
    this.isOver = true;
    this.owner.refuse(this.socket);
  }

  private readonly onDrain = (): void => {
    this.response?.onDrain?.();
    this.run();
  };

  /** `node:http`'s server does not respond to a client that has closed its side either. */
  private readonly onEnd = (): void => {
    if (this.isInBody()) return this.refuse();
    this.isOver = true;
    this.socket.end();
  };

  private readonly onClose = (): void => {
    this.leave();
    this.body?.destroy();
    this.response?.onClose?.();
  };

  /** What follows is that it closes. */
  private readonly onError = (): void => undefined;
}

class SocketRequest implements ClientRequest {
  readonly body: ClientRequest['body'];
  private folded: Record<string, string> | undefined;

  constructor(
    private readonly head: IncomingHead,
    private readonly socket: Socket,
    content: SocketBody | undefined,
  ) {
    if (content) this.body = { content, isChunked: false };
  }

  get method(): string {
    return this.head.method;
  }

  get url(): string {
    return this.head.target;
  }

  get rawHeaders(): readonly string[] {
    return this.head.headers;
  }

  get headers(): Readonly<Record<string, string>> {
    return (this.folded ??= foldHeaders(this.head.headers));
  }

  get address(): string {
    return this.socket.remoteAddress ?? '127.0.0.1';
  }
}
