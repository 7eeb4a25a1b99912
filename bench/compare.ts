import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import autocannon from 'autocannon';
import { request, Agent } from 'undici';
import { httpAttempts, type SideTarget } from '../lambda/gate/compare/attempt';
import { compareSides } from '../lambda/gate/compare/comparator';
import { planOf } from '../lambda/gate/compare/options';

const CONNECTIONS = 16;
const REQUESTS = 20_000;
const BODY = JSON.stringify({ orders: [{ id: '1', item: 'tea', quantity: 2 }] });
const SERVER = 'GREENLIGHT_BENCH_SERVER';

/** Sends `requests` requests as fast as it can. @returns requests a second */
type Client = (base: URL, requests: number) => Promise<number>;

/**
 * Requests a second of the comparison, of a bare closed loop of undici, and of autocannon, on the same server, a process
 * of its own, in the same run.
 */
export async function run(): Promise<void> {
  const server = fork(__filename, { execArgv: process.execArgv, env: { ...process.env, [SERVER]: 'yes' } });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const base = new URL(`http://127.0.0.1:${port}`);
    const clients: Record<string, Client> = { undici, autocannon: shots, comparison };
    await undici(base, 2_000);
    const rates = new Map<string, number>();
    for (const [name, client] of Object.entries(clients)) rates.set(name, await client(base, REQUESTS));
    const compared = rates.get('comparison') as number;
    for (const [name, rate] of rates) {
      const ratio = (compared / rate).toFixed(2);
      console.log(`${name}: ${Math.round(rate)} requests/s, the comparison's ratio to it ${ratio}`);
    }
    console.log(`${REQUESTS} requests on ${CONNECTIONS} connections, the server in a process of its own`);
  } finally {
    server.kill();
  }
}

async function undici(base: URL, requests: number): Promise<number> {
  const dispatcher = new Agent({ connections: CONNECTIONS });
  let left = requests;
  const beganMs = performance.now();
  const worker = async () => {
    while (left-- > 0) await (await request(`${base.origin}/orders`, { dispatcher })).body.text();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - beganMs) / 1_000;
  await dispatcher.close();
  return requests / seconds;
}

async function shots(base: URL, requests: number): Promise<number> {
  const beganMs = performance.now();
  const result = await autocannon({ url: `${base.origin}/orders`, connections: CONNECTIONS, amount: requests });
  return result['2xx'] / ((performance.now() - beganMs) / 1_000);
}

/** To the same server twice, so that nothing differs; no "not worse" before the last request. */
async function comparison(base: URL, requests: number): Promise<number> {
  const options = {
    requests: [{ path: '/orders' }],
    requestsMax: requests,
    requestsPerSecond: 1e9,
    concurrency: CONNECTIONS,
  };
  const plan = planOf(options);
  const side: SideTarget = { base, addresses: [], tlsVerification: 'full' };
  const attempts = httpAttempts({ blue: side, green: side });
  const beganMs = performance.now();
  const endless = { ...plan, rule: { ...plan.rule, pairsMin: requests } };
  const result = await compareSides(endless, { attempt: attempts.attempt, signal: new AbortController().signal });
  attempts.close();
  return result.requests / ((performance.now() - beganMs) / 1_000);
}

/** The target, until its parent ends it. */
function serve(): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) };
  const server = createServer((_request, response) => void response.writeHead(200, headers).end(BODY));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

if (process.env[SERVER] === 'yes') serve();
