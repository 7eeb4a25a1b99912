import { join } from 'node:path';
import { sampleProject } from '../support/app';
import { Cli, reportOf } from '../support/cli';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Suspends processes for a while, as a closed lid, a debugger or a machine without memory does. */
async function suspend(pids: readonly number[], ms: number): Promise<void> {
  const send = (name: NodeJS.Signals) => {
    for (const pid of pids) {
      try {
        process.kill(pid, name);
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  send('SIGSTOP');
  await pause(ms);
  send('SIGCONT');
}

/** Speed 60: each of these is 8 minutes of AWS time, longer than the canary and than any limit in it. */
test('a good release succeeds without a lost request though the machine is suspended in the middle of its shift', async () => {
  const cli = new Cli(['rehearse', '--json', '--release', 'v2', '--file', join(sampleProject(), 'rehearsal.yaml')]);
  const matching = (kind: RegExp) => cli.processes().filter(({ command }) => kind.test(command));
  const pidsOf = (kind: RegExp) => matching(kind).map(({ pid }) => pid);
  await cli.printed(/ AfterAllowTestTraffic InProgress/);
  await suspend(pidsOf(/lambda-runtime/), 8_000);
  await cli.printed(/ AllowTraffic InProgress/);
  await suspend(pidsOf(/greenlight\.ts rehearse/), 8_000);
  await suspend(
    cli.processes().map(({ pid }) => pid),
    8_000,
  );
  await suspend(pidsOf(/aws-cdk.*deploy/), 8_000);
  const end = await cli.ended;
  expect({ exitCode: end.exitCode, stderr: end.stderr }).toMatchObject({ exitCode: 0 });
  const { releases } = reportOf(end);
  expect(releases).toMatchObject([
    { name: 'v1', outcome: 'created' },
    { name: 'v2', outcome: 'succeeded', requests: { lost: 0, failed: 0 } },
  ]);
}, 400_000);
