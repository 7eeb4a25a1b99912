import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';

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
  const seen: number[] = [];
  for (let index = 0; index < count; index++) seen.push((await fetch(url)).status);
  return seen;
};

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

describe('a healthy service', () => {
  test('answers its report to those who have the key', async () => {
    const { url } = await start({ API_KEY: 'k' });
    const report = (key: string) => fetch(`${url}/report`, { headers: { 'x-api-key': key } });
    expect([(await report('k')).status, (await report('j')).status, (await fetch(`${url}/report`)).status]).toEqual([
      200, 401, 401,
    ]);
    expect(await (await report('j')).json()).toEqual({ error: 'no such key: j' });
    expect((await fetch(`${(await start()).url}/report`)).status).toBe(200);
  });

  test('answers its routes in JSON with its version', async () => {
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
    const answer = await fetch(`${url}/orders`, { method: 'POST', body });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(text);
  });

  test('finishes requests in flight on SIGTERM, accepts no more, and exits with 0', async () => {
    const { child, url, output } = await start({ FAULT_LATENCY_MS: '400' });
    const answered = new Promise<number | undefined>((resolve, reject) => {
      get(url, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    // Health checks pass the latency: once one is answered, the slow request before it is in flight.
    await fetch(`${url}/health`);
    const exited = exitCode(child);
    child.kill('SIGTERM');
    expect(await answered).toBe(200);
    expect(await exited).toBe(0);
    expect(output()).toContain('"message":"stopping"');
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('faults', () => {
  test('FAULT_BROKEN_ROUTE breaks the path and what is below it, nothing else', async () => {
    const { url } = await start({ FAULT_BROKEN_ROUTE: '/orders' });
    const answers = await Promise.all(['/orders', '/orders/1', '/', '/health'].map((path) => fetch(url + path)));
    expect(answers.map((answer) => answer.status)).toEqual([500, 500, 200, 200]);
  });

  test('FAULT_ERROR_PERCENT fails an even share after FAULT_AFTER_REQUESTS, and never a health check', async () => {
    const { url } = await start({ FAULT_ERROR_PERCENT: '50', FAULT_AFTER_REQUESTS: '3' });
    expect(await statuses(`${url}/health`, 3)).toEqual([200, 200, 200]);
    expect(await statuses(url, 7)).toEqual([200, 200, 200, 200, 500, 200, 500]);
    expect(await statuses(`${url}/health`, 2)).toEqual([200, 200]);
  });

  test('FAULT_LATENCY_MS delays every answer but health', async () => {
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

  test('FAULT_NEVER_HEALTHY answers 503 at /health alone', async () => {
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
