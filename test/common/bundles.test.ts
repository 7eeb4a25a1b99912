import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFolder, preloadFile } from '../../common/bundles';
import { temporaryDirectory } from '../support/temporary';

const ROOT = join(__dirname, '../..');
const run = promisify(execFile);

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('the installed package', () => {
  test.each(['dist/common', 'dist/rehearsal'])('carries its bundles, which are found from %s', (from) => {
    const root = temporaryDirectory('package');
    for (const path of ['package.json', 'bundles/gate/index.js', 'bundles/preload/task.cjs', `${from}/x.js`]) {
      write(root, path, '{}');
    }
    expect(bundleFolder('gate', join(root, from))).toBe(join(root, 'bundles', 'gate'));
    expect(preloadFile('task', join(root, from))).toBe(join(root, 'bundles', 'preload', 'task.cjs'));
  });

  test('says how to repair an incomplete installation', () => {
    const root = temporaryDirectory('package');
    write(root, 'package.json', '{}');
    expect(() => bundleFolder('gate', root)).toThrow(/gate\/index.js is missing: .*not installed whole, install it/);
    expect(() => preloadFile('task', root)).toThrow(/preload\/task.cjs is missing: .*install it again/);
  });
});

describe('a checkout in which nothing was built', () => {
  /** A checkout with one handler and one preload, and this repository's bundler and packages. */
  function checkout(): string {
    const root = temporaryDirectory('checkout');
    write(root, 'package.json', '{}');
    write(root, 'package-lock.json', '{}');
    write(root, 'lambda/gate/handler.ts', `import { word } from './word'; export const handler = () => word;`);
    write(root, 'lambda/gate/word.ts', `export const word = 'first';`);
    for (const room of ['smoke', 'aws', 'common']) write(root, `${room}/index.ts`, `export const room = '${room}';`);
    write(
      root,
      'rehearsal/preload/task.ts',
      `export const preload = 'first preload'; export * from '../core/clock/reading';`,
    );
    write(root, 'rehearsal/core/clock/reading.ts', `export const clock = 'first clock';`);
    cpSync(join(ROOT, 'tools/bundle.mjs'), join(root, 'tools/bundle.mjs'));
    mkdirSync(join(root, 'node_modules'));
    for (const name of ['esbuild', '@esbuild']) {
      symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
    }
    return root;
  }

  /** As one command after another would: what a process has found, it keeps. */
  async function bundled(root: string, call = `bundleFolder('gate', root) + '/index.js'`): Promise<string> {
    const program = `
      const { bundleFolder, preloadFile } = require(${JSON.stringify(join(ROOT, 'common/bundles.ts'))});
      const root = ${JSON.stringify(root)};
      process.stdout.write(${call});`;
    const args = ['--require', require.resolve('tsx/cjs'), '-e', program];
    const { stdout } = await run(process.execPath, args, { cwd: ROOT });
    return readFileSync(stdout, 'utf8');
  }

  test('gets its bundles at the first command, and new ones after every edit of a source, in whatever file', async () => {
    const root = checkout();
    expect(await bundled(root)).toContain('first');
    write(root, 'lambda/gate/word.ts', `export const word = 'second';`);
    expect(await bundled(root)).toContain('second');
    write(root, 'smoke/late/more.ts', `export const more = 'new file';`);
    write(root, 'lambda/gate/word.ts', `export const word = () => import('../../smoke/late/more');`);
    expect(await bundled(root, `bundleFolder('gate', root) + '/more.js'`)).toContain('new file');
    write(
      root,
      'rehearsal/preload/task.ts',
      `export const preload = 'second preload'; export * from '../core/clock/reading';`,
    );
    expect(await bundled(root, `preloadFile('task', root)`)).toContain('second preload');
    write(root, 'rehearsal/core/clock/reading.ts', `export const clock = 'second clock';`);
    expect(await bundled(root, `preloadFile('task', root)`)).toContain('second clock');
    // Back again: the bundle of these sources exists still.
    write(root, 'lambda/gate/word.ts', `export const word = 'first';`);
    expect(await bundled(root)).toContain('first');
    expect(existsSync(join(root, 'bundles'))).toBe(false);
  }, 60_000);

  test('builds once for commands that start at the same time, and leaves nothing half built', async () => {
    const root = checkout();
    const texts = await Promise.all(Array.from({ length: 4 }, () => bundled(root)));
    expect(new Set(texts).size).toBe(1);
    expect(readdirSync(join(root, 'node_modules/.cache/cdk-greenlight'))).toHaveLength(1);
  }, 60_000);

  test('names file and line of a source that cannot be bundled', async () => {
    const root = checkout();
    write(root, 'lambda/gate/word.ts', `export const word = ;`);
    await expect(bundled(root)).rejects.toThrow(/cannot be bundled from the sources[^]*lambda\/gate\/word\.ts:1:20/);
    expect(readdirSync(join(root, 'node_modules/.cache/cdk-greenlight'))).toEqual([]);
  }, 60_000);
});
