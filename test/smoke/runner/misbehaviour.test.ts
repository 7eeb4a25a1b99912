import type * as http from 'node:http';
import * as net from 'node:net';
import { gzipSync } from 'node:zlib';
import { runSuite } from '../../../smoke/runner/run';
import type { SmokeCheck } from '../../../smoke/suite/model';
import { exchange } from '../../../common/http';
import { httpServer, httpsServer, listen, type Listening } from '../../support/servers/servers';
import { selfSigned } from '../../support/servers/certificate';
import { nonEmpty } from '../../support/non-empty';

/** Bad releases that the suite must catch, and harmless changes that it must let pass. */

type Listener = (request: http.IncomingMessage, response: http.ServerResponse) => void;
type Socket = (socket: net.Socket) => void;

const GOOD = { id: '7', item: 'tea', quantity: 2, tags: ['a', 'b'] };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8', 'x-version': '2' };
const send = (body: unknown, changes: http.OutgoingHttpHeaders = {}, status = 200): Listener => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_request, response) => void response.writeHead(status, { ...JSON_TYPE, ...changes }).end(text);
};
const raw =
  (text: string): Socket =>
  (socket) =>
    void socket.end(text);

const CHECK: SmokeCheck = {
  name: 'order',
  path: '/order',
  retries: 0,
  timeoutMs: 1_500,
  expect: {
    headers: { 'content-type': { pattern: '^application/json' }, 'x-version': '2', 'x-debug': { exists: false } },
    bodyPattern: '^\\s*\\{',
    json: [
      { path: '$.id', equalTo: '7' },
      { path: '$.quantity', type: 'number', atLeast: 1, atMost: 10 },
      { path: '$.tags', contains: 'b' },
      { path: '$.error', exists: false },
    ],
    jsonSchema: { type: 'object', required: ['item'], properties: { item: { type: 'string', minLength: 1 } } },
    latencyMs: 1_000,
  },
};

const endless: Listener = (_request, response) => {
  response.writeHead(200, JSON_TYPE);
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const pour = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', pour);
  pour();
};
const dripping: Listener = (_request, response) => {
  response.writeHead(200, JSON_TYPE);
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};
const slow: Listener = (request, response) => void setTimeout(() => send(GOOD)(request, response), 1_100);
const redirect =
  (location: string): Listener =>
  (_request, response) =>
    void response.writeHead(302, { location }).end();

const follow: Partial<SmokeCheck> = { followRedirects: 3 };
type Case = readonly [name: string, listener: Listener, changes?: Partial<SmokeCheck>];

/** 200 lists, each 1000 deep: every list in every list is some 400 million values. */
const DEEP = `[${Array.from({ length: 200 }, () => `${'['.repeat(1_000)}1${']'.repeat(1_000)}`).join(',')}]`;
const everywhere: Partial<SmokeCheck> = { expect: { json: [{ path: '$..*..*', exists: true }] } };
const guarded: Partial<SmokeCheck> = { expect: { json: [{ path: "$[?match(@, '(a+)+')]", exists: true }] } };
const unique: Partial<SmokeCheck> = { expect: { jsonSchema: { type: 'array', uniqueItems: true } } };

const BAD: readonly Case[] = [
  ['status 500', send(GOOD, {}, 500)],
  ['status 404', send(GOOD, {}, 404)],
  ['status 204 without a body', (_request, response) => void response.writeHead(204, JSON_TYPE).end()],
  ['a redirect to the login', redirect('/login')],
  ['a redirect cycle', redirect('/order'), follow],
  ['an endless chain of redirects', (request, response) => redirect(`${request.url}x`)(request, response), follow],
  ['a redirect to another host', redirect('http://169.254.169.254/latest/meta-data/'), follow],
  ['a redirect to no URL', redirect('http://['), follow],
  ['a redirect to a file', redirect('file:///etc/passwd'), follow],
  ['the wrong content type', send(GOOD, { 'content-type': 'text/html' })],
  [
    'no content type',
    (_request, response) => void response.writeHead(200, { 'x-version': '2' }).end(JSON.stringify(GOOD)),
  ],
  ['the old version', send(GOOD, { 'x-version': '1' })],
  ['a debug header', send(GOOD, { 'x-debug': 'on' })],
  ['an empty body', send('')],
  ['HTML with status 200', send('<html>Something went wrong</html>')],
  ['JSON that is cut', send(JSON.stringify(GOOD).slice(0, 20))],
  ['a list instead of an object', send([GOOD])],
  ['a missing field', send({ id: '7', quantity: 2, tags: ['b'] })],
  ['an empty field', send({ ...GOOD, item: '' })],
  ['a number that became text', send({ ...GOOD, quantity: '2' })],
  ['text that became a number', send({ ...GOOD, id: 7 })],
  ['a value out of its range', send({ ...GOOD, quantity: 11 })],
  ['a list that lost an entry', send({ ...GOOD, tags: ['a'] })],
  ['an error in a good status', send({ ...GOOD, error: 'database is down' })],
  ['null', send('null')],
  ['a response that is late', slow],
  ['a response that never comes', () => undefined],
  ['a body that drips for ever', dripping],
  ['a body without end', endless],
  ['a compressed bomb', send('', { 'content-encoding': 'gzip' })],
  ['a document too deep for its JSONPath', send(DEEP), everywhere],
  ['text that a pattern of a JSONPath never ends on', send([`${'a'.repeat(40)}!`]), guarded],
  ['a list too long to compare each with each', send(Array.from({ length: 50_000 }, (_, id) => ({ id }))), unique],
  ['a body that is not gzip as it says', send(GOOD, { 'content-encoding': 'gzip' })],
];
// The bomb: 64 MiB in 64 KiB.
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
(BAD.find(([name]) => name === 'a compressed bomb') as [string, Listener])[1] = (_request, response) =>
  void response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(bomb);

