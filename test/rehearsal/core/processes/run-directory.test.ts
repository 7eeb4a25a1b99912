import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerLabel, noteEngine } from '../../../../rehearsal/core/processes/engine-containers';
import { processMark } from '../../../../rehearsal/core/processes/marked-processes';
import { RunDirectory, sweep } from '../../../../rehearsal/core/processes/run-directory';
import { temporaryDirectory } from '../../../support/temporary';
import { until } from '../../../support/until';
import { isAlive } from '../../../support/processes';

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

/** A rehearsal's directory in a temporary folder of the test's own. */
function directoryIn(parent: string, name: string, owner?: unknown): string {
  const path = join(parent, `greenlight-run-${name}`);
  mkdirSync(join(path, 'cdk.out'), { recursive: true });
  writeFileSync(join(path, 'cdk.out', 'file'), 'x');
  if (owner !== undefined) writeFileSync(join(path, 'owner.json'), JSON.stringify(owner));
  return path;
}

function started(script: string, environment: Record<string, string> = {}): ChildProcess {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn('/bin/sh', ['-c', script], { env, detached: true, stdio: 'ignore' });
  children.push(child);
  return child;
}

/** Undefined while there is nothing in the file. */
const written = (path: string) => (existsSync(path) && readFileSync(path, 'utf8')) || undefined;
const ended = (child: ChildProcess) => new Promise<unknown>((resolve) => child.once('exit', resolve));

async function deadPid(): Promise<number> {
  const child = started('exit 0');
  await ended(child);
  return child.pid as number;
}

test('what a killed rehearsal left goes with its processes, those in a session of their own too', async () => {
  const parent = temporaryDirectory('sweep');
  const path = directoryIn(parent, 'dead', { pid: await deadPid(), startedAt: 'boot 1' });
  // Its first process has gone, and what it started leads a session of its own.
  const script = `${process.execPath} -e "const it = require('child_process').spawn('sleep', ['300'], { detached: true,
    stdio: 'ignore' }); it.unref(); require('fs').writeFileSync('${parent}/escaped', '' + it.pid)"; sleep 300`;
  const child = started(script, processMark(path));
  const escaped = Number(await until('the process that escapes', () => written(join(parent, 'escaped'))));
  expect(isAlive(escaped)).toBe(true);
  const other = started('sleep 300', processMark(`${path}2`));
  sweep(parent);
  expect(existsSync(path)).toBe(false);
  await ended(child);
  await until('the process that escaped to end', () => !isAlive(escaped));
  expect(other.exitCode ?? other.signalCode).toBeNull();
});

test('containers that a killed rehearsal left are removed by the next one, those of others stay', async () => {
  const parent = temporaryDirectory('sweep');
  const path = directoryIn(parent, 'dead', { pid: await deadPid(), startedAt: 'boot 1' });
  const engine = join(parent, 'engine');
  const log = join(parent, 'log');
  writeFileSync(engine, `#!/bin/sh\necho "$@" >> '${log}'\n[ "$1" = ps ] && echo c0ffee c0de\nexit 0\n`, {
    mode: 0o755,
  });
  noteEngine(path, engine);
  sweep(parent);
  expect(existsSync(path)).toBe(false);
  expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual([
    `ps --all --quiet --filter label=${containerLabel(path)}`,
    'rm --force c0ffee c0de',
  ]);
});

test('a rehearsal whose engine is gone is removed all the same', async () => {
  const parent = temporaryDirectory('sweep');
  const path = directoryIn(parent, 'dead', { pid: await deadPid(), startedAt: 'boot 1' });
  noteEngine(path, join(parent, 'no-such-engine'));
  const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
  sweep(parent);
  expect(existsSync(path)).toBe(false);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('could not be removed'));
  warn.mockRestore();
});

test("a living rehearsal's directory stays, also when the next one checks it", () => {
  const mine = new RunDirectory();
  writeFileSync(join(mine.path, 'file'), 'x');
  const next = new RunDirectory();
  expect(existsSync(join(mine.path, 'file'))).toBe(true);
  mine.end();
  mine.end();
  next.end();
  expect([existsSync(mine.path), existsSync(next.path)]).toEqual([false, false]);
});

test('a process id that another process has by now does not keep a directory', () => {
  const parent = temporaryDirectory('reused');
  const path = directoryIn(parent, 'reused', { pid: process.pid, startedAt: 'another boot 1' });
  sweep(parent);
  expect(existsSync(path)).toBe(false);
});

test('what is no directory of a rehearsal is never touched: links, other names, other files, a maker at work', async () => {
  const parent = temporaryDirectory('kept');
  const owner = { pid: await deadPid(), startedAt: 'boot 1' };
  const target = directoryIn(join(parent, 'elsewhere'), 'target', owner);
  const link = join(parent, 'greenlight-run-link');
  symlinkSync(target, link);
  const foreign = join(parent, 'project');
  mkdirSync(foreign);
  writeFileSync(join(foreign, 'owner.json'), JSON.stringify(owner));
  const linked = directoryIn(parent, 'linked');
  symlinkSync(join(foreign, 'owner.json'), join(linked, 'owner.json'));
  const unreadable = directoryIn(parent, 'unreadable', 'no record');
  const withoutRecord = directoryIn(parent, 'without');
  const fresh = join(parent, 'greenlight-run-fresh');
  mkdirSync(fresh);
  sweep(parent);
  for (const path of [target, link, foreign, linked, unreadable, withoutRecord, fresh]) {
    expect({ path, exists: existsSync(path) }).toEqual({ path, exists: true });
  }
});

test('an empty one whose maker was killed before it wrote its record goes after a minute', () => {
  const parent = temporaryDirectory('empty');
  const path = join(parent, 'greenlight-run-empty');
  mkdirSync(path);
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(path, longAgo, longAgo);
  sweep(parent);
  expect(existsSync(path)).toBe(false);
});

test('a temporary folder that is missing sweeps nothing', () => {
  expect(() => sweep(join(temporaryDirectory('none'), 'missing'))).not.toThrow();
});
