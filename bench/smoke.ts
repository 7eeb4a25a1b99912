import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runSuite, smokeOutbound } from '../lambda/gate/smoke/contract';

const CHECKS = 200;
const CHECK_MS = 20;
const CONCURRENCY = 20;
const RUNS = 5;

/** 200 checks that each take 20 ms at concurrency 20, as a ratio to the ideal 200 ms; the median of five runs. */
export async function run(): Promise<void> {
  const server = createServer((_request, response) => void setTimeout(() => response.end('ok'), CHECK_MS));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const checks = Array.from({ length: CHECKS }, (_, index) => ({ name: `check ${index}`, path: `/${index}` }));
  const timesMs: number[] = [];
  for (let turn = 0; turn < RUNS; turn++) {
    const startMs = performance.now();
    const { outcome } = await runSuite(
      { checks },
      {
        base: new URL(`http://127.0.0.1:${port}`),
        addresses: [],
        tlsVerification: 'full',
        exchange: smokeOutbound.exchange,
        signal: new AbortController().signal,
        limitMs: 60_000,
        concurrency: CONCURRENCY,
      },
    );
    if (outcome !== 'passed') throw new Error(`the run ended as ${outcome}`);
    timesMs.push(performance.now() - startMs);
  }
  server.close();
  const idealMs = (CHECKS / CONCURRENCY) * CHECK_MS;
  const median = timesMs.sort((one, other) => one - other)[Math.floor(RUNS / 2)] as number;
  console.log(
    `${CHECKS} checks of ${CHECK_MS} ms at concurrency ${CONCURRENCY}: ${median.toFixed(0)} ms, ideal ${idealMs} ms, ratio ${(median / idealMs).toFixed(2)}`,
  );
}
