import * as net from 'node:net';
import * as fc from 'fast-check';
import { describeExchange } from '../../../common/http/problem';
import { exchange, type HttpResponse, type HttpRequest } from '../../../common/http';
import { exchangeByNode } from '../../../common/http/node-client';
import { Stopwatch } from '../../../common/http/stopwatch';
import { listen, type Listening } from '../../support/servers/servers';
import { nonEmpty } from '../../support/non-empty';

/** What the gate reads by itself must be what Node's own client reads, whatever a server sends and in which pieces. */

type Behaviour = (socket: net.Socket) => void;

let closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

async function serving(behaviour: Behaviour): Promise<Listening> {
  const server = await listen(net.createServer((socket) => void socket.once('data', () => behaviour(socket))));
  closing.push(() => server.close());
  return server;
}

function requestTo({ port }: Pick<Listening, 'port'>, changes: Partial<HttpRequest> = {}): HttpRequest {
  const url = new URL(`http://127.0.0.1:${port}/a?b=c`);
  return { method: 'GET', url, headers: {}, timeoutMs: 3_000, ...changes };
}

/** What a check sees of an exchange. */
async function resultOf(reply: Promise<HttpResponse>) {
  try {
    const { status, headers, body, truncated } = await reply;
    return { status, headers, body, truncated };
  } catch (error) {
    return describeExchange(error);
  }
}

/** Both readings of the same behaviour. */
async function both(behaviour: Behaviour, changes: Partial<HttpRequest> = {}) {
  const server = await serving(behaviour);
  const request = requestTo(server, changes);
  const [gate, node] = await Promise.all([
    resultOf(exchange(request)),
    resultOf(exchangeByNode(requestTo(server, changes), new Stopwatch())),
  ]);
  return { gate, node };
}

/** Sends the pieces one after the other, each in a segment of its own, and closes. */
const pieces =
  (...texts: readonly string[]): Behaviour =>
  (socket) => {
    socket.setNoDelay(true).on('error', () => undefined);
    const next = (at: number) => {
      if (at === texts.length) return void socket.end();
      socket.write(Buffer.from(texts[at] as string, 'latin1'), () => setImmediate(next, at + 1));
    };
    next(0);
  };

const OK = 'HTTP/1.1 200 OK\r\n';
const TEXT = `${OK}content-type: text/plain\r\n`;
const chunked = (body: string, headers = '') => `${TEXT}${headers}transfer-encoding: chunked\r\n\r\n${body}`;

