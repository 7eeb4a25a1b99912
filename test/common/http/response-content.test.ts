import type * as http from 'node:http';
import * as net from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { runSuite } from '../../../smoke/runner/run';
import type { SmokeCheck } from '../../../smoke/suite/model';
import { exchange } from '../../../common/http';
import { httpServer, listen, type Listening } from '../../support/servers/servers';
import { targetAt } from '../../support/servers/target';

type ResourceResponse = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const JSON_TEXT = '{"name":"Käse","ok":true}';
const PAGE = `<html><p>${'tea '.repeat(500)}</p></html>`;

let server: Listening | undefined;
afterEach(() => server?.close());

async function run(listening: Promise<Listening>, changes: Partial<SmokeCheck>) {
  server = await listening;
  const checks = [{ name: 'a', path: '/', retries: 0, timeoutMs: 2_000, ...changes }];
  const [check] = (await runSuite({ checks }, targetAt(server))).checks;
  return check?.failures.map(({ expectation, actual }) => `${expectation} was ${actual}`);
}

const sends =
  (body: Buffer | string, headers: http.OutgoingHttpHeaders = {}): ResourceResponse =>
  (_request, response) =>
    void response.writeHead(200, headers).end(body);
/** Bytes of headers as they are: Node would refuse to write them. */
const raw = (text: string) =>
  listen(net.createServer((socket) => socket.once('data', () => socket.end(Buffer.from(text, 'utf8')))));

const json: Partial<SmokeCheck> = { expect: { json: [{ path: '$.name', equalTo: 'Käse' }] } };
const page: Partial<SmokeCheck> = { expect: { bodyContains: 'tea </p></html>' } };
const latin1 = Buffer.from(JSON_TEXT, 'latin1');
const utf16be = Buffer.from(`\uFEFF${JSON_TEXT}`, 'utf16le').swap16();
const sjis = Buffer.from([0x93, 0xfa, 0x96, 0x7b]);

const ACCEPTED: readonly (readonly [string, ResourceResponse, Partial<SmokeCheck>])[] = [
  ['raw deflate', sends(deflateRawSync(PAGE), { 'content-encoding': 'deflate' }), page],
  ['deflate with a header', sends(deflateSync(PAGE), { 'content-encoding': 'deflate' }), page],
  ['brotli', sends(brotliCompressSync(PAGE), { 'content-encoding': 'br' }), page],
  ['gzip in upper case', sends(gzipSync(PAGE), { 'content-encoding': ' GZIP' }), page],
  ['two codings', sends(brotliCompressSync(gzipSync(PAGE)), { 'content-encoding': 'gzip, br' }), page],
  ['a coding that does nothing', sends(PAGE, { 'content-encoding': 'identity' }), page],
  ['gzip in two members', sends(Buffer.concat([gzipSync('x'), gzipSync(PAGE)]), { 'content-encoding': 'gzip' }), page],
  [
    'gzip without a body',
    (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(),
    {},
  ],
  ['a byte order mark before JSON', sends(`\uFEFF${JSON_TEXT}`), json],
  ['a byte order mark before packed JSON', sends(gzipSync(`\uFEFF${JSON_TEXT}`), { 'content-encoding': 'gzip' }), json],
  ['Latin-1', sends(latin1, { 'content-type': 'application/json; charset=ISO-8859-1' }), json],
  ['Latin-1 in quotes', sends(latin1, { 'content-type': 'application/json; Charset="latin1"' }), json],
  ['UTF-16 by its byte order mark', sends(utf16be, { 'content-type': 'application/json' }), json],
  [
    'UTF-16 by its name',
    sends(Buffer.from(JSON_TEXT, 'utf16le'), { 'content-type': 'text/json;charset=utf-16le' }),
    json,
  ],
  ['Shift JIS', sends(sjis, { 'content-type': 'text/plain; charset=Shift_JIS' }), { expect: { bodyContains: '日本' } }],
  [
    'a page that names its character set itself',
    sends(Buffer.from('<html><meta charset="windows-1252">Käse', 'latin1'), { 'content-type': 'text/html' }),
    { expect: { bodyContains: 'Käse' } },
  ],
  ['an unknown character set', sends(JSON_TEXT, { 'content-type': 'text/plain; charset=x-none' }), json],
  [
    'headers of 40 KB',
    sends(JSON_TEXT, Object.fromEntries([1, 2, 3, 4].map((n) => [`x-${n}`, 'v'.repeat(10_000)]))),
    json,
  ],
];

test.each(ACCEPTED)('%s is read as browsers read it', async (_name, reply, changes) => {
  expect(await run(httpServer(reply), changes)).toEqual([]);
});

test('a body that is cut at 1 MiB is unpacked as far as it came', async () => {
  const noise = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => (index * index * 31) % 251));
  for (const [pack, coding] of [
    [gzipSync, 'gzip'],
    [deflateRawSync, 'deflate'],
    [brotliCompressSync, 'br'],
  ] as const) {
    const bytes = pack(Buffer.concat([Buffer.from('begin'), noise, Buffer.from(PAGE.repeat(600))]));
    const expected = { expect: { bodyContains: 'begin' } };
    expect(await run(httpServer(sends(bytes, { 'content-encoding': coding })), expected)).toEqual([]);
    await server?.close();
  }
});

