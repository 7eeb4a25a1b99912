import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * The folder of a handler's bundle. The installed construct package carries it in `bundles/`; a checkout, which has the sources,
 * builds it from them.
 *
 * @throws Error when the package is incomplete, or a checkout's sources cannot be bundled
 */
export function bundleFolder(name: 'gate' | 'release' | 'live-route', from = __dirname): string {
  return existing(join(bundlesOf(packageRoot(from)), name), 'index.js');
}

/**
 * The file that a process of the rehearsal is started with, or that it loads first. The installed command line carries it.
 *
 * @throws Error as `bundleFolder` does
 */
export function preloadFile(
  name: 'aws-sdk' | 'docker' | 'lambda-runtime' | 'namespace' | 'process' | 'task',
  from = __dirname,
): string {
  const file = `${name}.cjs`;
  return join(existing(join(bundlesOf(packageRoot(from)), 'preload'), file), file);
}

function existing(folder: string, file: string): string {
  if (existsSync(join(folder, file))) return folder;
  throw new Error(`${join(folder, file)} is missing: the package is not installed whole, install it again`);
}

function packageRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  throw new Error(`there is no package.json above ${from}: the package is not installed whole, install it again`);
}

/** Per root, for the life of this process: an edit counts from the next command on. */
const found = new Map<string, string>();

function bundlesOf(root: string): string {
  const known = found.get(root);
  if (known !== undefined) return known;
  const folder = existsSync(join(root, BUNDLER)) ? builtFrom(root) : join(root, 'bundles');
  found.set(root, folder);
  return folder;
}

const BUNDLER = join('tools', 'bundle.mjs');
/** What bundles are made of: every file below these paths, and the versions of all packages. */
const SOURCES = [
  ...['lambda', 'smoke', 'aws', 'common'],
  ...[join('rehearsal', 'preload'), join('rehearsal', 'core', 'clock')],
  ...[BUNDLER, 'package-lock.json'],
];

/**
 * Bundles lie in a folder that is named by the content of their sources, so they are never stale, and one that exists is
 * never changed while another process reads it.
 */
function builtFrom(root: string): string {
  const cache = join(root, 'node_modules', '.cache', 'cdk-greenlight');
  const folder = join(cache, digestOf(root));
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  removeOld(cache);
  const building = mkdtempSync(join(cache, 'building-'));
  try {
    bundle(root, building);
    renameSync(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    // Another process was faster, with the same content.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function bundle(root: string, folder: string): void {
  try {
    execFileSync(process.execPath, [join(root, BUNDLER), folder], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
  } catch (error) {
    const message = String((error as { stderr?: Buffer }).stderr ?? '').trim() || (error as Error).message;
    throw new Error(`the Lambda handlers cannot be bundled from the sources in ${root}: ${message}`);
  }
}

function digestOf(root: string): string {
  const hash = createHash('sha256').update(process.version.split('.')[0] ?? '');
  for (const path of SOURCES.flatMap((source) => filesBelow(join(root, source))).sort()) {
    hash.update(`\0${relative(root, path).replaceAll(sep, '/')}\0`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 32);
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}

/** How long bundles of other sources are kept: longer than any process may still read them. */
const KEPT_MS = 86_400_000;

function removeOld(cache: string): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    // What another process removes in the same moment needs no removal.
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
