// Proves that the package works where people use it: packs it, installs it into an empty folder beside the example app
// in plain JavaScript, and rehearses a release there.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'greenlight-package-'));
const run = (file, args, cwd) => execFileSync(file, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] }).toString();

try {
  const packed = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root));
  cpSync(join(root, 'examples', 'plain-js'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const peers = ['aws-cdk-lib', 'constructs'].map((name) => `${name}@${devDependencies[name]}`);
  run(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, packed[0].filename), ...peers],
    folder,
  );
  const report = JSON.parse(run('npx', ['--no-install', 'greenlight', 'rehearse', '--json'], folder));
  for (const { name, outcome, requests } of report.releases) {
    console.log(`${name}: ${outcome}, ${requests.total} requests, ${requests.lost} lost`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
