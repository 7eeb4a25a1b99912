import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processesOf } from '../support/processes';
import { temporaryDirectory } from '../support/temporary';
import { ROOT } from './support';

const ESC = '\u001B';

const program = ['--require', require.resolve('tsx/cjs'), join(ROOT, 'bin', 'greenlight.ts')];

/** The command in a shell, as a person types it. */
function inShell(
  command: string,
  environment: Readonly<Record<string, string>> = {},
  cwd = temporaryDirectory('shell'),
) {
  const greenlight = [process.execPath, ...program].map((part) => `'${part}'`).join(' ');
  const script = command.replaceAll('greenlight', greenlight);
  const child = spawn('bash', ['--norc', '-o', 'pipefail', '-c', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    env: { PATH: process.env.PATH, ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr })),
  );
}

/** A reader that is gone before anything is written. */
const GONE = 'exec 3> >(exec true); wait $!; ';

describe('a reader that goes away gets no stack trace', () => {
  test.each([
    ['greenlight --help'],
    ['greenlight'],
    ['greenlight rehearse --help'],
    ['greenlight --version'],
    ['greenlight smoke --init'],
    ['greenlight rehearse --json --file nowhere.yaml 2>/dev/null'],
  ])(
    '%s | true',
    async (command) => {
      const { code, stderr } = await inShell(`${GONE}${command} >&3`);
      expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
    },
    60_000,
  );

  test('of standard error neither', async () => {
    const { code, stdout } = await inShell(`${GONE}greenlight rehearse --file nowhere.yaml 2>&3`);
    expect({ code, stdout }).toEqual({ code: 141, stdout: '' });
  }, 60_000);

  test('closed from the start, an output is as good as /dev/null', async () => {
    expect(await inShell('greenlight --version >&-')).toMatchObject({ code: 0, stderr: '' });
    expect(await inShell('greenlight --version 2>&-')).toMatchObject({ code: 0 });
  }, 60_000);

  test('head gets its lines', async () => {
    const { stdout, stderr } = await inShell('greenlight --help | head -1');
    expect({ stdout, stderr }).toEqual({ stdout: 'Usage: greenlight [options] [command]\n', stderr: '' });
  }, 60_000);
});

test('a rehearsal whose reader has gone is stopped, and leaves no process', async () => {
  const folder = temporaryDirectory('reader');
  writeFileSync(join(folder, 'app.js'), 'setInterval(() => 0, 1000)');
  writeFileSync(
    join(folder, 'rehearsal.yaml'),
    'version: 1\napp: node app.js\nreleases: [{ name: v1, expect: created }]\n',
  );
  const { code, stdout, stderr } = await inShell('greenlight rehearse | head -1', {}, folder);
  expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
  expect(stdout).toMatch(/^Local AWS at .*\n$/);
  expect(processesOf(folder)).toEqual([]);
}, 120_000);

test('a full disk is reported as one', async () => {
  const { code, stderr } = await inShell('greenlight --help > /dev/full');
  expect(code).toBe(3);
  expect(stderr).toMatch(/^greenlight: standard output: ENOSPC: no space left on device.*\n$/);
}, 60_000);

test('a command that runs has the colours that its environment asks for', async () => {
  const wrong = 'greenlight rehearse --fast';
  expect((await inShell(wrong)).stderr).toBe("greenlight: unknown option '--fast'\n");
  expect((await inShell(wrong, { FORCE_COLOR: '1' })).stderr).toMatch(
    new RegExp(`^${ESC}\\[31mgreenlight:${ESC}\\[39m unknown`),
  );
}, 60_000);
