import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import prettier from 'prettier';
import ts from 'typescript';
import type { Assembly } from './api-assembly';
import { renderPage } from './api-page';

/**
 * Compiles `lib/` with jsii, which refuses what other languages could not have, and writes the reference from what it
 * found: `tsx tools/api-reference.ts [folder]` leaves api.md there, by default docs/api.md, and next to it, in a folder
 * of your own, jsii's assembly.
 */

const root = join(__dirname, '..');
const ENTRY = 'lib/index.ts';

/** What `path` reaches by relative imports and nothing else: a handler and its SDK clients are no part of the API. */
function sourcesOf(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, path), 'utf8'));
  for (const { fileName } of importedFiles.filter((each) => each.fileName.startsWith('.'))) {
    const target = posix.join(posix.dirname(path), fileName);
    const file = [`${target}.ts`, `${target}/index.ts`].find((each) => existsSync(join(root, each)));
    if (!file) throw new Error(`${path}: imports ${fileName}, which is not there`);
    sourcesOf(file, found);
  }
  return found;
}

/** jsii wants a package laid out for it: it gets a copy, so that ours need not be. */
function layOut(folder: string): void {
  for (const path of sourcesOf(ENTRY)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    copyFileSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest()));
}

interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly license: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

function manifest(): object {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const peers = Object.fromEntries(['aws-cdk-lib', 'constructs'].map((name) => [name, own.devDependencies[name]]));
  return {
    name: own.name,
    version: '0.0.0',
    description: own.description,
    license: own.license,
    author: { name: own.name },
    repository: { type: 'git', url: `https://example.com/${own.name}.git` },
    main: 'dist/lib/index.js',
    types: 'dist/lib/index.d.ts',
    jsii: { targets: {}, tsc: { outDir: 'dist', rootDir: '.' } },
    peerDependencies: peers,
    devDependencies: peers,
  };
}

/** @throws Error with jsii's own words when the API is not fit for it */
function compile(folder: string): Assembly {
  const jsii = join(root, 'node_modules/jsii/bin/jsii');
  if (!existsSync(jsii)) throw new Error('jsii is not installed: run `npm ci`');
  const { status, stdout, stderr } = spawnSync(process.execPath, [jsii, '--silence-warnings=reserved-word'], {
    cwd: folder,
    encoding: 'utf8',
    // It says at length that it prefers a newer Node.
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true' },
  });
  if (status !== 0) throw new Error(`jsii does not take the API:\n${stdout}${stderr}`);
  return JSON.parse(readFileSync(join(folder, '.jsii'), 'utf8')) as Assembly;
}

async function main(target?: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-api-'));
  try {
    layOut(folder);
    const assembly = compile(folder);
    const page = join(target ?? join(root, 'docs'), 'api.md');
    const options = await prettier.resolveConfig(join(root, 'docs/api.md'));
    writeFileSync(page, await prettier.format(renderPage(assembly), { ...options, parser: 'markdown' }));
    if (target) writeFileSync(join(target, 'assembly.json'), JSON.stringify(assembly));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
