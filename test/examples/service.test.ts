import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const ENTRY = join(__dirname, '../../examples/service/src/server.js');

interface Service {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly url: string;
}

const running = new Set<ChildProcess>();

function launch(environment: Record<string, string>) {
  const child = spawn(process.execPath, [ENTRY], {
    env: { PORT: '0', HOST: '127.0.0.1', VERSION: 'v1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

async function start(environment: Record<string, string> = {}): Promise<Service> {
  const { child, output } = launch(environment);
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const match = /"message":"listening".*"port":(\d+)/.exec(output());
      if (match?.[1]) resolve(match[1]);
    });
    child.on('exit', (code) => reject(new Error(`exit ${code}: ${output()}`)));
  });
  return { child, output, url: `http://127.0.0.1:${port}` };
}

const exitCode = async (child: ChildProcess) => ((await once(child, 'close')) as [number | null])[0];
const statuses = async (url: string, count: number) => {
  const all: number[] = [];
  for (let index = 0; index < count; index++) all.push((await fetch(url)).status);
  return all;
};

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

describe('a healthy service', () => {
  test('returns its report to those who have the key', async () => {
    const { url } = await start({ API_KEY: 'k' });
    const report = (key: string) => fetch(`${url}/report`, { headers: { 'x-api-key': key } });
    expect([(await report('k')).status, (await report('j')).status, (await fetch(`${url}/report`)).status]).toEqual([
      200, 401, 401,
    ]);
    expect(await (await report('j')).json()).toEqual({ error: 'no such key: j' });
    expect((await fetch(`${(await start()).url}/report`)).status).toBe(200);
  });

  test('responds on its routes in JSON with its version', async () => {
    const { url } = await start();
    const root = await fetch(url);
    expect(root.headers.get('x-version')).toBe('v1');
    expect(root.headers.get('content-type')).toBe('application/json');
    expect(await root.json()).toEqual({ service: 'orders', version: 'v1' });
    expect(await (await fetch(`${url}/version?x=1`)).json()).toEqual({ version: 'v1' });
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    const wrongMethod = await fetch(`${url}/orders`, { method: 'DELETE' });
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  test('creates orders and finds them again', async () => {
    const { url } = await start();
    const created = await fetch(`${url}/orders`, { method: 'POST', body: '{"item":"cup","quantity":3}' });
    expect(created.status).toBe(201);
    const location = created.headers.get('location') ?? '';
    expect(await (await fetch(url + location)).json()).toEqual({ id: '2', item: 'cup', quantity: 3 });
    expect(((await (await fetch(`${url}/orders`)).json()) as { orders: unknown[] }).orders).toHaveLength(2);
    expect((await fetch(`${url}/orders/99`)).status).toBe(404);
  });

  test.each([
    ['no JSON', 'nonsense', 400, 'the body is not JSON'],
    ['no object', '[]', 400, 'order: expected a JSON object'],
    ['wrong members', '{"item":" ","quantity":0}', 400, 'quantity: expected a whole number from 1 to 1000'],
    ['too large a body', JSON.stringify({ item: 'x'.repeat(20_000) }), 413, 'exceeds 16384 bytes'],
  ])('refuses an order with %s', async (_name, body, status, text) => {
    const { url } = await start();
    const response = await fetch(`${url}/orders`, { method: 'POST', body });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });

  test('finishes requests in flight on SIGTERM, accepts no more, and exits with 0', async () => {
    const { child, url, output } = await start({ FAULT_LATENCY_MS: '400' });
    const slow = new Promise<number | undefined>((resolve, reject) => {
      get(url, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    // Health checks pass the latency: after the response to one, the slow request before it is in flight.
    await fetch(`${url}/health`);
    const exited = exitCode(child);
    child.kill('SIGTERM');
    expect(await slow).toBe(200);
    expect(await exited).toBe(0);
    expect(output()).toContain('"message":"stopping"');
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('faults', () => {
  test('FAULT_BROKEN_ROUTE breaks the path and what is below it, nothing else', async () => {
    const { url } = await start({ FAULT_BROKEN_ROUTE: '/orders' });
    const responses = await Promise.all(['/orders', '/orders/1', '/', '/health'].map((path) => fetch(url + path)));
    expect(responses.map((response) => response.status)).toEqual([500, 500, 200, 200]);
  });

  test('FAULT_ERROR_PERCENT fails an even share after FAULT_AFTER_REQUESTS, and never a health check', async () => {
    const { url } = await start({ FAULT_ERROR_PERCENT: '50', FAULT_AFTER_REQUESTS: '3' });
    expect(await statuses(`${url}/health`, 3)).toEqual([200, 200, 200]);
    expect(await statuses(url, 7)).toEqual([200, 200, 200, 200, 500, 200, 500]);
    expect(await statuses(`${url}/health`, 2)).toEqual([200, 200]);
  });

  test('FAULT_ON_PORT fails only what came in on this port of the load balancer', async () => {
    const { url } = await start({ FAULT_ERROR_PERCENT: '100', FAULT_ON_PORT: '80' });
    const via = async (port: string) => (await fetch(url, { headers: { 'x-forwarded-port': port } })).status;
    expect([await via('80'), await via('8080'), (await fetch(url)).status]).toEqual([500, 200, 200]);
  });

  test.each([
    ['html-page', { status: 200, type: 'text/html', version: null }],
    ['old-version', { status: 200, type: 'application/json', version: 'v0' }],
    ['no-version', { status: 200, type: 'application/json', version: null }],
  ])('FAULT_RESPONSE=%s changes every response except health', async (kind, expected) => {
    const { url } = await start({ FAULT_RESPONSE: kind });
    const { status, headers } = await fetch(url);
    expect({ status, type: headers.get('content-type'), version: headers.get('x-version') }).toEqual(expected);
    expect((await fetch(`${url}/health`)).headers.get('x-version')).toBe('v1');
  });

  test.each(['wrong-length', 'reset'])('FAULT_RESPONSE=%s: no complete response comes', async (kind) => {
    const { url } = await start({ FAULT_RESPONSE: kind });
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test('FAULT_RESPONSE=broken-gzip cuts the compressed body short', async () => {
    const { url } = await start({ FAULT_RESPONSE: 'broken-gzip' });
    const [response] = (await once(get(url), 'response')) as [IncomingMessage];
    expect(response.headers['content-encoding']).toBe('gzip');
    const chunks = (await response.toArray()) as Buffer[];
    expect(() => gunzipSync(Buffer.concat(chunks))).toThrow('unexpected end of file');
  });

  test('FAULT_RESPONSE=hang with FAULT_RESPONSE_PERCENT leaves the other responses', async () => {
    const { url } = await start({ FAULT_RESPONSE: 'hang', FAULT_RESPONSE_PERCENT: '50' });
    expect((await fetch(url)).status).toBe(200);
    await expect(fetch(url, { signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/);
  });

  test('FAULT_BROKEN_POST fails only POST; FAULT_DOWN_WHILE_FILE all while the file exists', async () => {
    const { url } = await start({ FAULT_BROKEN_POST: 'true', FAULT_DOWN_WHILE_FILE: __filename });
    expect((await fetch(`${url}/orders`, { method: 'POST', body: '{}' })).status).toBe(500);
    expect((await fetch(url)).status).toBe(503);
    const up = await start({ FAULT_DOWN_WHILE_FILE: `${__filename}.absent` });
    expect((await fetch(up.url)).status).toBe(200);
  });

  test('FAULT_LEAK_MB ends with SIGKILL once FAULT_MEMORY_MB is exceeded', async () => {
    const { child, url } = await start({ FAULT_LEAK_MB: '1', FAULT_MEMORY_MB: '3' });
    const closed = once(child, 'close');
    expect(await statuses(url, 3)).toEqual([200, 200, 200]);
    await expect(fetch(url)).rejects.toThrow();
    expect(await closed).toEqual([null, 'SIGKILL']);
  });

  test('FAULT_LATENCY_MS delays every response except health', async () => {
    const { url } = await start({ FAULT_LATENCY_MS: '300' });
    const beganMs = performance.now();
    await fetch(url);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(295);
  });

  test('FAULT_SLOW_START_MS listens late', async () => {
    const beganMs = performance.now();
    const { url } = await start({ FAULT_SLOW_START_MS: '500' });
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(495);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test('FAULT_CRASH_AFTER_MS exits with 1', async () => {
    const { child, output } = await start({ FAULT_CRASH_AFTER_MS: '200' });
    expect(await exitCode(child)).toBe(1);
    expect(output()).toContain('crashing');
  });

  test('FAULT_NEVER_HEALTHY returns 503 only at /health', async () => {
    const { url } = await start({ FAULT_NEVER_HEALTHY: 'true' });
    expect((await fetch(`${url}/health`)).status).toBe(503);
    expect((await fetch(url)).status).toBe(200);
  });

  test('wrong values end the start with one error that names them all', async () => {
    const { child, output } = launch({ PORT: '70000', FAULT_ERROR_PERCENT: 'many', FAULT_BROKEN_ROUTE: 'orders' });
    expect(await exitCode(child)).toBe(1);
    expect(output()).toBe(
      'cannot start: PORT="70000": expected a whole number from 0 to 65535; ' +
        'FAULT_BROKEN_ROUTE="orders": expected a path that begins with /; ' +
        'FAULT_ERROR_PERCENT="many": expected a number from 0 to 100\n',
    );
  });
});
