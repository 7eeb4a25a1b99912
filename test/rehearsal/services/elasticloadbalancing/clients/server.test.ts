import { once } from 'node:events';
import { createServer } from 'node:http';
import * as net from 'node:net';
import * as fc from 'fast-check';
import { nodeRequest, NodeResponse } from '../../../../../rehearsal/services/elasticloadbalancing/clients/node';
import { ClientServer } from '../../../../../rehearsal/services/elasticloadbalancing/clients/server';
import type { ClientRequest, Serve } from '../../../../../rehearsal/services/elasticloadbalancing/clients/types';
import { until } from '../../../../support/until';

/** What clients get of the load balancer must be what `node:http`'s server would give them, in whichever pieces they send. */

const IDLE_MS = 60_000;
const DATE = ['Date', 'Mon, 01 Jan 2024 00:00:00 GMT'];

let closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

type Received = Pick<ClientRequest, 'method' | 'url' | 'rawHeaders' | 'headers' | 'address'> & { body: string };

/** Responds as the query says: `?<status>,<kind>`; with the whole body read before. */
function serveInto(received: Received[]): Serve {
  return ({ method, url, rawHeaders, headers, address, body }, response) => {
    const [, status = '200', kind = 'length'] = /\?(\d+),([\w-]+)$/.exec(url) ?? [];
    const record = { method, url, rawHeaders, headers: { ...headers }, address, body: '' };
    received.push(record);
    const respond = (content: string) => {
      record.body = content;
      const text = Buffer.from(
        `${method} with ${content.length} of ${'x'.repeat(kind.startsWith('big') ? 100_000 : 10)}`,
      );
      const isOfLength = ['length', 'big', 'later'].includes(kind);
      const length = isOfLength ? ['content-length', String(text.length)] : [];
      response.writeHead(Number(status), 'As Asked', [...DATE, 'x-a', '1', 'X-A', '\xe9', ...length]);
      if (kind === 'chunks' || kind === 'big-chunks') {
        response.write(text.subarray(0, 5));
        response.write(text.subarray(5));
        response.end();
      } else response.end(kind === 'empty' ? undefined : text);
    };
    const start = kind === 'later' ? (content: string) => setTimeout(respond, 2, content) : respond;
    if (!body) return void start('');
    const chunks: Buffer[] = [];
    body.content.on('data', (chunk: Buffer) => chunks.push(chunk));
    body.content.on('end', () => start(Buffer.concat(chunks).toString('latin1')));
  };
}

interface Server {
  readonly port: number;
  readonly received: Received[];
}

async function ownServer(serve?: Serve): Promise<Server> {
  const received: Received[] = [];
  const server = new ClientServer(serve ?? serveInto(received), IDLE_MS);
  closing.push(() => server.close());
  return { port: await server.listen(), received };
}

async function nodeServer(): Promise<Server> {
  const received: Received[] = [];
  const serve = serveInto(received);
  const options = { keepAlive: true, noDelay: true, keepAliveTimeout: IDLE_MS };
  const server = createServer(options, (request, response) => serve(nodeRequest(request), new NodeResponse(response)));
  server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
  closing.push(() => (server.closeAllConnections(), server.close()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as net.AddressInfo).port, received };
}

/** Sends the pieces one by one. @returns all that comes until the server closes */
async function talk(port: number, pieces: readonly Buffer[], closes = false): Promise<string> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  let received = '';
  socket.on('data', (data) => (received += data.toString('latin1'))).on('error', () => undefined);
  await once(socket, 'connect');
  for (const piece of pieces) {
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (closes) socket.end();
  if (!socket.readableEnded && !socket.destroyed) await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  socket.destroy();
  return received;
}

function cut(text: string, at: readonly number[]): Buffer[] {
  const all = Buffer.from(text, 'latin1');
  const places = [...new Set(at.map((share) => Math.floor(share * all.length)))].sort((one, other) => one - other);
  return [0, ...places].map((from, index) => all.subarray(from, places[index])).filter((piece) => piece.length > 0);
}

async function both(pieces: readonly Buffer[], closes = false) {
  const [own, node] = await Promise.all([ownServer(), nodeServer()]);
  const [ownGot, nodeGot] = await Promise.all([talk(own.port, pieces, closes), talk(node.port, pieces, closes)]);
  return { own: { got: ownGot, received: own.received }, node: { got: nodeGot, received: node.received } };
}

