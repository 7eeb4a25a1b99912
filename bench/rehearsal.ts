import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { RehearsalReport } from '../rehearsal/runner/report/document';

const root = join(__dirname, '..');

/** Runs in the child: the command line itself, and what it used in the end, on the fourth stream. */
const program = `
  process.on('exit', () => require('node:fs').writeSync(3, JSON.stringify(process.resourceUsage())));
  process.argv.splice(1, 0, 'greenlight');
  require(${JSON.stringify(join(root, 'bin', 'greenlight.ts'))});
`;

interface Finished {
  readonly report: RehearsalReport;
  readonly wallMs: number;
  /** Of the local AWS's own process, the load balancer and the load included. */
  readonly maxRssMiB: number;
}

/** The whole main job as a newcomer runs it: real time, each release, memory of the local AWS. */
export async function run(): Promise<void> {
  const { report, wallMs, maxRssMiB } = await mainJob();
  console.log(
    `whole main job at speed ${report.speed.achieved} of ${report.speed.wanted}: ${(wallMs / 1000).toFixed(1)} s (goal 120)`,
  );
  for (const release of report.releases) {
    const seconds = (release.wallMs / 1000).toFixed(1);
    const { total, lost, latencyMs } = release.requests;
    console.log(
      `  ${release.name} ${release.outcome}: ${seconds} s, ${total} requests, ${lost} lost, p99 ${latencyMs.p99} ms`,
    );
  }
  console.log(`memory of the local AWS, peak: ${maxRssMiB.toFixed(0)} MiB (goal 300)`);
}

function mainJob(): Promise<Finished> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program, 'rehearse', '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  });
  const collected = [child.stdout, child.stdio[3]].map((stream) => {
    const chunks: Buffer[] = [];
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    return chunks;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0) return reject(new Error(`the rehearsal ended with ${code}`));
      const [report = '', usage = ''] = collected.map((chunks) => Buffer.concat(chunks).toString());
      resolve({
        report: JSON.parse(report) as RehearsalReport,
        wallMs: performance.now() - began,
        maxRssMiB: (JSON.parse(usage) as NodeJS.ResourceUsage).maxRSS / 1024,
      });
    });
  });
}
