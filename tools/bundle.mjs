// Bundles what runs outside this package's own process: Lambda handlers and the preloads of the rehearsal's processes.
import { build } from 'esbuild';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'bundles');
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  absWorkingDir: root,
};

const handlers = readdirSync(join(root, 'lambda')).filter((name) =>
  existsSync(join(root, 'lambda', name, 'handler.ts')),
);
const preloadFolder = join(root, 'rehearsal', 'preload');
const preloads = existsSync(preloadFolder) ? readdirSync(preloadFolder).filter((name) => name.endsWith('.ts')) : [];

await Promise.all([
  ...handlers.map((name) =>
    build({
      ...common,
      entryPoints: [`lambda/${name}/handler.ts`],
      outfile: `bundles/${name}/index.js`,
      minify: true,
      keepNames: true,
      mainFields: ['module', 'main'],
    }),
  ),
  ...preloads.map((name) =>
    build({
      ...common,
      entryPoints: [`rehearsal/preload/${name}`],
      outfile: `bundles/preload/${name.replace(/\.ts$/, '.cjs')}`,
    }),
  ),
]);
