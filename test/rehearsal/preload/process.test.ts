import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { preloadFile } from '../../../common/bundles';
import { ScaledClock } from '../../../rehearsal/core/clock';
import { temporaryDirectory } from '../../support/temporary';

const SPEED = 60;

/** Runs a script in a real Node process with the preload; it prints one JSON document. */
function inProcess<T>(script: string, env: Record<string, string> = {}, esm = false): Promise<T> {
  const args = ['--require', preloadFile('process'), ...(esm ? ['--input-type=module'] : []), '-e', script];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { env: { PATH: process.env['PATH'], ...env }, timeout: 20_000 },
      (error, out, err) => {
        if (error) reject(new Error(`${error.message}\n${err}`));
        else resolve(JSON.parse(out) as T);
      },
    );
  });
}

const listen = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

describe('time', () => {
  const clock = new ScaledClock(SPEED);
  const env = { GREENLIGHT_CLOCK: clock.share(temporaryDirectory('time')) };
  const awsNow = () => clock.now();
  afterAll(() => clock.stop());

  test('Date is the scaled clock, in all its forms', async () => {
    const before = awsNow();
    const found = await inProcess<Record<string, number | boolean>>(
      `const d = new Date(); class Mine extends Date {}
       console.log(JSON.stringify({ now: Date.now(), date: +d, text: Date.parse(Date()), again: +new d.constructor(),
         mine: +new Mine(), instance: d instanceof Date, fixed: +new Date(5), parsed: +new Date('2026-01-01') }))`,
      env,
    );
    const after = awsNow();
    for (const form of ['now', 'date', 'again', 'mine']) {
      expect(found[form]).toBeGreaterThanOrEqual(Math.floor(before));
      expect(found[form]).toBeLessThanOrEqual(after);
    }
    expect(found['text']).toBeGreaterThan(before - 1000);
    expect(found).toMatchObject({ instance: true, fixed: 5, parsed: Date.UTC(2026, 0, 1) });
  });

  // 30 s of AWS are 0.5 s of real time. The bounds are wide: the machine may be busy.
  test.each([
    ['setTimeout', `const { promisify } = require('node:util'); const wait = promisify(setTimeout)`],
    ['timers', `const timers = require('timers'); const wait = (ms) => new Promise((r) => timers.setTimeout(r, ms))`],
    ['timers/promises', `const wait = require('node:timers/promises').setTimeout`],
    [
      'setInterval',
      `const wait = (ms) => new Promise((r) => { const i = setInterval(() => { clearInterval(i); r() }, ms) })`,
    ],
  ])('%s waits AWS time', async (_, wait) => {
    const { wallMs, awsMs } = await inProcess<{ wallMs: number; awsMs: number }>(
      `${wait}; const p = performance.now(), d = Date.now();
       wait(30_000).then(() => console.log(JSON.stringify({ wallMs: performance.now() - p, awsMs: Date.now() - d })))`,
      env,
    );
    expect(wallMs).toBeGreaterThan(490);
    expect(wallMs).toBeLessThan(20_000);
    expect(awsMs).toBeGreaterThan(29_000);
  });

  test('ES modules see the same timers', async () => {
    const { wallMs } = await inProcess<{ wallMs: number }>(
      `import { setTimeout } from 'node:timers/promises'; const p = performance.now();
       await setTimeout(30_000); console.log(JSON.stringify({ wallMs: performance.now() - p }))`,
      env,
      true,
    );
    expect(wallMs).toBeLessThan(20_000);
  });

  test("AbortSignal.timeout, the network's, stays real", async () => {
    const { wallMs } = await inProcess<{ wallMs: number }>(
      `const p = performance.now(); const keep = setInterval(() => {}, 60_000);
       AbortSignal.timeout(300).addEventListener('abort', () => {
         clearInterval(keep); console.log(JSON.stringify({ wallMs: performance.now() - p })) })`,
      env,
    );
    expect(wallMs).toBeGreaterThan(290);
  });

  test('without a clock nothing is scaled', async () => {
    const { now } = await inProcess<{ now: number }>(`console.log(JSON.stringify({ now: Date.now() }))`);
    expect(Math.abs(now - Date.now())).toBeLessThan(20_000);
  });
});