const header = fc.oneof(
  fc.constantFrom(
    'X-A: 1',
    'x-a:2',
    'X-A: \t 3 \t',
    'X-Empty:',
    'Cookie: a=b',
    'Cookie: c=d',
    'Accept: */*',
    'X-L: \xe9\xa0',
  ),
  fc.constantFrom(
    'X-Amzn-Trace-Id: Root=1-2-3',
    'X-Forwarded-For: 192.0.2.1',
    'Referer: a',
    'TE: trailers',
    'Keep-Alive: 5',
  ),
  fc.constantFrom(
    'Connection: Keep-Alive',
    'Connection: keep-alive, x-a',
    'Upgrade: h2c',
    'Trailer: x',
    '__proto__: x',
  ),
);

const response = fc
  .tuple(
    fc.constantFrom('200', '201', '204', '304', '404', '500'),
    fc.constantFrom('length', 'later', 'chunks', 'whole', 'empty', 'big', 'big-chunks'),
  )
  .map((parts) => parts.join(','));

const body = fc.oneof(
  { weight: 3, arbitrary: fc.constant('\r\n') },
  fc.constantFrom(0, 1, 300, 70_000).map((bytes) => `Content-Length: ${bytes}\r\n\r\n${'b'.repeat(bytes)}`),
  fc
    .constantFrom('', 'X-Trailer: 1\r\n')
    .map((end) => `Transfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0\r\n${end}\r\n`),
);

const request = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'),
    path: fc.constantFrom('/', '/a/b', '/%20', '/a"b|{', '//c', 'http://bench/a', '/a#b'),
    response,
    headers: fc.array(header, { maxLength: 5 }),
    body,
  })
  .map(({ method, path, response: wish, headers, body: ending }) => {
    const lines = [`${method} ${path}?${wish} HTTP/1.1`, 'Host: bench', ...headers];
    return `${lines.join('\r\n')}\r\n${ending}`;
  });

const LAST = fc.constantFrom(
  'GET /last HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n',
  'POST /last HTTP/1.1\r\nHost: bench\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok',
  'GET /last HTTP/1.0\r\n\r\n',
  'GET /last?200,chunks HTTP/1.1\r\nHost: bench\r\nconnection:  close\r\n\r\n',
);

test('any requests in any pieces get the same responses as of node:http, byte by byte', async () => {
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 6 });
  const property = fc.asyncProperty(fc.array(request, { maxLength: 5 }), LAST, cuts, async (requests, last, at) => {
    const { own, node } = await both(cut(requests.join('') + last, at));
    expect(own.got).toBe(node.got);
    expect(own.received).toEqual(node.received);
    expect(own.received.length).toBe(requests.length + 1);
  });
  await fc.assert(property, { numRuns: 60, endOnFailure: true });
});

const HOST = 'Host: bench\r\n';