const RESPONSES: Readonly<Record<string, string>> = {
  'a length': `${TEXT}content-length: 5\r\n\r\nhello`,
  'no body': `${TEXT}content-length: 0\r\n\r\n`,
  'a length with spaces around': `${TEXT}Content-Length: \t 5 \t\r\n\r\nhello`,
  chunks: chunked('5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n'),
  'chunks of a coding with a space after it': `${TEXT}transfer-encoding: chunked \r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  'a close with a space after it': `${TEXT}connection: close \r\ncontent-length: 5\r\n\r\nhello`,
  'chunks with lengths in capitals and zeros': chunked(`00A\r\n0123456789\r\n000\r\n\r\n`),
  'chunks with an extension': chunked('5;a=b\r\nhello\r\n0\r\n\r\n'),
  'chunks with a trailer': chunked('5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n', 'trailer: x-sum\r\n'),
  'chunks with a trailer that no header names': chunked('5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n'),
  'chunks without end': chunked('5\r\nhello\r\n'),
  'a chunk longer than it says': chunked('3\r\nhello\r\n0\r\n\r\n'),
  'a chunk shorter than it says': chunked('9\r\nhello\r\n0\r\n\r\n'),
  'a chunk without a length': chunked('\r\nhello\r\n0\r\n\r\n'),
  'a chunk of a length that is no number': chunked('x\r\nhello\r\n0\r\n\r\n'),
  'a chunk of a length beyond all numbers': chunked('ffffffffffffffffff\r\nhello'),
  'chunks with only line feeds': chunked('5\nhello\n0\n\n'),
  'an end of the connection as the end': `${TEXT}\r\nhello`,
  'a length and chunks': chunked('5\r\nhello\r\n0\r\n\r\n', 'content-length: 5\r\n'),
  'two lengths': `${TEXT}content-length: 5\r\ncontent-length: 6\r\n\r\nhello!`,
  'the same length twice': `${TEXT}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`,
  'a list of lengths': `${TEXT}content-length: 5, 5\r\n\r\nhello`,
  'a negative length': `${TEXT}content-length: -5\r\n\r\nhello`,
  'a length in hexadecimal': `${TEXT}content-length: 0x5\r\n\r\nhello`,
  'a length without a number': `${TEXT}content-length:\r\n\r\nhello`,
  'a length beyond all numbers': `${TEXT}content-length: 99999999999999999999999\r\n\r\nhello`,
  'a body that is cut': `${TEXT}content-length: 50\r\n\r\nhello`,
  'more than its length': `${TEXT}content-length: 5\r\n\r\nhelloHTTP/1.1 500 No\r\n\r\n`,
  'more than its length, and no further request': `${TEXT}connection: close\r\ncontent-length: 5\r\n\r\nhello and more`,
  'two responses': `${TEXT}content-length: 5\r\n\r\nhello${OK}content-length: 2\r\n\r\nhi`,
  'another coding': `${TEXT}transfer-encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  'a coding that is not the last': `${TEXT}transfer-encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  'two codings': chunked('5\r\nhello\r\n0\r\n\r\n', 'transfer-encoding: identity\r\n'),
  'HTTP/1.0': `HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello`,
  'HTTP/1.0 that stays': `HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 5\r\n\r\nhello`,
  'HTTP/0.9': 'hello',
  'HTTP/2.0': `HTTP/2.0 200 OK\r\ncontent-length: 5\r\n\r\nhello`,
  'an early hint': `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${TEXT}content-length: 5\r\n\r\nhello`,
  'a continue': `HTTP/1.1 100 Continue\r\n\r\n${TEXT}content-length: 5\r\n\r\nhello`,
  'another protocol in HTTP': `HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nhello`,
  'an upgrade that it offers': `${TEXT}upgrade: h2c\r\nconnection: upgrade\r\ncontent-length: 5\r\n\r\nhello`,
  'no content': `HTTP/1.1 204 No Content\r\nx-a: b\r\n\r\n`,
  'no content with a length': `HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello`,
  'not modified with a length': `HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n`,
  'an error': `HTTP/1.1 500 Internal Server Error\r\ncontent-length: 5\r\n\r\nhello`,
  'no reason': `HTTP/1.1 200\r\ncontent-length: 5\r\n\r\nhello`,
  'an empty reason': `HTTP/1.1 200 \r\ncontent-length: 5\r\n\r\nhello`,
  'a reason in UTF-8': `HTTP/1.1 200 K\xc3\xa4se\r\ncontent-length: 5\r\n\r\nhello`,
  'a status of two digits': `HTTP/1.1 20 OK\r\ncontent-length: 5\r\n\r\nhello`,
  'a status of four digits': `HTTP/1.1 2000 OK\r\ncontent-length: 5\r\n\r\nhello`,
  'a status of 600': `HTTP/1.1 600 Odd\r\ncontent-length: 5\r\n\r\nhello`,
  'a status of 0': `HTTP/1.1 000 Odd\r\ncontent-length: 5\r\n\r\nhello`,
  'two spaces in the status line': `HTTP/1.1  200 OK\r\ncontent-length: 5\r\n\r\nhello`,
  'lower case': `http/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello`,
  'an empty line first': `\r\n${TEXT}content-length: 5\r\n\r\nhello`,
  'only line feeds': 'HTTP/1.1 200 OK\ncontent-length: 5\n\nhello',
  'only a carriage return': `${OK}x-a: b\rx-c: d\r\ncontent-length: 5\r\n\r\nhello`,
  'a space before the colon': `${OK}x-a : b\r\ncontent-length: 5\r\n\r\nhello`,
  'a header without a name': `${OK}: b\r\ncontent-length: 5\r\n\r\nhello`,
  'a header without a colon': `${OK}x-a\r\ncontent-length: 5\r\n\r\nhello`,
  'a header with a name of two words': `${OK}x a: b\r\ncontent-length: 5\r\n\r\nhello`,
  'a folded header': `${OK}x-a: b\r\n c\r\ncontent-length: 5\r\n\r\nhello`,
  'a space before the first header': `${OK} x-a: b\r\ncontent-length: 5\r\n\r\nhello`,
  'a null in a header': `${OK}x-a: b\0c\r\ncontent-length: 5\r\n\r\nhello`,
  'a delete in a header': `${OK}x-a: b\x7fc\r\ncontent-length: 5\r\n\r\nhello`,
  'a bell in a header': `${OK}x-a: b\x07c\r\ncontent-length: 5\r\n\r\nhello`,
  'a no-break space around a value': `${OK}x-a: \xa0b\xa0\r\ncontent-length: 5\r\n\r\nhello`,
  'values in UTF-8 and Latin-1': `${OK}x-a: K\xc3\xa4se\r\nx-b: K\xe4se\r\ncontent-length: 5\r\n\r\nhello`,
  'headers that come again': `${OK}vary: a\r\nVary: b\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nserver: a\r\nserver: b\r\ncookie: a\r\ncookie: b\r\ncontent-length: 5\r\n\r\nhello`,
  'names that objects have': `${OK}constructor: a\r\ntoString: b\r\nhasOwnProperty: c\r\ncontent-length: 5\r\n\r\nhello`,
  'a name with all that a token may have': `${OK}!#$%&'*+-.^_\`|~09azAZ: b\r\ncontent-length: 5\r\n\r\nhello`,
  'an empty value': `${OK}x-a:\r\nx-b: \t \r\ncontent-length: 5\r\n\r\nhello`,
  'headers of 15 KB': `${OK}${'x: yyyyyyyyyy\r\n'.repeat(150)}x-a: ${'b'.repeat(13_000)}\r\ncontent-length: 5\r\n\r\nhello`,
  'headers of 60 KB': `${OK}x-a: ${'b'.repeat(60_000)}\r\ncontent-length: 5\r\n\r\nhello`,
  'headers of 70 KB': `${OK}x-a: ${'b'.repeat(70_000)}\r\ncontent-length: 5\r\n\r\nhello`,
  '2,500 headers': `${OK}${'x-a: b\r\n'.repeat(2_500)}content-length: 5\r\n\r\nhello`,
  'headers that end early': `${OK}x-a: b\r\n`,
  nothing: '',
  'random bytes': '\x00\x01\x02\r\n\r\n\x03',
  'a body of 1 MiB': `${TEXT}content-length: 1048576\r\n\r\n${'a'.repeat(1_048_576)}`,
  'a body of 1 MiB and a byte': `${TEXT}content-length: 1048577\r\n\r\n${'a'.repeat(1_048_577)}`,
  'chunks of more than 1 MiB': chunked(`${'4000\r\n' + 'a'.repeat(0x4000) + '\r\n'}`.repeat(70) + '0\r\n\r\n'),
  'gzip that is none': `${TEXT}content-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello`,
  'a kept connection': `${TEXT}connection: keep-alive\r\nkeep-alive: timeout=5, max=10\r\ncontent-length: 5\r\n\r\nhello`,
  'a close in capitals': `${TEXT}Connection: Close\r\ncontent-length: 5\r\n\r\nhello`,
  'a connection of two words': `${TEXT}connection: close, x-a\r\nx-a: b\r\ncontent-length: 5\r\n\r\nhello`,
  'two words on the connection': `${TEXT}connection: keep-alive\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello`,
  'a proxy’s connection': `${TEXT}proxy-connection: close\r\ncontent-length: 5\r\n\r\nhello`,
};

