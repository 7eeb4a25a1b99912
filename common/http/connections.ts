import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** What Node connects by. */
export interface ConnectOptions extends Pick<
  ConnectionOptions,
  'servername' | 'rejectUnauthorized' | 'checkServerIdentity'
> {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

/** Connections of one target that are kept without a request. */
const FREE_MAX = 64;
/** Taken off what the server says that it keeps one: the way there takes time, too. As Node's agents do. */
const IDLE_MARGIN_MS = 1_000;

/** What an exchange hears of its connection. */
export interface Listener {
  onData(piece: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
}

/** All plain connections read into it, one after the other: a buffer for each read is what Node's garbage collector would be busy with. */
let shared: Buffer | undefined;

/** One connection, which serves one exchange at a time. It listens once, whatever the number of exchanges. */
export class Connection {
  listener: Listener | undefined;
  /** When it can no longer be used, by `performance.now()`. */
  freeUntilMs = Infinity;
  readonly socket: Socket;

  constructor({ isSecure, ...options }: ConnectOptions) {
    if (isSecure) {
      this.socket = connectTls(options).on('data', (piece: Buffer) => this.onData(piece));
    } else {
      const buffer = (shared ??= Buffer.allocUnsafeSlow(64 * 1024));
      const callback = (length: number) => this.onData(Buffer.from(buffer.subarray(0, length)));
      this.socket = connect({ ...options, noDelay: true, onread: { buffer, callback } });
    }
    this.socket.on('end', this.onEnd);
    this.socket.on('close', this.onEnd);
    this.socket.on('error', (error) => this.listener?.onError(error));
  }

  private onData(piece: Buffer): boolean {
    // Nobody asked.
    if (!this.listener) this.socket.destroy();
    else this.listener.onData(piece);
    return true;
  }

  private readonly onEnd = (): void => {
    if (!this.listener) this.socket.destroy();
    else this.listener.onEnd();
  };
}

/** The connections of one target from one exchange to the next, as a load balancer and a browser keep theirs. */
export class Connections {
  /** For exchanges that are not usual. */
  readonly agent: http.Agent;
  private readonly free = new Map<string, Connection[]>();
  private isClosed = false;

  constructor(protocol: string) {
    const options = { keepAlive: true, maxFreeSockets: FREE_MAX };
    this.agent = protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
  }

  /** The one that was used last, as it is the least likely to be closed. */
  take(place: string, nowMs: number): Connection | undefined {
    const free = this.free.get(place);
    for (let next = free?.pop(); next; next = free?.pop()) {
      if (next.freeUntilMs > nowMs && next.socket.writable && !next.socket.destroyed) return next;
      next.socket.destroy();
    }
    return undefined;
  }

  /** @param idleMs how long the server keeps it */
  give(place: string, connection: Connection, nowMs: number, idleMs = Infinity): void {
    connection.listener = undefined;
    connection.freeUntilMs = nowMs + idleMs - IDLE_MARGIN_MS;
    let free = this.free.get(place);
    if (!free) this.free.set(place, (free = []));
    if (this.isClosed || free.length >= FREE_MAX || connection.freeUntilMs <= nowMs) connection.socket.destroy();
    else free.push(connection);
  }

  close(): void {
    this.isClosed = true;
    this.agent.destroy();
    for (const free of this.free.values()) for (const { socket } of free.splice(0)) socket.destroy();
  }
}
