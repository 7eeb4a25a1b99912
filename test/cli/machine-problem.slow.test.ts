import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../support/cli';
import { temporaryDirectory } from '../support/temporary';

const PLAN = 'version: 1\nstack: Shop\nreleases:\n  - { name: v1, expect: created }\n';

/** A project whose CDK app is this program. */
function project(app: string): string {
  const folder = temporaryDirectory('project');
  writeFileSync(join(folder, 'rehearsal.yaml'), PLAN);
  writeFileSync(join(folder, 'app.js'), app);
  writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: `${process.execPath} app.js` }));
  return folder;
}

const rehearse = (cwd: string, environment: Record<string, string>) => runCli(['rehearse'], { cwd, environment });

/** Fails as the file system would, for those paths: mounting a full one needs rights that users do not have. */
function failing(folder: string, code: string, path: RegExp): Record<string, string> {
  const script = join(folder, 'fail.cjs');
  writeFileSync(
    script,
    `const fs = require('node:fs');
     for (const [of, name] of [[fs, 'writeFileSync'], [fs, 'writeSync'], [fs.promises, 'writeFile'], [fs, 'mkdirSync'], [fs.promises, 'mkdir']]) {
       const real = of[name];
       of[name] = (path, ...rest) => {
         if (!${String(path)}.test(String(path))) return real(path, ...rest);
         const error = Object.assign(new Error('${code}: injected'), { code: '${code}', path: String(path), syscall: 'write' });
         if (of === fs) throw error;
         return Promise.reject(error);
       };
     }
     require('node:module').syncBuiltinESMExports();`,
  );
  return { NODE_OPTIONS: `--require ${script}` };
}

test('a disk that is full as the local AWS starts is reported as full, and nothing is left on it', async () => {
  const folder = project('');
  const temporary = temporaryDirectory('full');
  const environment = { ...failing(folder, 'ENOSPC', /owner\.json$/), TMPDIR: temporary };
  const { exitCode, stderr } = await rehearse(folder, environment);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(
      /^greenlight: the disk is full \(ENOSPC, .*owner\.json\): free some space, or set TMPDIR/,
    ) as string,
  });
  expect(readdirSync(temporary).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
}, 60_000);

test.each([
  ["ENOSPC: no space left on device, write '/build/asset.zip'", 'the disk is full (ENOSPC, /build/asset.zip): '],
  ["EDQUOT: disk quota exceeded, open '/build/asset.zip'", 'your disk quota is used up (EDQUOT, /build/asset.zip): '],
  ["EMFILE: too many open files, open '/build/a'", 'too many files are open (EMFILE, /build/a): '],
])(
  'a CDK app that ends with %s is not blamed for it',
  async (line, shown) => {
    const folder = project(`console.error(${JSON.stringify(`Error: ${line}`)}); process.exit(1);`);
    const { exitCode, stderr } = await rehearse(folder, {});
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(`greenlight: ${shown}`) as string,
    });
    expect(stderr).not.toContain('does not synthesize');
  },
  60_000,
);