test.each(Object.entries(RESPONSES))('%s: the gate sees what Node’s client sees', async (_name, text) => {
  const middle = Math.floor(Math.min(text.length, 400) / 2);
  const splits = [[text], [text.slice(0, middle), text.slice(middle)], [text.slice(0, -2), text.slice(-2)]];
  const cases = splits.flatMap((parts) => ['GET', 'HEAD'].map((method) => both(pieces(...parts), { method })));
  for (const { gate, node } of nonEmpty(await Promise.all(cases))) expect(gate).toEqual(node);
});

test('a head that comes byte by byte is read', async () => {
  const text = chunked('5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n');
  const { gate, node } = await both(pieces(...text));
  expect(gate).toMatchObject({ status: 200, body: 'hello!' });
  expect(gate).toEqual(node);
});

test('of responses changed at random the gate sees what Node’s client sees', async () => {
  const bases = Object.values(RESPONSES).filter((text) => text.length < 300);
  const edit = fc.record({
    at: fc.nat(400),
    remove: fc.nat(3),
    insert: fc.constantFrom(
      '',
      '\r',
      '\n',
      '\r\n',
      ' ',
      ':',
      '0',
      '5',
      'f',
      ';',
      '\0',
      '\x80',
      ',',
      '\t',
      'a',
      '\r\n\r\n',
    ),
  });
  const response = fc
    .tuple(fc.constantFrom(...bases), fc.array(edit, { maxLength: 3 }), fc.nat(300))
    .map(([base, edits, cut]) => {
      const text = edits.reduce((made, { at, remove, insert }) => {
        const from = at % (made.length + 1);
        return made.slice(0, from) + insert + made.slice(from + remove);
      }, base);
      const from = cut % (text.length + 1);
      return [text.slice(0, from), text.slice(from)] as const;
    });
  await fc.assert(
    fc.asyncProperty(response, async (parts) => {
      const { gate, node } = await both(pieces(...parts));
      expect(gate).toEqual(node);
      const server = closing.pop();
      await server?.();
    }),
    { numRuns: 400 },
  );
});

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'a reset at once': (socket) => void socket.resetAndDestroy(),
  'a reset in the body': (socket) => {
    socket.write(`${TEXT}content-length: 50\r\n\r\nhello`, () => setImmediate(() => socket.resetAndDestroy()));
  },
  silence: () => undefined,
  'silence in the head': (socket) => void socket.write(OK),
  'silence in the body': (socket) => void socket.write(`${TEXT}content-length: 50\r\n\r\nhello`),
};

