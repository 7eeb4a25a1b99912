import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(__dirname, '..');
const GATE = join(ROOT, 'bundles/gate/index.js');
const LOADS = 11;

/** The two SDK clients that any gate needs, bundled as the handlers are. */
const CLIENTS = `
  export { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
  export { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
`;

/** Prints the gate bundle's size and load time, each as a ratio to the two SDK clients alone. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-bench-'));
  try {
    const clients = join(folder, 'clients.js');
    await build({
      stdin: { contents: CLIENTS, resolveDir: ROOT },
      outfile: clients,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      minify: true,
      keepNames: true,
      mainFields: ['module', 'main'],
    });
    const [gateBytes, clientsBytes] = [GATE, clients].map((path) => statSync(path).size) as [number, number];
    const [gateMs, clientsMs] = loadTimes(GATE, clients);
    print('size', `${kib(gateBytes)} KiB`, `${kib(clientsBytes)} KiB`, gateBytes / clientsBytes);
    print('load', `${gateMs.toFixed(1)} ms`, `${clientsMs.toFixed(1)} ms`, gateMs / clientsMs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Medians of loads in fresh processes, the two in turn so that a busy machine slows both. */
function loadTimes(one: string, other: string): [number, number] {
  const times: [number[], number[]] = [[], []];
  for (let turn = 0; turn < LOADS; turn++) {
    times[0].push(loadMs(one));
    times[1].push(loadMs(other));
  }
  return [median(times[0]), median(times[1])];
}

function loadMs(path: string): number {
  const script = `const s = performance.now(); require(${JSON.stringify(path)}); console.log(performance.now() - s)`;
  return Number(execFileSync(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}

function print(what: string, gate: string, clients: string, ratio: number): void {
  console.log(`gate bundle ${what}: ${gate}, the two SDK clients alone ${clients}, ratio ${ratio.toFixed(2)}`);
}
