import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type * as Runner from '../smoke/runner';
import { bundled } from './support/bundled';
import { median } from './support/rounds';

const CHECKS = 200;
const CHECK_MS = 20;
const CONCURRENCY = 20;
const RUNS = 11;
const ROUNDS = 3;

/** What one run of all checks took, real milliseconds and milliseconds of this process's processor time. */
interface Took {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/**
 * 200 checks that each take 20 ms at concurrency 20, three times, as a ratio to the same requests, each on a connection of its
 * own too, sent by nothing but node:http. The server is another process, as every target is. Medians of runs in turns.
 */
export async function run(): Promise<void> {
  const server = fork(__filename, { execArgv: process.execArgv, env: { ...process.env, [SERVER]: 'yes' } });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const runner = bundled<typeof Runner>('smoke/runner/index.ts');
    const base = new URL(`http://127.0.0.1:${port}`);
    const idealMs = (CHECKS / CONCURRENCY) * CHECK_MS;
    console.log(`${CHECKS} checks of ${CHECK_MS} ms at concurrency ${CONCURRENCY}, ideal ${idealMs} ms`);
    for (let round = 1; round <= ROUNDS; round++) {
      const took: [Took[], Took[]] = [[], []];
      for (let turn = 0; turn < RUNS; turn++) {
        // In turn, so that a busy machine slows both.
        took[0].push(await measured(() => smoke(runner, base)));
        took[1].push(await measured(() => bare(base)));
      }
      const [ours, theirs] = took.map(typical) as [Took, Took];
      const ratio = (ours.wallMs / theirs.wallMs).toFixed(2);
      console.log(`round ${round}: runner ${shown(ours)}; node:http ${shown(theirs)}; ratio ${ratio}`);
    }
    console.log('limit: 1.15 of node:http');
  } finally {
    server.kill();
  }
}

function typical(runs: readonly Took[]): Took {
  return { wallMs: median(runs.map((it) => it.wallMs)), cpuMs: median(runs.map((it) => it.cpuMs)) };
}

function shown({ wallMs, cpuMs }: Took): string {
  return `${wallMs.toFixed(0)} ms, ${(cpuMs / CHECKS).toFixed(2)} ms of processor time a check`;
}

async function smoke({ runSuite, smokeClients }: typeof Runner, base: URL): Promise<void> {
  const checks = Array.from({ length: CHECKS }, (_, index) => ({ name: `check ${index}`, path: `/${index}` }));
  const { outcome } = await runSuite(
    { checks },
    {
      base,
      addresses: [],
      tlsVerification: 'full',
      exchange: smokeClients.exchange,
      signal: new AbortController().signal,
      limitMs: 60_000,
      concurrency: CONCURRENCY,
    },
  );
  if (outcome !== 'passed') throw new Error(`the run ended as ${outcome}`);
}

async function bare(base: URL): Promise<void> {
  let left = CHECKS;
  const worker = async () => {
    while (left-- > 0) {
      await new Promise<void>((resolve, reject) => {
        request({ host: base.hostname, port: base.port, path: `/${left}`, agent: false }, (response) => {
          response.resume().on('end', resolve);
        })
          .on('error', reject)
          .end();
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

async function measured(work: () => Promise<void>): Promise<Took> {
  const cpu = process.cpuUsage();
  const beganMs = performance.now();
  await work();
  const wallMs = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1_000 };
}

const SERVER = 'GREENLIGHT_BENCH_SERVER';

/** The target: responds after 20 ms, until its parent ends it. */
function serve(): void {
  const server = createServer((_request, response) => void setTimeout(() => response.end('ok'), CHECK_MS));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

if (process.env[SERVER] === 'yes') serve();
