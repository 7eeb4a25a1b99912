import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReleaseEngine } from '../lib';
import type { ReleaseReport } from '../rehearsal/runner/report/document';
import { addedResources } from '../test/support/service-resources';
import { mainJob } from './support/main-job';
import { median } from './support/rounds';

const root = join(__dirname, '..');
const ENGINES = { codedeploy: () => ReleaseEngine.codeDeploy(), ecs: () => ReleaseEngine.ecs() };
const SYNTHESES = 3;

/** The same releases by both engines: how long they take on AWS, whom a bad one reaches, and what a service needs. */
export async function run(): Promise<void> {
  for (const [engine, create] of Object.entries(ENGINES)) {
    const { report, wallMs } = await mainJob(['--engine', engine]);
    console.log(`${engine}: main job ${(wallMs / 1000).toFixed(1)} s`);
    for (const release of report.releases) console.log(`  ${release.name} ${shown(release)}`);
    const counts = addedResources(create());
    const resources = Object.values(counts).reduce((sum, count) => sum + count, 0);
    console.log(`  a service adds ${resources} resources, ${counts['AWS::Lambda::Function'] ?? 0} of them functions`);
    console.log(`  synthesis of the sample: ${(synthesisMs(engine) / 1000).toFixed(1)} s, median of ${SYNTHESES}`);
  }
}

function shown({ outcome, timeline, awsSeconds, requests }: ReleaseReport): string {
  const whole = timeline.findLast(
    ({ event, detail }) => event === 'weights' && /^production traffic: .*\b100 %/.test(detail),
  );
  const allOnGreen =
    outcome === 'succeeded' && whole ? `all traffic on green after ${seconds(whole.awsMs / 1000)}, ` : '';
  const { exposed, lost } = requests;
  return `${outcome}: ${allOnGreen}ended after ${seconds(awsSeconds)}; ${exposed.total} requests exposed, ${exposed.failed} failed, ${lost} lost`;
}

const seconds = (aws: number) => `${aws.toFixed(0)} s of AWS`;

function synthesisMs(engine: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-bench-synth-'));
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify({ engine }) };
  try {
    const times = Array.from({ length: SYNTHESES }, () => {
      const began = performance.now();
      const { status, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', 'bin/app.ts'], {
        cwd: root,
        env,
      });
      if (status !== 0) throw new Error(`the synthesis ended with ${status}: ${String(stderr)}`);
      return performance.now() - began;
    });
    return median(times);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
