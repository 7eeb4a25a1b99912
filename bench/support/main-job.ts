import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { RehearsalReport } from '../../rehearsal/runner/report/document';

const root = join(__dirname, '../..');

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

/**
 * The rehearsal of README as a process of its own.
 * @param args more than `rehearse --json`
 */
export function mainJob(args: readonly string[] = []): Promise<Finished> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program, 'rehearse', '--json', ...args], {
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
