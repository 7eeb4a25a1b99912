import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleFolder } from '../common/bundles';

const ROOT = join(__dirname, '..');
const GATE = bundleFolder('gate');
const STARTS = 11;

/** The two SDK clients that any gate needs, bundled as the handlers are, and the calls that a gate makes of them. */
const CLIENTS = `
  import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
  import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
  export async function handler(event) {
    const cloudwatch = new CloudWatchClient();
    for (const _phase of ['before', 'after']) {
      await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['rate'], AlarmTypes: ['MetricAlarm'] }));
    }
    await new CodeDeployClient().send(new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: event.DeploymentId,
      lifecycleEventHookExecutionId: event.LifecycleEventHookExecutionId,
      status: 'Succeeded',
    }));
  }
`;

const EVENT = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'hook-1' };
const SUITE = { checks: [{ name: 'health', path: '/health', retries: 0 }] };

/** One start of a fresh process: real milliseconds and processor milliseconds. */
interface Start {
  readonly loadMs: number;
  readonly reportMs: number;
  readonly cpuMs: number;
}

/**
 * Prints the cold start of the gate, its bundle's load and the way to its first report, as a ratio to the two SDK clients
 * that make the same calls. AWS and the target respond at once.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-bench-'));
  const aws = createServer(respond);
  try {
    await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
    const { port } = aws.address() as AddressInfo;
    const [gate, clients] = [join(folder, 'gate'), join(folder, 'clients')] as const;
    cpSync(GATE, gate, { recursive: true });
    writeFileSync(join(gate, 'suite.json'), JSON.stringify(SUITE));
    await bundleClients(join(clients, 'index.js'));
    const [gateBytes, clientsBytes] = [gate, clients].map((it) => statSync(join(it, 'index.js')).size) as [
      number,
      number,
    ];
    print('size', (bytes) => `${(bytes / 1024).toFixed(0)} KiB`, gateBytes, clientsBytes);
    const starts: [Start[], Start[]] = [[], []];
    for (let turn = 0; turn < STARTS; turn++) {
      // In turn, so that a busy machine slows both.
      starts[0].push(await startOf(gate, port));
      starts[1].push(await startOf(clients, port));
    }
    const milliseconds = (ms: number) => `${ms.toFixed(1)} ms`;
    for (const [what, of] of Object.entries(MEASURES)) {
      print(what, milliseconds, median(starts[0].map(of)), median(starts[1].map(of)));
    }
  } finally {
    aws.close();
    rmSync(folder, { recursive: true });
  }
}

const MEASURES: Readonly<Record<string, (start: Start) => number>> = {
  load: ({ loadMs }) => loadMs,
  'load and first report': ({ reportMs }) => reportMs,
  'load and first report, processor time': ({ cpuMs }) => cpuMs,
};

async function bundleClients(outfile: string): Promise<void> {
  await build({
    stdin: { contents: CLIENTS, resolveDir: ROOT },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    mainFields: ['module', 'main'],
  });
}

/** CloudWatch, CodeDeploy and the service under test. */
function respond(request: IncomingMessage, response: ServerResponse): void {
  const isAlarms = String(request.headers['x-amz-target']).endsWith('DescribeAlarms');
  request.resume().on('end', () => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify(isAlarms ? { MetricAlarms: [{ AlarmName: 'rate', StateValue: 'OK' }] } : {}));
  });
}

async function startOf(folder: string, port: number): Promise<Start> {
  const script = `
    const cpu = process.cpuUsage(), began = performance.now();
    const { handler } = require(${JSON.stringify(join(folder, 'index.js'))});
    const loadMs = performance.now() - began;
    handler(${JSON.stringify(EVENT)}, { getRemainingTimeInMillis: () => 60_000 }).then(() => {
      const { user, system } = process.cpuUsage(cpu);
      console.log(JSON.stringify({ loadMs, reportMs: performance.now() - began, cpuMs: (user + system) / 1000 }));
    });`;
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    GREENLIGHT_SERVICE: 'web',
    GREENLIGHT_LIFECYCLE_EVENT: 'AfterAllowTestTraffic',
    GREENLIGHT_TARGET_URL: url,
    GREENLIGHT_ALARMS: '["rate"]',
    GREENLIGHT_TIMEOUT_SECONDS: '20',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
  // The verdict and the metrics come before it.
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function print(what: string, show: (value: number) => string, gate: number, clients: number): void {
  const ratio = (gate / clients).toFixed(2);
  console.log(`gate bundle ${what}: ${show(gate)}, the two SDK clients ${show(clients)}, ratio ${ratio}`);
}