test.each(Object.entries(BEHAVIOURS))('%s: the gate gives the cause that Node gives', async (_name, behaviour) => {
  const { gate, node } = await both((socket) => behaviour(socket.on('error', () => undefined)), { timeoutMs: 300 });
  expect(gate).toEqual(node);
  expect(typeof gate).toBe('string');
});

test('requests arrive as Node’s client writes them', async () => {
  const texts: string[] = [];
  const server = await listen(
    net.createServer((socket) =>
      socket.on('data', (data: Buffer) => {
        texts.push(data.toString('utf8'));
        socket.end(`${TEXT}content-length: 0\r\nconnection: close\r\n\r\n`);
      }),
    ),
  );
  closing.push(() => server.close());
  const requests: Partial<HttpRequest>[] = [
    {},
    { hostName: 'shop.example.com' },
    { headers: { Accept: '*/*', Host: 'other.example.com', 'User-Agent': 'mine' } },
    { method: 'HEAD' },
    { method: 'OPTIONS' },
    { method: 'DELETE' },
    { method: 'POST' },
    { method: 'PUT', body: 'Käse', headers: { 'content-type': 'text/plain' } },
    { method: 'PATCH', body: '' },
    { method: 'DELETE', body: '{}' },
    { method: 'PURGE' },
    { headers: { connection: 'keep-alive' } },
    { headers: { 'x-a': 'K\xe4se' } },
  ];
  for (const changes of requests) {
    texts.length = 0;
    await exchange(requestTo(server, changes));
    const own = texts.join('');
    texts.length = 0;
    await exchangeByNode(requestTo(server, changes), new Stopwatch());
    expect(own).toBe(texts.join(''));
  }
});

test.each([
  ['a line break in a header', { headers: { 'x-a': 'b\r\nx-c: d' } }],
  ['a name with a space', { headers: { 'x a': 'b' } }],
  ['a method that is none', { method: 'GET /admin' }],
  ['a value beyond Latin-1', { headers: { 'x-a': '日本' } }],
])('%s is refused before anything is sent', async (_name, changes) => {
  let connections = 0;
  const server = await listen(net.createServer(() => (connections += 1)));
  closing.push(() => server.close());
  await expect(async () => exchange(requestTo(server, changes))).rejects.toThrow(/Invalid|invalid|valid HTTP/);
  expect(connections).toBe(0);
});
