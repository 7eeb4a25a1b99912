import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineProblemIn, machineProblemOf } from '../../../rehearsal/core/machine-problem';

const systemError = (code: string, path?: string) => Object.assign(new Error(code), { code, path, syscall: 'write' });

test.each([
  ['ENOSPC', 'the disk is full', 'free some space, or set TMPDIR'],
  ['EDQUOT', 'your disk quota is used up', 'free some space, or set TMPDIR'],
  ['EMFILE', 'too many files are open', 'ulimit -n 4096'],
  ['ENFILE', "the machine's table of open files is full", 'end other programs'],
  ['ENOMEM', 'the machine has no memory left', 'end other programs'],
  ['EROFS', 'the file system is read-only', 'set TMPDIR'],
])('%s is reported as what it is, with path and remedy', (code, what, remedy) => {
  const message = machineProblemOf(systemError(code, '/tmp/x'))?.message;
  expect(message).toContain(`${what} (${code}, /tmp/x): `);
  expect(message).toContain(remedy);
  expect(machineProblemOf(systemError(code))?.message).toContain(`(${code}, ${tmpdir()})`);
});

test.each(['ENOENT', 'EACCES', 'ECONNREFUSED'])('%s by itself is no problem of the machine', (code) => {
  expect(machineProblemOf(systemError(code, '/tmp/x'))).toBeUndefined();
});

test.each([undefined, 'text', new Error('ENOSPC'), null])('%p is none', (error) => {
  expect(machineProblemOf(error)).toBeUndefined();
});

test('a temporary folder that does not exist is named, with the variable to set', () => {
  let error: unknown;
  try {
    mkdtempSync(join(tmpdir(), 'missing', 'x'));
  } catch (thrown) {
    error = thrown;
  }
  expect(machineProblemOf(error)?.message).toBe(
    `the temporary folder ${tmpdir()} does not exist: set TMPDIR to a folder that you can write to`,
  );
});

test.each([
  ["Error: ENOSPC: no space left on device, write '/out/a b.json'", 'ENOSPC, /out/a b.json'],
  ['tar: /srv/x: Cannot write: No space left on device', 'ENOSPC, /srv/x'],
  ["cp: error writing '/a/b': Disk quota exceeded", 'EDQUOT, /a/b'],
  ["Error: EMFILE: too many open files, open '/a/b'", 'EMFILE, /a/b'],
  ['sh: Too many open files in system', `ENFILE, ${tmpdir()}`],
  ['fork: Cannot allocate memory', `ENOMEM, ${tmpdir()}`],
  ["Error: EROFS: read-only file system, mkdir '/a'", 'EROFS'],
])('in the output of a program: %s', (line, shown) => {
  expect(machineProblemIn(`Bundling\n${line}\n    at main`)?.message).toContain(`(${shown}`);
});

test('an output without such a line is the own error of the program', () => {
  expect(machineProblemIn('TypeError: x is not a function\nSubprocess exited with error 1')).toBeUndefined();
});
