import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a stranger has: this repository's last commit, and a shell. Nothing of the checkout that the tests run in. */
const ROOT = join(__dirname, '../..');

export interface CommandEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Standard output and error, as they came. */
  readonly output: string;
  readonly seconds: number;
}

/** Of one test: an installation and a whole rehearsal, on a slow machine. */
jest.setTimeout(1_800_000);

/** The lines of README's shell blocks. */
export function readmeCommands(): readonly string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  return [...readme.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));
}

/** An empty folder. It goes with the run's own directory. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'stranger-'));
}

/** A clone of the last commit in an empty folder: no packages, nothing built. */
export function clone(): string {
  const folder = join(emptyFolder(), 'cdk-greenlight');
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', ROOT, folder]);
  return folder;
}

/**
 * Runs one line of a shell in a folder, as typed into a new terminal of somebody who has no AWS account: without the
 * settings that npm and the test runner leave in the environment, with an npm cache that all strangers of a run share.
 */
export function shell(line: string, cwd: string, environment: Record<string, string> = {}): Promise<CommandEnd> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|AWS_|CDK_|JEST_|NODE_|INIT_CWD)/i.test(name),
  );
  const cache = join(tmpdir(), 'npm-cache');
  mkdirSync(cache, { recursive: true });
  const startMs = performance.now();
  const child = spawn('bash', ['-c', line], {
    cwd,
    env: {
      ...Object.fromEntries(inherited),
      npm_config_cache: cache,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(cache, 'none'),
      AWS_SHARED_CREDENTIALS_FILE: join(cache, 'none'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += String(chunk);
    output += String(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => void (output += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => {
      resolve({ exitCode, stdout, output, seconds: Math.round((performance.now() - startMs) / 1000) });
    });
  });
}

/** The same, of a command that must succeed. @throws Error with all that it printed */
export async function succeed(line: string, cwd: string, environment?: Record<string, string>): Promise<CommandEnd> {
  const end = await shell(line, cwd, environment);
  if (end.exitCode !== 0) throw new Error(`${line} ended with ${end.exitCode} after ${end.seconds} s:\n${end.output}`);
  return end;
}

/** Keeps a measured figure for the end of `.ci/run`. Figures are printed, never asserted. */
export function figure(text: string): void {
  mkdirSync(join(ROOT, 'coverage'), { recursive: true });
  appendFileSync(join(ROOT, 'coverage', 'figures.txt'), `${text}\n`);
}
