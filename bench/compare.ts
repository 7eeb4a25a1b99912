import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request, Agent } from 'undici';
import { httpAttempts, type SideTarget } from '../lambda/gate/compare/attempt';
import { compareSides } from '../lambda/gate/compare/comparator';
import { planOf } from '../lambda/gate/compare/options';

const CONNECTIONS = 16;
const REQUESTS = 20_000;
const BODY = JSON.stringify({ orders: [{ id: '1', item: 'tea', quantity: 2 }] });

/** Requests a second of the comparison, and of a bare closed loop of undici, on the same server in the same run. */
export async function run(): Promise<void> {
  const server = createServer((_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) })
      .end(BODY);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    await closedLoop(base, 2_000);
    const bare = await closedLoop(base, REQUESTS);
    const compared = await comparison(base);
    console.log(`bare undici loop: ${Math.round(bare)} requests/s; comparison: ${Math.round(compared)} requests/s`);
    console.log(`ratio ${(compared / bare).toFixed(2)}, client and server in one process, ${CONNECTIONS} connections`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function closedLoop(base: URL, requests: number): Promise<number> {
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

/** To the same server twice, so that nothing differs; no "not worse" before the last request. */
async function comparison(base: URL): Promise<number> {
  const options = {
    requests: [{ path: '/orders' }],
    requestsMax: REQUESTS,
    requestsPerSecond: 1e9,
    concurrency: CONNECTIONS,
  };
  const plan = planOf(options);
  const side: SideTarget = { base, addresses: [], tlsVerification: 'full' };
  const attempts = httpAttempts({ blue: side, green: side }, plan.timeoutMs);
  const beganMs = performance.now();
  const endless = { ...plan, rule: { ...plan.rule, pairsMin: REQUESTS } };
  const result = await compareSides(endless, { attempt: attempts.attempt, signal: new AbortController().signal });
  attempts.close();
  return result.requests / ((performance.now() - beganMs) / 1_000);
}
