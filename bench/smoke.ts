import { createRequire } from 'node:module';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type * as Runner from '../lambda/gate/smoke/contract';

const CHECKS = 200;
const CHECK_MS = 20;
const CONCURRENCY = 20;
const RUNS = 11;

/** The runner as a handler's bundle has it: what runs this file adds calls of its own to every function. */
function bundledRunner(folder: string): typeof Runner {
  const outfile = join(folder, 'runner.js');
  const entry = join(__dirname, '../lambda/gate/smoke/contract.ts');
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', target: 'node20', minify: true });
  return createRequire(__filename)(outfile) as typeof Runner;
}

/** What one run of all checks took, milliseconds of the wall and of this process's processor time. */
interface Took {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/**
 * 200 checks that each take 20 ms at concurrency 20, as a ratio to the ideal 200 ms; beside it the same requests, each on
 * a connection of its own too, sent by nothing but node:http. The server is another process, as every target is. Medians.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-bench-'));
  const server = fork(__filename, { execArgv: process.execArgv, env: { ...process.env, [SERVER]: 'yes' } });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const runner = bundledRunner(folder);
    const base = new URL(`http://127.0.0.1:${port}`);
    const took: Record<string, Took[]> = { runner: [], 'node:http alone': [] };
    for (let turn = 0; turn < RUNS; turn++) {
      // In turn, so that a busy machine slows both.
      took.runner?.push(await measured(() => smoke(runner, base)));
      took['node:http alone']?.push(await measured(() => bare(base)));
    }
    const idealMs = (CHECKS / CONCURRENCY) * CHECK_MS;
    console.log(`${CHECKS} checks of ${CHECK_MS} ms at concurrency ${CONCURRENCY}, ideal ${idealMs} ms`);
    for (const [what, runs] of Object.entries(took)) {
      const [wallMs, cpuMs] = [median(runs.map((it) => it.wallMs)), median(runs.map((it) => it.cpuMs))];
      const ratio = (wallMs / idealMs).toFixed(2);
      console.log(
        `${what}: ${wallMs.toFixed(0)} ms, ratio ${ratio}, ${(cpuMs / CHECKS).toFixed(2)} ms of processor time a check`,
      );
    }
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

async function smoke({ runSuite, smokeOutbound }: typeof Runner, base: URL): Promise<void> {
  const checks = Array.from({ length: CHECKS }, (_, index) => ({ name: `check ${index}`, path: `/${index}` }));
  const { outcome } = await runSuite(
    { checks },
    {
      base,
      addresses: [],
      tlsVerification: 'full',
      exchange: smokeOutbound.exchange,
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

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

const SERVER = 'GREENLIGHT_BENCH_SERVER';

/** The target: answers after 20 ms, until its parent ends it. */
function serve(): void {
  const server = createServer((_request, response) => void setTimeout(() => response.end('ok'), CHECK_MS));
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

if (process.env[SERVER] === 'yes') serve();
