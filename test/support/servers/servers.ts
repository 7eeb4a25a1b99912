import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import type { Certificate } from './certificate';

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a free loopback port and ends open connections when closed. */
export async function listen(server: net.Server): Promise<Listening> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function httpServer(listener: http.RequestListener): Promise<Listening> {
  return listen(http.createServer(listener));
}

export function httpsServer(certificate: Certificate, listener: http.RequestListener): Promise<Listening> {
  return listen(https.createServer(certificate, listener));
}

/** The request's body as text. */
export async function bodyOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
