import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { ClientConnection, type Owner } from './connection';
import { nodeRequest, NodeResponse } from './node';
import type { Serve } from './types';

/** The response to what is no HTTP, as on AWS: 400. */
const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';

/**
 * A server on loopback that reads usual requests right from the socket. It is `node:http`'s server all the same, which gets
 * the connections that are not usual, and waits for a head or a body as long as that does.
 */
export class ClientServer {
  private readonly server: Server;
  private readonly connections = new Set<ClientConnection>();

  /** @param idleMs how long a connection without a request is kept @param tls then it speaks TLS */
  constructor(serve: Serve, idleMs: number, tls?: ServerOptions) {
    const options = { keepAlive: true, noDelay: true };
    this.server = tls ? createTlsServer({ ...options, ...tls }) : createServer(options);
    this.server.keepAliveTimeout = idleMs;
    this.server.on('request', (request, response) => serve(nodeRequest(request), new NodeResponse(response)));
    const refuse: Owner['refuse'] = (socket) => void socket.end(BAD_REQUEST);
    this.server.on('clientError', (_error, socket) => refuse(socket as Socket));
    const event = tls ? 'secureConnection' : 'connection';
    const givers = this.server.listeners(event) as ((socket: Socket) => void)[];
    const owner: Owner = {
      serve,
      refuse,
      giveToNode: (socket) => givers.forEach((give) => give.call(this.server, socket)),
      idleMs,
      headMs: this.server.headersTimeout,
      requestMs: this.server.requestTimeout,
      forget: (connection) => this.connections.delete(connection),
    };
    this.server.removeAllListeners(event);
    this.server.on(event, (socket: Socket) => this.connections.add(new ClientConnection(socket, owner)));
  }

  /** @returns the port on 127.0.0.1 */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** For handshakes from now on: what is open stays. */
  secure(options: ServerOptions): void {
    if (this.server instanceof TlsServer) this.server.setSecureContext(options);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    for (const { socket } of this.connections) socket.destroy();
    await closed;
  }
}