const BAD_SOCKETS: readonly (readonly [string, Socket])[] = [
  ['a reset connection', (socket) => void socket.resetAndDestroy()],
  ['a closed connection', raw('')],
  ['another protocol', raw('SSH-2.0-OpenSSH_9.6\r\n\r\n')],
  ['a body shorter than it says', raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{')],
  ['chunks of garbage', raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n')],
  ['headers without end', (socket) => void socket.write(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`)],
  ['two lengths', raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}')],
  ['random bytes', raw('\u0000\u0001\u0002\u0003')],
];

const HARMLESS: readonly Case[] = [
  ['as ever', send(GOOD)],
  ['keys in another order', send({ tags: ['a', 'b'], quantity: 2, item: 'tea', id: '7' })],
  ['spaces and line breaks', send(`  ${JSON.stringify(GOOD, undefined, 4)}\n`)],
  ['a further field', send({ ...GOOD, note: 'new' })],
  [
    'further headers',
    send(GOOD, { etag: '"abc"', date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'set-cookie': ['a=1', 'b=2'] }),
  ],
  ['another content type parameter', send(GOOD, { 'content-type': 'application/json' })],
  ['escaped letters', send(JSON.stringify(GOOD).replace('tea', '\\u0074ea'))],
  ['a decimal that is whole', send(JSON.stringify(GOOD).replace('2', '2.0'))],
  [
    'compression',
    (_request, response) =>
      void response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(GOOD))),
  ],
  [
    'a body in pieces',
    (_request, response) => {
      response.writeHead(200, JSON_TYPE);
      for (const letter of JSON.stringify(GOOD)) response.write(letter);
      response.end();
    },
  ],
  [
    'a redirect on the target',
    (request, response) => (request.url === '/order' ? redirect('/v2/order') : send(GOOD))(request, response),
    follow,
  ],
  ['a little slower', (request, response) => void setTimeout(() => send(GOOD)(request, response), 30)],
];

let server: Listening | undefined;
afterEach(() => server?.close());
const lines: string[] = [];
afterAll(() => process.stdout.write(`\n${lines.join('\n')}\n`));

async function outcomeOf(listening: Promise<Listening>, changes: Partial<SmokeCheck> = {}, protocol = 'http') {
  server = await listening;
  const run = await runSuite(
    { checks: [{ ...CHECK, ...changes }] },
    {
      base: new URL(`${protocol}://127.0.0.1:${server.port}`),
      addresses: [],
      tlsVerification: 'full',
      exchange,
      signal: new AbortController().signal,
      limitMs: 30_000,
    },
  );
  return { outcome: run.outcome, failures: run.checks[0]?.failures ?? [] };
}

async function mustCatch(
  name: string,
  listening: Promise<Listening>,
  changes?: Partial<SmokeCheck>,
  protocol?: string,
) {
  const { outcome, failures } = await outcomeOf(listening, changes, protocol);
  const [first] = failures;
  lines.push(
    `${outcome === 'failed' ? 'caught' : 'MISSED'}  ${name}: ${first?.expectation} was ${first?.actual}`.slice(0, 140),
  );
  expect(outcome).toBe('failed');
  for (const failure of nonEmpty(failures)) expect(failure.expected.length * failure.actual.length).toBeGreaterThan(0);
}

/** Two columns: jest takes a parameter without a column for its callback. */
const rows = (cases: readonly Case[]) => cases.map((each) => [each[0], each] as const);

test.each(rows(BAD))('%s is caught', (_name, [name, listener, changes]) =>
  mustCatch(name, httpServer(listener), changes),
);

test.each(BAD_SOCKETS)('%s is caught', (name, listener) =>
  mustCatch(name, listen(net.createServer((socket) => socket.once('data', () => listener(socket))))),
);

test('a certificate that nobody trusts, and one that is about to end, are caught', async () => {
  const certificate = selfSigned('localhost');
  await mustCatch('a broken TLS chain', httpsServer(certificate, send(GOOD)), {}, 'https');
  await server?.close();
  await mustCatch('no TLS although a certificate is expected', httpServer(send(GOOD)), {
    expect: { certificateValidityDays: 0 },
  });
});

test('a name that does not resolve and a port where nothing listens are caught', async () => {
  server = await httpServer(send(GOOD));
  const { port } = server;
  await server.close();
  const target = { addresses: [], tlsVerification: 'full', exchange, limitMs: 30_000 } as const;
  for (const [name, base] of [
    ['no such name', 'http://no-such-host.invalid'],
    ['refused', `http://127.0.0.1:${port}`],
  ]) {
    const run = await runSuite(
      { checks: [CHECK] },
      { ...target, base: new URL(base ?? ''), signal: new AbortController().signal },
    );
    lines.push(`${run.outcome === 'failed' ? 'caught' : 'MISSED'}  ${name}: ${run.checks[0]?.failures[0]?.actual}`);
    expect(run.outcome).toBe('failed');
  }
});

test.each(rows(HARMLESS))('%s passes', async (_name, [name, listener, changes]) => {
  const { outcome, failures } = await outcomeOf(httpServer(listener), changes);
  lines.push(`${outcome === 'passed' ? 'passed' : 'STOPPED'}  ${name}`);
  expect(failures).toEqual([]);
  expect(outcome).toBe('passed');
});

test('there are at least thirty ways to misbehave', () => {
  expect(BAD.length + BAD_SOCKETS.length).toBeGreaterThanOrEqual(30);
});
