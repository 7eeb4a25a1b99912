import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { VirtualClock } from '../../../../rehearsal/core/clock';
import { Connections } from '../../../../rehearsal/runner/traffic/connections';
import { request, type RequestResult } from '../../../../rehearsal/runner/traffic/request';
import { until } from '../../../support/until';

let server: Server;
let sockets: Socket[];
let connections: Connections;

async function listen(listening: Server, protocol: string): Promise<void> {
  server = listening;
  sockets = [];
  server.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  connections = new Connections(`${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`, {});
}
afterEach(async () => {
  await connections.destroy();
  for (const socket of sockets) socket.destroy();
  server.close();
});

const send = (timeoutMs = 20_000) =>
  request(connections, { path: '/', method: 'GET', headers: [], clock: new VirtualClock(), timeoutMs });
const sendMany = (count: number) => Promise.all(Array.from({ length: count }, () => send()));

test('opens few connections at once, the next when one of them is open or has failed', async () => {
  await listen(createServer(), 'https');
  const results: RequestResult[] = [];
  for (let n = 0; n < 10; n++) void send().then((result) => results.push(result));
  await until('the first connections', () => sockets.length === 4);
  // No handshake is completed. A fifth connection would show in the time that these two take to fail.
  sockets.slice(0, 2).forEach((socket) => socket.destroy());
  await until('two more', () => sockets.length >= 6);
  expect({ opened: sockets.length, ended: results.length }).toEqual({ opened: 6, ended: 2 });
  await until('all to end', () => {
    sockets.forEach((socket) => socket.destroy());
    return results.length === 10;
  });
  expect(results.filter((result) => 'error' in result)).toHaveLength(10);
});

test('a backlog is served by the connections that are there, not by one for each request', async () => {
  await listen(
    createHttpServer((_request, response) => response.end()),
    'http',
  );
  expect(new Set((await sendMany(500)).map((result) => JSON.stringify(result)))).toEqual(new Set(['{"status":200}']));
  // One for each would be 500; how many are opened before the first responses come depends on the machine.
  expect(sockets.length).toBeLessThan(400);
});

test('a slow service does not hold requests back: each gets a connection', async () => {
  const held: (() => void)[] = [];
  const slow = createHttpServer((_request, response) => {
    held.push(() => response.end());
    if (held.length >= 60) for (const respond of held) respond();
  });
  await listen(slow, 'http');
  await sendMany(60);
  expect(sockets).toHaveLength(60);
});

test('a request whose time was up while it waited never takes a connection', async () => {
  await listen(createServer(), 'https');
  const stuck = sendMany(4);
  expect(await send(50)).toEqual({ error: 'TIMEOUT' });
  await until('the first connections', () => sockets.length === 4);
  for (const socket of sockets) socket.destroy();
  await stuck;
  expect(sockets).toHaveLength(4);
});

test('a request that takes too long is given up, and its connection is closed', async () => {
  await listen(createHttpServer(), 'http');
  let closed = false;
  server.on('connection', (socket: Socket) => socket.on('close', () => (closed = true)));
  expect(await send(200)).toEqual({ error: 'TIMEOUT' });
  await until('the connection closes', () => closed);
});
