import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { connector } from '../../../rehearsal/traffic/connector';
import { until } from '../../support/until';

/** Accepts connections and answers no TLS handshake. */
let server: Server;
let accepted: Socket[];
beforeEach(async () => {
  accepted = [];
  server = createServer((socket) => accepted.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const socket of accepted) socket.destroy();
  server.close();
});

test('opens a few connections at once, each next one when one of them is open or has failed', async () => {
  const open = connector({});
  const { port } = server.address() as AddressInfo;
  const failed: (Error | null)[] = [];
  for (let n = 0; n < 10; n++) {
    open({ hostname: '127.0.0.1', protocol: 'https:', port: String(port) }, (...[error]) => void failed.push(error));
  }
  await until('the first connections', () => accepted.length === 4);
  // A connection that got through would show in the time that these take to fail.
  accepted.slice(0, 2).forEach((socket) => socket.destroy());
  await until('two more', () => accepted.length >= 6);
  expect({ accepted: accepted.length, failed: failed.length }).toEqual({ accepted: 6, failed: 2 });
  await until('all of them', () => {
    accepted.forEach((socket) => socket.destroy());
    return failed.length === 10;
  });
  expect(failed.every(Boolean)).toBe(true);
});