test.each([
  ['two lengths', `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
  ['the same length twice', `POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`],
  ['a list of lengths', `POST / HTTP/1.1\r\n${HOST}Content-Length: 1, 1\r\n\r\na`],
  ['length and chunks', `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['chunks and length', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`],
  ['another coding', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\nabc`],
  ['a space before the colon', `POST / HTTP/1.1\r\n${HOST}Content-Length : 5\r\n\r\nhello`],
  ['a folded header', `GET / HTTP/1.1\r\n${HOST}X-A: b\r\n c\r\nConnection: close\r\n\r\n`],
  ['a signed length', `POST / HTTP/1.1\r\n${HOST}Content-Length: +5\r\n\r\nhello`],
  ['a hexadecimal length', `POST / HTTP/1.1\r\n${HOST}Content-Length: 0x5\r\n\r\nhello`],
  ['only line feeds', `GET / HTTP/1.1\nHost: bench\n\n`],
  ['a line feed within a header', `GET / HTTP/1.1\r\n${HOST}X-A: b\nContent-Length: 5\r\n\r\n`],
  ['a null byte', `GET / HTTP/1.1\r\n${HOST}X-A: \0\r\n\r\n`],
  ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two hosts', `GET / HTTP/1.1\r\n${HOST}Host: other\r\nConnection: close\r\n\r\n`],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/1.2', `GET / HTTP/1.2\r\n${HOST}Connection: close\r\n\r\n`],
  ['a space in the target', `GET /a b HTTP/1.1\r\n${HOST}\r\n`],
  ['headers of 20 KB', `GET / HTTP/1.1\r\n${HOST}X-A: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['a target of 20 KB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`],
  ['500 headers', `GET / HTTP/1.1\r\n${HOST}${'X-A: b\r\n'.repeat(500)}Connection: close\r\n\r\n`],
  ['an unknown method', `BREW / HTTP/1.1\r\n${HOST}\r\n`],
  ['a method in lower case', `get / HTTP/1.1\r\n${HOST}\r\n`],
  ['an unknown expectation', `GET / HTTP/1.1\r\n${HOST}Expect: tea\r\nConnection: close\r\n\r\n`],
  [
    'an expectation',
    `POST / HTTP/1.1\r\n${HOST}Connection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
  ],
  ['a wrong chunk', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ['an empty line before it', `\r\nGET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`],
])('a request with %s is what it is to node:http', async (_name, text) => {
  for (const at of [[], [0.3], [0.5, 0.9]]) {
    const { own, node } = await both(cut(text, at));
    expect(own).toEqual(node);
  }
});

test.each([
  ['before a head is complete', `GET / HTTP/1.1\r\n${HOST}`],
  ['before a body is complete', `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhel`],
  ['before anything', ''],
])('a client that closes %s gets the response of node:http', async (_name, text) => {
  const { own, node } = await both(cut(text, []), true);
  expect(own).toEqual(node);
});

test('the next request waits for the response to the one before it', async () => {
  const order: string[] = [];
  const serve: Serve = ({ url }, response) => {
    order.push(`${url} began`);
    const end = () => {
      order.push(`${url} ended`);
      response.writeHead(200, 'OK', [...DATE, 'content-length', '0']);
      response.end();
    };
    setTimeout(end, url === '/1' ? 20 : 0);
  };
  const { port } = await ownServer(serve);
  const text = `GET /1 HTTP/1.1\r\n${HOST}\r\nGET /2 HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
  expect((await talk(port, cut(text, []))).match(/HTTP\/1.1 200/g)?.length).toBe(2);
  expect(order).toEqual(['/1 began', '/1 ended', '/2 began', '/2 ended']);
});

test('a thousand requests at once are served one after the other', async () => {
  const { port, received } = await ownServer();
  const text = `${`GET / HTTP/1.1\r\n${HOST}\r\n`.repeat(1_000)}GET /last HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
  const got = await talk(port, cut(text, [0.4]));
  expect(got.match(/HTTP\/1.1 200/g)?.length).toBe(1_001);
  expect(received.at(-1)?.url).toBe('/last');
});

test('a client that takes nothing stops the one who sends to it, and one that is gone is reported', async () => {
  let [isFull, isDrained, isClosed] = [false, false, false];
  const serve: Serve = (_request, response) => {
    response.onDrain = () => (isDrained = true);
    response.onClose = () => (isClosed = true);
    response.writeHead(200, 'OK', [...DATE, 'content-length', '900000000']);
    // More than the system keeps for both ends of a connection.
    isFull = !response.write(Buffer.alloc(50_000_000));
  };
  const { port } = await ownServer(serve);
  const socket = net.connect({ host: '127.0.0.1', port }).on('error', () => undefined);
  socket.pause().write(`GET / HTTP/1.1\r\n${HOST}\r\n`);
  await until('the connection takes no more', () => isFull);
  expect(isDrained).toBe(false);
  socket.resume();
  await until('it takes more again', () => isDrained);
  socket.destroy();
  await until('the response hears that its client is gone', () => isClosed);
});

test('a body that nobody reads holds the client back, and does not hide the next request', async () => {
  let release: () => void = () => undefined;
  const urls: string[] = [];
  const serve: Serve = ({ url }, response) => {
    urls.push(url);
    release = () => {
      response.writeHead(200, 'OK', [...DATE, 'content-length', '0']);
      response.end();
    };
    if (url === '/last') release();
  };
  const { port } = await ownServer(serve);
  const size = 20_000_000;
  const first = `POST /first HTTP/1.1\r\n${HOST}Content-Length: ${size}\r\n\r\n`;
  const text = `${first}${'b'.repeat(size)}GET /last HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
  let isSent = false;
  const socket = net.connect({ host: '127.0.0.1', port });
  socket.write(text, () => (isSent = true));
  await until('the first request', () => urls.length === 1);
  expect(isSent).toBe(false);
  release();
  let got = '';
  socket.on('data', (data) => (got += data.toString('latin1')));
  await once(socket, 'end');
  expect(urls).toEqual(['/first', '/last']);
  expect(got.match(/HTTP\/1.1 200/g)?.length).toBe(2);
});
