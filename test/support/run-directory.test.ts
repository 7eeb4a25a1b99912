import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary';

/** A test run, which ends as soon as its folder is made, or is killed then. */
function run(parent: string, killed: boolean): Promise<number> {
  const after = killed ? "process.kill(process.pid, 'SIGKILL')" : 'process.exit(0)';
  const script = `require(${JSON.stringify(join(__dirname, 'run-directory.cjs'))})(); console.log(process.env.TMPDIR); ${after}`;
  const child = spawn(process.execPath, ['-e', script], { env: { ...process.env, TMPDIR: parent }, stdio: 'ignore' });
  return new Promise((resolve) => child.once('close', () => resolve(child.pid ?? 0)));
}

function folder(parent: string, name: string, owner?: number): string {
  const path = join(parent, `greenlight-tests-${name}`);
  mkdirSync(path);
  if (owner !== undefined) writeFileSync(join(path, 'owner'), String(owner));
  return path;
}

test('the next run of the tests removes what a killed one left, and nothing of one that runs', async () => {
  const parent = temporaryDirectory('runs');
  const dead = await run(parent, true);
  const killed = folder(parent, 'killed', dead);
  const old = folder(parent, 'old');
  utimesSync(old, 1, 1);
  const living = folder(parent, 'living', process.pid);
  const beginning = folder(parent, 'beginning');
  await run(parent, false);
  expect([killed, old, living, beginning].map((path) => existsSync(path))).toEqual([false, false, true, true]);
});

if (process.platform === 'linux') {
  test('and ends the processes that it left', async () => {
    const parent = temporaryDirectory('runs');
    const killed = folder(parent, 'killed', await run(parent, true));
    const env = { ...process.env, TMPDIR: killed };
    const left = spawn('sleep', ['300'], { env, detached: true, stdio: 'ignore' });
    const ended = new Promise((resolve) => left.once('exit', (_code, signal) => resolve(signal)));
    await run(parent, false);
    expect(await ended).toBe('SIGKILL');
  });
}
