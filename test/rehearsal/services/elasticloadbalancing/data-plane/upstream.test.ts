import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import * as net from 'node:net';
import { Stack } from '../../../../support/rehearsal/elasticloadbalancing';
import { until } from '../../../../support/until';

/** What targets send that is not as usual, and what clients get of it. */

let stack: Stack;
let servers: net.Server[] = [];
beforeEach(() => (stack = new Stack()));
afterEach(async () => {
  await stack.end();
  for (const server of servers) server.close();
  servers = [];
});

/** A target that is no HTTP server, with a listener before it. `serve` gets each connection when something came. */
async function behind(serve: (socket: net.Socket, data: Buffer) => void, attributes: Record<string, string> = {}) {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined).on('data', (data: Buffer) => serve(socket, data));
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port: localPort } = server.address() as net.AddressInfo;
  const at = { privateAddresses: ['10.0.9.1'], names: [], internetFacing: false, port: 8080, securityGroupIds: [] };
  stack.world.network.register({ ...at, localPort });
  const group = (await stack.group('raw', { Targets: [{ Id: '10.0.9.1' }], HealthCheckIntervalSeconds: 300 }))
    .physicalId;
  const LoadBalancerAttributes = Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
  const balancer = await stack.create('LoadBalancer', { Name: 'lb', LoadBalancerAttributes });
  const DefaultActions = [{ Type: 'forward', TargetGroupArn: group }];
  const properties = { LoadBalancerArn: balancer.physicalId, Port: 80, Protocol: 'HTTP', DefaultActions };
  return stack.elb.listenerUrl((await stack.create('Listener', properties)).physicalId);
}

const isProbe = (data: Buffer) => data.toString('latin1').includes(' /health ');
const sends = (text: string) => (socket: net.Socket, data: Buffer) => {
  if (!isProbe(data)) socket.end(Buffer.from(text, 'latin1'));
};
const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

test.each([
  ['a length', `${OK}content-length: 5\r\n\r\nhello`],
  ['chunks', `${CHUNKED}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`],
  ['chunks with extensions', `${CHUNKED}2;a=b\r\nhe\r\n3 ; c\r\nllo\r\n0;d\r\n\r\n`],
  ['chunks with trailers', `${CHUNKED}5\r\nhello\r\n0\r\nx-sum: 1\r\nx-more: 2\r\n\r\n`],
  ['the end of the connection as the end', `${OK}\r\nhello`],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nserver: old\r\n\r\nhello'],
  ['an early hint', `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${OK}content-length: 5\r\n\r\nhello`],
  ['more than its length', `${OK}content-length: 5\r\n\r\nhello and more`],
])('a response with %s is passed on', async (_name, text) => {
  const url = await behind(sends(text));
  for (let turn = 0; turn < 2; turn++) {
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, 'hello']);
  }
  expect(stack.access.map((entry) => [entry.elbStatusCode, entry.targetStatusCode])).toEqual([
    [200, 200],
    [200, 200],
  ]);
});

test.each([
  ['nothing', ''],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
  ['half a head', `${OK}x-a: b\r\n`],
  ['a head of 20 KB', `${OK}x-a: ${'b'.repeat(20_000)}\r\ncontent-length: 5\r\n\r\nhello`],
  ['a folded header', `${OK}x-a: b\r\n c\r\ncontent-length: 5\r\n\r\nhello`],
  ['two lengths', `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello!`],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
])('a target that responds with %s is a 502', async (_name, text) => {
  const url = await behind(sends(text));
  expect((await fetch(url)).status).toBe(502);
  expect(stack.access[0]).toMatchObject({ elbStatusCode: 502 });
  expect(stack.access[0]).not.toHaveProperty('targetStatusCode');
});

test.each([
  ['cut', `${OK}content-length: 50\r\n\r\nhello`],
  ['cut between chunks', `${CHUNKED}5\r\nhello\r\n`],
  ['in chunks of garbage', `${CHUNKED}5\r\nhello\r\nzz\r\n`],
])('a body that is %s ends the client’s connection early', async (_name, text) => {
  const url = await behind(sends(text));
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  expect(stack.access[0]).toMatchObject({ elbStatusCode: 200, targetStatusCode: 200 });
});

