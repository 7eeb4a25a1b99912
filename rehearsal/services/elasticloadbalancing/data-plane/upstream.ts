import { request as httpRequest } from 'node:http';
import {
  type Body,
  bodyOf,
  type Connection,
  Deadlines,
  type Listener,
  readHead,
  replayOf,
  type Timed,
} from '../../../../common/http/parts';
import type { ClientRequest, RequestBody } from '../clients/types';

/** Bytes of a response's head, as Node's own parser takes. */
const HEAD_BYTES_MAX = 16 * 1024;

/** A failure to reach a target or to get a response of it, with the code that a socket would show. */
export class TargetError extends Error {
  constructor(
    readonly code: 'ETIMEDOUT' | 'ECONNREFUSED' | 'ENOTFOUND' | 'ECONNRESET' | 'RESPONSE_TIMEOUT' | 'RESPONSE_NOT_HTTP',
  ) {
    super(code);
  }
}

/** Hears what becomes of a request. Each is called once, but for `onData`. */
export interface ResponseHandler {
  /** @param headers flat pairs of name and value */
  onHead(status: number, reason: string, headers: readonly string[]): void;
  /** @returns false when no more should come before `resume` */
  onData(content: Buffer): boolean;
  /** @param last content that came with the end */
  onComplete(last?: Buffer): void;
  onError(error: Error): void;
}

const deadlines = new Deadlines();

/**
 * One request on its way to a target and its response, over a connection of the target's. What is usual is written and read
 * right on the socket; any other response is read by Node's own client.
 */
export class Upstream implements Listener, Timed {
  slot = -1;
  dueMs = Infinity;
  private waiting: Buffer | undefined;
  private body: Body | undefined;
  private keepsOpen = false;
  private idleMs: number | undefined;
  private isSent = true;
  private isOver = false;

  /** @param settle gets the connection back: whether it can serve another request, and for how long */
  constructor(
    readonly connection: Connection,
    private readonly request: ClientRequest,
    private readonly handler: ResponseHandler,
    private readonly timeoutMs: number,
    private readonly settle: (upstream: Upstream, isReusable: boolean, idleMs?: number) => void,
  ) {}

  /** @param headers flat pairs of name and value */
  send(headers: readonly string[]): void {
    const { method, url, body } = this.request;
    let text = `${method} ${url} HTTP/1.1\r\n`;
    for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
    this.connection.listener = this;
    this.touch();
    deadlines.add(this);
    if (body?.isChunked) text += 'Transfer-Encoding: chunked\r\n';
    this.write(`${text}Connection: keep-alive\r\n\r\n`);
    if (body) this.stream(body);
  }

  private write(text: string): void {
    this.connection.socket.write(text, 'latin1');
  }

  private stream({ content, isChunked }: RequestBody): void {
    const { socket } = this.connection;
    this.isSent = false;
    content.on('data', (chunk: Buffer) => {
      if (this.isOver) return;
      this.touch();
      if (isChunked) this.write(`${chunk.length.toString(16)}\r\n`);
      const takesMore = socket.write(chunk);
      if (isChunked) this.write('\r\n');
      if (takesMore) return;
      content.pause();
      socket.once('drain', () => content.resume());
    });
    content.on('end', () => {
      this.isSent = true;
      if (isChunked && !this.isOver) this.write('0\r\n\r\n');
    });
  }

  /** For a handler that said that it would take no more. */
  resume(): void {
    this.connection.socket.resume();
  }

  /** Without a word to the handler. */
  abort(): void {
    if (this.isOver) return;
    this.end(false);
  }

  onTimeout(): void {
    this.onError(new TargetError('RESPONSE_TIMEOUT'));
  }

  onError(error: Error): void {
    if (this.isOver) return;
    this.end(false);
    this.handler.onError(error);
  }

  onEnd(): void {
    if (this.body) this.onError(new TargetError('ECONNRESET'));
    else this.handOver(this.waiting ? [this.waiting] : []);
  }

  onData(piece: Buffer): void {
    this.touch();
    if (this.body) return this.follow(this.body, piece, 0);
    const start = this.waiting ? Buffer.concat([this.waiting, piece]) : piece;
    const end = start.indexOf('\r\n\r\n');
    if (end < 0 && start.length <= HEAD_BYTES_MAX) return void (this.waiting = start);
    const { method } = this.request;
    const head = end < 0 || end > HEAD_BYTES_MAX ? undefined : readHead(start.toString('latin1', 0, end), method);
    if (!head) return this.handOver([start]);
    this.keepsOpen = head.keepsOpen;
    this.idleMs = head.idleMs;
    this.handler.onHead(head.status, head.reason, head.headers);
    this.follow((this.body = bodyOf(head.framing, false)), start, end + 4);
  }

  private follow(body: Body, piece: Buffer, at: number): void {
    const contents: Buffer[] = [];
    const progress = body.take(piece, at, (each) => contents.push(each));
    const content = contents.length > 1 ? Buffer.concat(contents) : contents[0];
    if (typeof progress === 'object') {
      // What follows a response was not requested.
      this.end(this.keepsOpen && this.isSent && progress.end === piece.length);
      return this.handler.onComplete(content);
    }
    if (content && !this.handler.onData(content)) this.connection.socket.pause();
    if (progress === 'unusual') this.onError(new TargetError('RESPONSE_NOT_HTTP'));
  }

  /** @param pieces of the response that have come */
  private handOver(pieces: readonly Buffer[]): void {
    const replay = replayOf(this.connection, pieces);
    const { method } = this.request;
    const outgoing = httpRequest({ method, createConnection: () => replay });
    outgoing.on('error', (error) => this.onError(error));
    outgoing.on('upgrade', () => this.onError(new TargetError('RESPONSE_NOT_HTTP')));
    outgoing.on('response', (incoming) => {
      this.resume = () => void incoming.resume();
      this.handler.onHead(incoming.statusCode ?? 0, incoming.statusMessage ?? '', incoming.rawHeaders);
      incoming.on('data', (content: Buffer) => {
        this.touch();
        if (!this.isOver && !this.handler.onData(content)) incoming.pause();
      });
      incoming.on('error', (error) => this.onError(error));
      incoming.on('end', () => {
        if (this.isOver) return;
        this.end(false);
        this.handler.onComplete();
      });
    });
    outgoing.end();
  }

  /** The time begins again with whatever comes or goes. */
  private touch(): void {
    this.dueMs = performance.now() + this.timeoutMs;
  }

  private end(isReusable: boolean): void {
    this.isOver = true;
    deadlines.remove(this);
    this.connection.listener = undefined;
    if (!isReusable) {
      this.connection.socket.destroy();
      // The rest of a body that nobody takes any more.
      if (!this.isSent) this.request.body?.content.resume();
    }
    this.settle(this, isReusable, this.idleMs);
  }
}
