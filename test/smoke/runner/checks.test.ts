import * as net from 'node:net';
import type { SmokeCheck } from '../../../smoke/suite/model';
import type { CheckTarget } from '../../../smoke/runner/target';
import { runChecks } from '../../../smoke/runner/run';
import { waitForResponse } from '../../../smoke/runner/wait';
import { checkSentence } from '../../../smoke/reasons';
import { exchange } from '../../../common/http';
import { type Certificate, selfSigned } from '../../support/servers/certificate';
import { bodyOf, httpServer, httpsServer, listen, type Listening } from '../../support/servers/servers';

let server: Listening | undefined;
const hits: string[] = [];
afterEach(async () => {
  await server?.close();
  hits.length = 0;
});

function target(changes: Partial<CheckTarget> = {}): CheckTarget {
  return {
    base: new URL(`http://lb.example.com:${server?.port}`),
    addresses: ['127.0.0.1'],
    tlsVerification: 'chain',
    exchange,
    signal: new AbortController().signal,
    limitMs: 60_000,
    ...changes,
  };
}

async function run(check: Partial<SmokeCheck>, changes: Partial<CheckTarget> = {}) {
  const [result] = await runChecks([{ name: 'it', path: '/', retries: 0, ...check }], target(changes));
  return result!;
}

