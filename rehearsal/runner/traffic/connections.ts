import { buildConnector, type Dispatcher, Pool } from 'undici';

/** Connections that are being opened at once. */
const OPENING_MAX = 4;

interface Waiting {
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
  /** Whether its time was up before there was a connection for it. */
  readonly isOver: () => boolean;
}

/**
 * As many connections as the load needs, opened a few at a time. After a stall of the event loop hundreds of requests
 * are due at once. With a connection for each, as many TLS handshakes side by side would all end so late that as many
 * requests again fall due, each with a handshake of its own: the load would choke itself. So a request waits for
 * whichever comes first, a free connection or its turn to open one.
 */
export class Connections {
  private readonly pool: Pool;
  private readonly waiting: Waiting[] = [];
  private opening = 0;

  constructor(url: string, tls: { readonly ca?: string; readonly servername?: string }) {
    const connect = buildConnector(tls);
    this.pool = new Pool(url, {
      pipelining: 1,
      connections: null,
      connect: (target, callback) => {
        this.opening += 1;
        connect(target, (...result) => {
          this.opening -= 1;
          callback(...result);
          setImmediate(() => this.next());
        });
      },
    });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler, isOver: () => boolean): void {
    this.waiting.push({ options, handler, isOver });
    this.next();
  }

  /** To be called when a request has ended: its connection is free, or gone. */
  released(): void {
    setImmediate(() => this.next());
  }

  destroy(): Promise<void> {
    return this.pool.destroy();
  }

  private next(): void {
    while (this.waiting.length > 0 && (this.pool.stats.free > 0 || this.opening < OPENING_MAX)) {
      const { options, handler, isOver } = this.waiting.shift() as Waiting;
      if (!isOver()) this.pool.dispatch(options, handler);
    }
  }
}
