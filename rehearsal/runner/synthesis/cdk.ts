import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Watchdog } from '../../core/processes/watchdog';

export interface CdkOptions {
  /** Each line that the CLI prints, on either stream. */
  readonly onLine?: (line: string) => void;
  /** Ends the CLI and everything that it started. */
  readonly signal?: AbortSignal;
  /** Where `cdk.json` is. */
  readonly cwd?: string;
  /** Whether everything else on the machine goes first. */
  readonly background?: boolean;
}

export interface CdkResult {
  /** 1 when a signal ended it. */
  readonly exitCode: number;
  /** Both streams, in the order of arrival. */
  readonly output: string;
}

/**
 * The CDK CLI of the app in a folder, as `npx cdk` would find it there; else the one that came with this package. Only version 2 of
 * it reads what aws-cdk-lib 2 writes.
 */
export function cdkProgram(directory: string): string {
  return cliSeenFrom(resolve(directory)) ?? join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');
}

function cliSeenFrom(directory: string): string | undefined {
  try {
    const manifest = createRequire(join(directory, 'package.json')).resolve('aws-cdk/package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return version.startsWith('2.') ? join(dirname(manifest), 'bin', 'cdk') : undefined;
  } catch {
    return undefined;
  }
}

/** Real milliseconds between asking a CLI to end and ending it. */
const GRACE_MS = 2_000;

/**
 * Runs the AWS CDK CLI (`cdkProgram`), without prompts: `runCdk(['deploy', 'Greenlight'], environment)`.
 * @throws the signal's reason, once nothing of it runs any more
 */
export function runCdk(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { onLine = () => undefined, signal, cwd = process.cwd(), background = false }: CdkOptions = {},
): Promise<CdkResult> {
  if (signal?.aborted) return Promise.reject(signal.reason as Error);
  const unattended = args[0] === 'deploy' ? ['--require-approval', 'never', '--progress', 'events'] : [];
  const program = [cdkProgram(cwd), ...args, ...unattended, '--no-notices', '--no-color'];
  const child = spawn(process.execPath, program, {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: the CLI starts the app and docker, and all must end with it.
    detached: process.platform !== 'win32',
  });
  if (background) yieldTo(child);
  const watchdog = new Watchdog();
  if (child.pid !== undefined) watchdog.guard(child.pid);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      onLine(line);
    });
  }
  return finished(child, signal)
    .finally(() => {
      if (child.pid !== undefined) watchdog.release(child.pid);
      watchdog.stop();
    })
    .then((exitCode) => ({ exitCode, output: lines.join('\n') }));
}

/** What the child starts inherits its priority. */
function yieldTo({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not let us: it runs as everything else does.
  }
}

function finished(child: ChildProcess, signal: AbortSignal | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    let force: NodeJS.Timeout | undefined;
    const abort = () => {
      kill(child, 'SIGTERM');
      force = setTimeout(() => kill(child, 'SIGKILL'), GRACE_MS);
    };
    signal?.addEventListener('abort', abort, { once: true });
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(force);
      signal?.removeEventListener('abort', abort);
      // What the CLI started may outlive it.
      kill(child, 'SIGKILL');
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve(code ?? 1);
    });
  });
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    // The group has ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