describe('against a real server', () => {
  test('sends method, path, headers, body and the host of the target', async () => {
    let received: unknown;
    server = await httpServer((request, response) => {
      void bodyOf(request).then((body) => {
        received = [request.method, request.url, request.headers['x-a'], request.headers.host, body];
        response.end('ok');
      });
    });
    const result = await run({ method: 'POST', path: '//orders?x=1', headers: { 'x-a': 'b' }, body: 'é' });
    expect(result).toMatchObject({ outcome: 'passed', attempts: 1 });
    expect(received).toEqual(['POST', '//orders?x=1', 'b', `lb.example.com:${server.port}`, 'é']);
  });

  test('reports every expectation that was not met, with expected and actual value', async () => {
    server = await httpServer((_request, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end('Oops, it broke');
    });
    const result = await run({
      expect: {
        headers: { 'Content-Type': { pattern: '^application/json' }, etag: '"1"' },
        bodyContains: 'fine',
        bodyPattern: '^\\{',
        latencyMs: 0.001,
      },
    });
    expect(result.failures.map((failure) => [failure.expectation, failure.expected, failure.actual])).toEqual([
      ['status', '200', '500'],
      ['header content-type', 'text matching /^application/json/', '"text/plain"'],
      ['header etag', '"\\"1\\""', 'absent'],
      ['body', 'text containing "fine"', '"Oops, it broke"'],
      ['body', 'text matching /^\\{/', '"Oops, it broke"'],
      ['latency', 'at most 0.001 ms', expect.stringMatching(/^\d+ ms$/)],
    ]);
    expect(checkSentence(result)).toMatch(/^check "it" failed: status was 500, expected 200; header content-type was/);
  });

  test('does not follow a redirect', async () => {
    server = await httpServer((request, response) => {
      hits.push(request.url ?? '');
      response.writeHead(302, { location: '/login' }).end();
    });
    const result = await run({});
    expect(result.failures).toEqual([
      { expectation: 'status', expected: '200', actual: '302 to /login', place: 'checks[0].expect.status' },
    ]);
    expect(hits).toEqual(['/']);
  });

  test('retries idempotent methods until one attempt passes, others never', async () => {
    server = await httpServer((request, response) => {
      hits.push(request.method ?? '');
      response.writeHead(hits.length < 2 ? 500 : 200).end();
    });
    expect(await run({ retries: 1 })).toMatchObject({ outcome: 'passed', attempts: 2 });
    hits.length = 0;
    expect(await run({ method: 'POST', retries: 5 })).toMatchObject({ outcome: 'failed', attempts: 1 });
    expect(hits).toEqual(['POST']);
  });

  test('a server that hangs times out', async () => {
    server = await httpServer(() => undefined);
    const result = await run({ timeoutMs: 50 });
    expect(result.failures).toEqual([
      { expectation: 'connection', expected: 'a response within 50 ms', actual: 'timed out', place: 'checks[0]' },
    ]);
  });

  test('a body that drips for ever times out too', async () => {
    server = await httpServer((_request, response) => {
      response.write('a');
      const timer = setInterval(() => response.write('a'), 10);
      response.on('close', () => clearInterval(timer));
    });
    expect((await run({ timeoutMs: 80 })).failures[0]?.actual).toBe('timed out');
  });

  test.each([
    ['reset', 'connection', /closed by the server .*ECONNRESET/, (socket: net.Socket) => socket.resetAndDestroy()],
    ['closed', 'connection', /closed by the server .*hang up/, (socket: net.Socket) => socket.end()],
    ['garbage', 'response', /^not HTTP/, (socket: net.Socket) => socket.end('SSH-2.0-OpenSSH\r\n\r\n')],
    [
      'cut off',
      'connection',
      /closed by the server .*aborted/,
      (socket: net.Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
    ],
  ])(
    'a connection that is %s fails the check, with what happened to it',
    async (_name, expectation, actual, respond) => {
      server = await listen(net.createServer((socket) => socket.once('data', () => respond(socket))));
      const result = await run({ timeoutMs: 2_000 });
      expect(result.failures).toHaveLength(1);
      expect(result.failures[0]).toMatchObject({ expectation, actual: expect.stringMatching(actual) as string });
    },
  );

  test('a port where nothing listens', async () => {
    server = await httpServer(() => undefined);
    await server.close();
    expect((await run({})).failures[0]?.actual).toMatch(/ECONNREFUSED/);
  });

  test('an endless body is cut at 1 MiB and no longer read', async () => {
    let closed: () => void;
    const wasClosed = new Promise<void>((resolve) => (closed = resolve));
    server = await httpServer((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const pour = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', pour).on('close', () => closed());
      pour();
    });
    const result = await run({ expect: { bodyContains: 'never', bodyPattern: '^x' } });
    await wasClosed;
    expect(result.failures).toHaveLength(1);
    expect(result.failures[0]?.actual).toMatch(/^"x{199}…" \(first 1 MiB read\)$/);
  });

  test('a pattern that backtracks for ever fails and does not stop the gate', async () => {
    server = await httpServer((_request, response) => response.end(`${'a'.repeat(40)}!`));
    const result = await run({ expect: { bodyPattern: '^(a+)+$' } });
    expect(result.failures[0]?.expected).toMatch(/simplify it/);
  });

  test('goes round the addresses, one an attempt', async () => {
    server = await httpServer((_request, response) => response.end());
    const addresses: unknown[] = [];
    const spy: CheckTarget['exchange'] = (request) => {
      addresses.push(request.address);
      return exchange({ ...request, address: '127.0.0.1' });
    };
    const checks = ['a', 'b', 'c'].map((name) => ({ name, path: '/' }));
    await runChecks(checks, target({ exchange: spy, addresses: ['10.0.0.1', '10.0.0.2'] }));
    expect(addresses).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.1']);
  });

  test('runs at most eight at a time and keeps the order', async () => {
    let open = 0;
    let most = 0;
    server = await httpServer((request, response) => {
      most = Math.max(most, (open += 1));
      setImmediate(() => {
        open -= 1;
        response.writeHead(request.url === '/7' ? 500 : 200).end();
      });
    });
    const checks = Array.from({ length: 40 }, (_, index) => ({ name: `n${index}`, path: `/${index}`, retries: 0 }));
    const results = await runChecks(checks, target());
    expect(results.map((result) => result.name)).toEqual(checks.map((check) => check.name));
    expect(results.filter((result) => result.outcome === 'failed').map((result) => result.name)).toEqual(['n7']);
    expect(most).toBeLessThanOrEqual(8);
  });

  test('the timeout ends what runs and what has not begun', async () => {
    server = await httpServer(() => undefined);
    const controller = new AbortController();
    const checks = Array.from({ length: 9 }, (_, index) => ({ name: `n${index}`, path: '/' }));
    const running = runChecks(checks, target({ signal: controller.signal, limitMs: 9_000 }));
    setTimeout(() => controller.abort(new Error('over')), 100);
    const results = await running;
    expect(results[0]?.failures).toEqual([
      { expectation: 'timeout', expected: 'done within 9 s', actual: 'unfinished', place: 'checks[0]' },
    ]);
    expect(results[8]?.failures[0]?.actual).toBe('not begun');
  });
});

describe('TLS', () => {
  let certificate: Certificate;
  beforeAll(() => void (certificate = selfSigned('shop.example.com')));

  async function tls(changes: Partial<CheckTarget>) {
    const names: unknown[] = [];
    server = await httpsServer(certificate, (request, response) => {
      names.push((request.socket as unknown as { servername: string }).servername, request.headers.host);
      response.end('ok');
    });
    const result = await run({}, { base: new URL(`https://lb.example.com:${server.port}`), ...changes });
    return { result, names };
  }

  test('a self-signed certificate fails, and passes when nothing is verified', async () => {
    const refused = await tls({ tlsVerification: 'chain' });
    expect(refused.result.failures[0]?.actual).toMatch(/self-signed certificate/);
    await server?.close();
    const accepted = await tls({ tlsVerification: 'none', hostName: 'shop.example.com' });
    expect(accepted.result.outcome).toBe('passed');
    expect(accepted.names).toEqual(['shop.example.com', `shop.example.com:${server?.port}`]);
  });
});

describe('waitForResponse', () => {
  test('waits until the load balancer has a target, then continues', async () => {
    server = await httpServer((request, response) => {
      hits.push(request.url ?? '');
      response.writeHead(hits.length < 2 ? 503 : 404).end();
    });
    await waitForResponse({ name: 'a', path: '/a' }, target(), 10_000);
    expect(hits).toEqual(['/a', '/a']);
  });

  test('is bounded', async () => {
    server = await httpServer((_request, response) => response.writeHead(503).end());
    const startMs = performance.now();
    await waitForResponse({ name: 'a', path: '/a' }, target(), 200);
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
});
