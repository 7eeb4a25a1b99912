import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary';

/** An app of two files, and what a run of it prints. */
function project(text: string) {
  const folder = temporaryDirectory('app');
  const assemblies = temporaryDirectory('assemblies');
  const write = (source: string) => writeFileSync(join(folder, 'text.ts'), source);
  write(`export const text: string = '${text}';`);
  writeFileSync(join(folder, 'app.ts'), `import { text } from './text'; console.log(text, __dirname);`);
  return {
    folder,
    write,
    kept: () => readdirSync(join(assemblies, 'compiled')).map((name) => join(assemblies, 'compiled', name)),
    run: () => {
      const args = ['--require', join(__dirname, 'typescript.cjs'), join(folder, 'app.ts')];
      const env = { ...process.env, SYNTHESIZED_ASSEMBLIES: assemblies };
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
      return { status, stdout, stderr };
    },
  };
}

test('an app runs where it is, and each of its files is compiled once', () => {
  const { folder, run, kept } = project('first');
  expect(run()).toMatchObject({ status: 0, stdout: `first ${folder}\n` });
  expect(kept()).toHaveLength(2);
  // What was kept is what runs the next time.
  for (const path of kept()) writeFileSync(path, readFileSync(path, 'utf8').replace('first', 'kept'));
  expect(run().stdout).toBe(`kept ${folder}\n`);
});

test('an edit counts from the next run on', () => {
  const { folder, run, write } = project('first');
  run();
  write(`export const text: string = 'second';`);
  expect(run().stdout).toBe(`second ${folder}\n`);
});

test('an app that does not compile fails, with the place', () => {
  const { run, write, kept } = project('first');
  write('export const text: string = ;');
  const { status, stderr } = run();
  expect(status).not.toBe(0);
  expect(stderr).toContain('text.ts');
  expect(kept().filter((path) => !readFileSync(path, 'utf8').includes('__dirname'))).toEqual([]);
});
