// Builds what `npm pack --workspace cli` packs: the `greenlight` command with the preloads of a rehearsal, and the JSON Schemas of
// the files that it reads and writes.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePreloads } from './bundle.mjs';
import { writeLicenses } from './third-party.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cli = join(root, 'cli');

/** @throws Error with the words of tsc when the sources do not compile */
function compile() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.cli.json')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the command line does not compile:\n${stdout}`);
  chmodSync(join(cli, 'dist', 'bin', 'greenlight.js'), 0o755);
}

function copyDocuments() {
  mkdirSync(join(cli, 'docs'));
  for (const name of readdirSync(join(root, 'docs')).filter((each) => each.endsWith('.schema.json'))) {
    copyFileSync(join(root, 'docs', name), join(cli, 'docs', name));
  }
  copyFileSync(join(root, 'LICENSE'), join(cli, 'LICENSE'));
}

for (const name of ['dist', 'bundles', 'docs']) rmSync(join(cli, name), { recursive: true, force: true });
const bundled = await bundlePreloads(join(cli, 'bundles'));
compile();
copyDocuments();
writeLicenses(join(cli, 'THIRD-PARTY-LICENSES'), bundled);