describe('network', () => {
  const queries: Record<string, string>[] = [];
  let target: Server;
  let local: Server;
  let env: Record<string, string>;
  const clock = new ScaledClock(600);

  beforeAll(async () => {
    target = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.end(`${request.headers.host} ${Buffer.concat(chunks).toString()}`));
    });
    const localPort = await listen(target);
    const routes: Record<string, object> = { 'alb.example.com': { localPort }, '10.0.1.5': { localPort } };
    local = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      if (pathname !== '/secret') return void response.writeHead(404).end();
      queries.push(Object.fromEntries(searchParams));
      const host = searchParams.get('host') ?? '';
      const errors: Record<string, string> = { 'refused.example.com': 'ECONNREFUSED', '10.0.9.9': 'ETIMEDOUT' };
      response.end(JSON.stringify(routes[host] ?? { error: errors[host] ?? 'ENOTFOUND' }));
    });
    env = {
      GREENLIGHT_NETWORK_URL: `http://127.0.0.1:${await listen(local)}/secret`,
      GREENLIGHT_FUNCTION: 'gate',
      GREENLIGHT_CLOCK: clock.share(temporaryDirectory('network')),
    };
  });

  afterAll(() => {
    target.close();
    local.close();
    clock.stop();
  });

  test('http and fetch reach the local port; Host stays', async () => {
    const found = await inProcess<string[]>(
      `const http = require('http');
       const post = (host) => new Promise((resolve, reject) => { const r = http.request({ host, port: 80, method: 'POST', headers: { host: 'web' } }, (res) => {
         let t = ''; res.on('data', (c) => t += c).on('end', () => resolve(t)) }).on('error', reject); r.end('body') });
       Promise.all([post('10.0.1.5'), fetch('http://alb.example.com/').then((r) => r.text())])
         .then((all) => console.log(JSON.stringify(all)))`,
      env,
    );
    expect(found).toEqual(['web body', 'alb.example.com ']);
    expect(queries).toContainEqual({ host: '10.0.1.5', port: '80', source: 'gate' });
  });

  test.each([
    ['nowhere.example.com', 'ENOTFOUND'],
    ['refused.example.com', 'ECONNREFUSED'],
    // 127 s of AWS time at 600 times the speed.
    ['10.0.9.9', 'ETIMEDOUT'],
  ])('%s fails with %s', async (host, code) => {
    const script = `require('net').connect(443, '${host}').on('error', (e) => console.log(JSON.stringify({ code: e.code, message: e.message })))`;
    expect(await inProcess(script, env)).toMatchObject({ code });
  });

  test("a dropped connection ends at the caller's own limit", async () => {
    const script = `const p = performance.now(); require('http').get('http://10.0.9.9/', { signal: AbortSignal.timeout(50) })
      .on('error', (e) => console.log(JSON.stringify({ name: e.name, wallMs: performance.now() - p })))`;
    const { name } = await inProcess<{ name: string }>(script, { ...env, GREENLIGHT_CLOCK: '' });
    expect(name).toBe('AbortError');
  });

  test('DNS is cut off, loopback is not, and without an endpoint no host exists', async () => {
    const script = `const dns = require('dns'); const { lookup } = dns.promises;
      Promise.all([lookup('localhost').then(() => 'ok'), lookup('aws.amazon.com').catch((e) => e.code),
        new Promise((r) => dns.resolve4('aws.amazon.com', (e) => r(e.code))),
        fetch('http://alb.example.com/').catch((e) => e.cause.code)]).then((all) => console.log(JSON.stringify(all)))`;
    expect(await inProcess(script)).toEqual(['ok', 'ENOTFOUND', 'ENOTFOUND', 'ENOTFOUND']);
  });

  test('TLS offers the name that the caller requested', async () => {
    const tls = await import('node:tls');
    const names: string[] = [];
    const server = tls.createServer({
      SNICallback: (name, done) => {
        names.push(name);
        done(new Error('enough found'));
      },
    });
    server.on('tlsClientError', () => {});
    const port = await listen(server as unknown as Server);
    const route = createServer((_, response) => response.end(JSON.stringify({ localPort: port })));
    const endpoint = `http://127.0.0.1:${await listen(route)}`;
    const script = `require('https').get('https://alb.example.com/').on('error', () => console.log('{}'))`;
    await inProcess(script, { GREENLIGHT_NETWORK_URL: endpoint });
    route.close();
    server.close();
    expect(names).toEqual(['alb.example.com']);
  });
});
