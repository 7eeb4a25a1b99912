import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import autocannon from 'autocannon';
import { request, Agent } from 'undici';
import { bundled } from './support/bundled';
import { inTurns, type Turn } from './support/rounds';

const CONNECTIONS = 16;
const REQUESTS = 20_000;
const ROUNDS = 3;
const BODY = JSON.stringify({ orders: [{ id: '1', item: 'tea', quantity: 2 }] });
const SERVER = 'GREENLIGHT_BENCH_SERVER';

/** The comparison as the gate's bundle has it. */
type Comparison = typeof import('../smoke/comparison');

/**
 * Requests a second of the comparison, of a bare closed loop of undici, and of autocannon, in turns on the same server, a
 * process of its own. Without `requestsPerSecond`, which is what limits a comparison otherwise.
 */
export async function run(): Promise<void> {
  const server = fork(__filename, { execArgv: process.execArgv, env: { ...process.env, [SERVER]: 'yes' } });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const base = new URL(`http://127.0.0.1:${port}`);
    const comparison = bundled<Comparison>('smoke/comparison/index.ts');
    console.log(`${REQUESTS} requests on ${CONNECTIONS} connections, the server in a process of its own`);
    const contenders = {
      comparison: () => measured(() => compared(comparison, base)),
      autocannon: () => measured(() => shots(base)),
      undici: () => measured(() => undici(base)),
    };
    await inTurns(contenders, 'comparison', ROUNDS);
    console.log('limit: 0.90 of autocannon');
  } finally {
    server.kill();
  }
}

/** @param send sends all requests; returns when the last response came, if that is not when it ends */
async function measured(send: () => Promise<number | void>): Promise<Turn> {
  const [beganMs, began] = [performance.now(), process.cpuUsage()];
  const endMs = (await send()) ?? performance.now();
  const { user, system } = process.cpuUsage(began);
  return { rate: REQUESTS / ((endMs - beganMs) / 1_000), cpuUs: (user + system) / REQUESTS };
}

async function undici(base: URL): Promise<void> {
  const dispatcher = new Agent({ connections: CONNECTIONS });
  let left = REQUESTS;
  const worker = async () => {
    while (left-- > 0) await (await request(`${base.origin}/orders`, { dispatcher })).body.text();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  await dispatcher.close();
}

/** autocannon checks once a second whether it is done. @returns when it was */
async function shots(base: URL): Promise<number> {
  let endMs = NaN;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url: `${base.origin}/orders`, connections: CONNECTIONS, amount: REQUESTS };
    const done = (error: Error | null, all: autocannon.Result) => (error ? reject(error) : resolve(all));
    autocannon(options, done).on('response', () => (endMs = performance.now()));
  });
  if (result['2xx'] !== REQUESTS) throw new Error(`autocannon got ${result['2xx']} of ${REQUESTS} responses`);
  return endMs;
}

/** To the same server twice, so that nothing differs; no "not worse" before the last request. */
async function compared({ planOf, httpAttempts, compareSides }: Comparison, base: URL): Promise<void> {
  const options = {
    requests: [{ path: '/orders' }],
    maxRequests: REQUESTS,
    requestsPerSecond: 1e9,
    concurrency: CONNECTIONS,
  };
  const plan = planOf(options);
  const side = { base, addresses: [], tlsVerification: 'full' as const };
  const attempts = httpAttempts({ blue: side, green: side });
  const endless = { ...plan, rule: { ...plan.rule, pairsMin: REQUESTS } };
  const { requests } = await compareSides(endless, { attempt: attempts.attempt, signal: new AbortController().signal });
  attempts.close();
  if (requests !== REQUESTS) throw new Error(`the comparison ended after ${requests} requests`);
}

/** The target, until its parent ends it. */
function serve(): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) };
  const server = createServer((_request, response) => void response.writeHead(200, headers).end(BODY));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

if (process.env[SERVER] === 'yes') serve();