test.each([
  ['gzip', gzipSync(PAGE), /^body was gzip that ends early/],
  ['deflate', deflateSync(PAGE), /^body was deflate that ends early/],
  ['br', brotliCompressSync(PAGE), /^body was br that ends early|^body was not br/],
  ['gzip', Buffer.from(PAGE), /^body was not gzip, as content-encoding says \(.*incorrect header check\)/],
  ['gzip', gzipSync(Buffer.alloc(20_000_000)), /^body was gzip that unpacks to more than 8 MiB/],
  ['br', brotliCompressSync(Buffer.alloc(20_000_000)), /^body was br that unpacks to more than 8 MiB/],
])('a body of %s that browsers do not accept is a failed check that says why', async (coding, bytes, expected) => {
  const isWhole = expected.source.includes('early') ? bytes.subarray(0, -9) : bytes;
  const failures = await run(httpServer(sends(isWhole, { 'content-encoding': coding })), page);
  expect(failures).toEqual([expect.stringMatching(expected)]);
});

test('header values in UTF-8 are read as such, others as Latin-1', async () => {
  const expect_ = { headers: { 'x-utf8': '日本 ü', 'x-mixed': { contains: 'plain' } } };
  const text = 'HTTP/1.1 200 OK\r\nx-utf8: 日本 ü\r\nx-mixed: plain\r\ncontent-length: 0\r\n\r\n';
  expect(await run(raw(text), { expect: expect_ })).toEqual([]);
  await server?.close();
  const latin = Buffer.from('HTTP/1.1 200 OK\r\nx-a: K\xe4se\r\ncontent-length: 0\r\n\r\n', 'latin1');
  const listening = listen(net.createServer((socket) => socket.once('data', () => socket.end(latin))));
  expect(await run(listening, { expect: { headers: { 'x-a': 'Käse' } } })).toEqual([]);
});

test('a Location in raw UTF-8 is followed, expected and captured', async () => {
  const paths: string[] = [];
  const listening = listen(
    net.createServer((socket) =>
      socket.once('data', (chunk: Buffer) => {
        const path = chunk.toString('latin1').split(' ')[1] ?? '';
        paths.push(path);
        const location = path === '/' ? 'location: /käse/日本 a?q=ü#top\r\n' : '';
        socket.end(
          Buffer.from(`HTTP/1.1 ${path === '/' ? 302 : 200} X\r\n${location}content-length: 0\r\n\r\n`, 'utf8'),
        );
      }),
    ),
  );
  const encoded = '/k%C3%A4se/%E6%97%A5%E6%9C%AC%20a?q=%C3%BC';
  expect(await run(listening, { followRedirects: 1 })).toEqual([]);
  expect(paths).toEqual(['/', encoded]);
  const checks: SmokeCheck[] = [
    {
      name: 'a',
      path: '/',
      expect: { redirect: { pattern: encoded.replace('?', '\\?') } },
      capture: { next: { header: 'location' } },
    },
    { name: 'b', path: '${next}' },
  ];
  expect((await runSuite({ checks }, targetAt(await listening))).checks.map(({ outcome }) => outcome)).toEqual([
    'passed',
    'passed',
  ]);
  expect(paths.at(-1)).toBe(encoded);
});

describe('the message names the real cause:', () => {
  test('nothing listens', async () => {
    const closed = await httpServer(sends(''));
    await closed.close();
    expect(await run(Promise.resolve(closed), {})).toEqual([
      expect.stringMatching(/^connection was refused \(.*ECONNREFUSED/),
    ]);
    server = undefined;
  });

  test.each([
    ['a reset', (socket: net.Socket) => void socket.resetAndDestroy(), /^connection was closed by the server before/],
    [
      'an early end',
      (socket: net.Socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{'),
      /^connection was closed by the server before/,
    ],
    [
      'another protocol',
      (socket: net.Socket) => void socket.end('SSH-2.0-x\r\n\r\n'),
      /^response was not HTTP \(.*Parse Error/,
    ],
  ])('%s', async (_name, reply, expected) => {
    const listening = listen(net.createServer((socket) => socket.once('data', () => reply(socket))));
    expect(await run(listening, {})).toEqual([expect.stringMatching(expected)]);
  });

  test('a name that does not resolve, and an error that is not the target’s', async () => {
    server = undefined;
    const target = {
      addresses: [],
      tlsVerification: 'full' as const,
      signal: new AbortController().signal,
      limitMs: 9_000,
    };
    const check = { name: 'a', path: '/', retries: 0 };
    const failures = async (base: string, send: typeof exchange, checks: readonly SmokeCheck[] = [check]) => {
      const run = await runSuite({ checks }, { ...target, base: new URL(base), exchange: send });
      return run.checks.at(-1)?.failures.map(({ expectation, actual }) => `${expectation} was ${actual}`);
    };
    const nowhere = await failures('http://no-such-host.invalid', exchange);
    expect(nowhere).toEqual([expect.stringMatching(/^connection was impossible, as the name does not resolve/)]);
    const overflow = () => Promise.reject(new RangeError('Maximum call stack size exceeded'));
    expect(await failures('http://a', overflow)).toEqual(['check was RangeError: Maximum call stack size exceeded']);
  });
});