test('responses without a body keep the connection for the next request', async () => {
  const requests: string[] = [];
  const url = await behind((socket, data) => {
    if (isProbe(data)) return void socket.end();
    requests.push(data.toString('latin1').split(' ')[0] ?? '');
    const length = requests.length === 1 ? 'content-length: 5\r\n' : '';
    socket.write(`HTTP/1.1 ${requests.length === 1 ? '200 OK' : '304 Not Modified'}\r\n${length}\r\n`);
  });
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '5']);
  expect((await fetch(url)).status).toBe(304);
  expect(requests).toEqual(['HEAD', 'GET']);
});

test('a target that says nothing within the idle timeout is a 504, one that says a little now and then is none', async () => {
  let drips = 0;
  const url = await behind(
    (socket, data) => {
      if (isProbe(data) || data.toString('latin1').startsWith('GET /silent')) return;
      socket.write(`${OK}content-length: 8\r\n\r\n`);
      const timer = setInterval(() => (drips++ < 8 ? socket.write('.') : clearInterval(timer)), 250);
    },
    { 'idle_timeout.timeout_seconds': '1' },
  );
  const [silent, dripping] = await Promise.all([fetch(`${url}/silent`), fetch(`${url}/drip`)]);
  expect(silent.status).toBe(504);
  expect(await dripping.text()).toBe('........');
});

test('a target may respond before it has the whole body', async () => {
  const url = await behind((socket, data) => {
    if (isProbe(data)) return void socket.end();
    if (data.toString('latin1').startsWith('POST')) {
      socket.write('HTTP/1.1 413 Content Too Large\r\ncontent-length: 5\r\n\r\nlarge');
    }
  });
  const outgoing = httpRequest(url, { method: 'POST', headers: { 'content-length': 1_000_000 } });
  outgoing.on('error', () => undefined).write('x'.repeat(1_000));
  const [incoming] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
  expect(incoming.statusCode).toBe(413);
  outgoing.destroy();
  expect((await fetch(url, { method: 'POST', body: 'again' })).status).toBe(413);
});

test('bodies in chunks arrive as they were sent, in both directions, whatever their size', async () => {
  const received: Buffer[] = [];
  await stack.backend('10.0.9.2', (request, response) => {
    request.on('data', (data: Buffer) => received.push(data));
    request.on('end', () => {
      const body = Buffer.concat(received);
      // The reader below is slow: not all of it may be kept waiting in memory.
      for (let at = 0; at < body.length; at += 100_000) response.write(body.subarray(at, at + 100_000));
      response.end();
    });
  });
  const group = (await stack.group('echo', { Targets: [{ Id: '10.0.9.2' }] })).physicalId;
  const balancer = await stack.create('LoadBalancer', { Name: 'lb' });
  const DefaultActions = [{ Type: 'forward', TargetGroupArn: group }];
  const properties = { LoadBalancerArn: balancer.physicalId, Port: 80, Protocol: 'HTTP', DefaultActions };
  const url = stack.elb.listenerUrl((await stack.create('Listener', properties)).physicalId);
  const body = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => (index * 31) % 251));
  const outgoing = httpRequest(url, { method: 'PUT' });
  for (let at = 0; at < body.length; at += 77_777) outgoing.write(body.subarray(at, at + 77_777));
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [AsyncIterable<Buffer>];
  const parts: Buffer[] = [];
  for await (const part of incoming) {
    parts.push(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(Buffer.concat(parts).equals(body)).toBe(true);
});

test('a client that goes while the body comes leaves no connection behind', async () => {
  let closed = 0;
  const url = await behind((socket, data) => {
    if (isProbe(data)) return void socket.end();
    socket.on('close', () => (closed += 1)).write(`${OK}content-length: 50\r\n\r\nhello`);
  });
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  expect(response.status).toBe(200);
  abort.abort();
  await until('the target’s connection ends', () => closed === 1);
});
