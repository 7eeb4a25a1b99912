import { mainJob } from './support/main-job';

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
