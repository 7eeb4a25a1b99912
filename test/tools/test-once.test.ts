import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/temporary';

const SCRIPT = join(__dirname, '../../tools/test-once.mjs');

/** A repository with one commit, and an `npm` that ends with a code of its own. */
function repository() {
  const folder = temporaryDirectory('test-once');
  const [tree, bin] = [join(folder, 'tree'), join(folder, 'bin')];
  for (const each of [tree, bin]) mkdirSync(each);
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "npm $*"\nexit 7\n');
  chmodSync(join(bin, 'npm'), 0o755);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: tree, encoding: 'utf8' }).trim();
  git('init', '--quiet');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--allow-empty', '-m', 'one');
  const run = (tested?: string) => {
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, GREENLIGHT_TESTED: tested };
    const { status, stdout } = spawnSync(process.execPath, [SCRIPT], { cwd: tree, env, encoding: 'utf8' });
    return { status, stdout: stdout.trim() };
  };
  return { tree, head: git('rev-parse', 'HEAD'), run };
}

const RUN = { status: 7, stdout: 'npm test' };

test('npm test is left out only where it passed on exactly this commit', () => {
  const { head, run } = repository();
  expect(run(head)).toEqual({
    status: 0,
    stdout: expect.stringContaining(`passed on commit ${head} already`) as string,
  });
  expect(run()).toEqual(RUN);
  expect(run('')).toEqual(RUN);
  expect(run(head.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).toEqual(RUN);
});

test('what has changed since is tested', () => {
  const { tree, head, run } = repository();
  writeFileSync(join(tree, 'new.txt'), '');
  expect(run(head)).toEqual(RUN);
});
