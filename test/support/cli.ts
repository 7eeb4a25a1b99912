import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { processesOf, type RunningProcess } from './processes';
import { temporaryDirectory } from './temporary';
import type { RehearsalReport } from '../../rehearsal/runner/report/document';
import { until } from './until';

export const ROOT = join(__dirname, '..', '..');

export interface CliEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Default: an empty directory. */
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Then it is killed, wall milliseconds. Default 560,000. */
  readonly limitMs?: number;
}

/** What a person has in the shell and a rehearsal must not touch: one use of it and the rehearsal fails. */
const personal = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_PROFILE: 'production',
  AWS_REGION: 'eu-central-1',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
};

const started: ChildProcess[] = [];
// Of a test that failed in between.
afterAll(() => started.forEach((child) => child.kill('SIGKILL')));

/** `greenlight <args>` as a process of its own, whose every child and file can be distinguished from all others. */
export class Cli {
  stdout = '';
  stderr = '';
  readonly ended: Promise<CliEnd>;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Everything that it starts has this path in its environment or works in it. */
  private readonly root = temporaryDirectory('cli');
  /** Its TMPDIR. */
  readonly temporary = join(this.root, 'tmp');
  private over = false;

  constructor(args: readonly string[], options: CliOptions = {}) {
    mkdirSync(this.temporary);
    const program = ['--require', require.resolve('tsx/cjs'), join(ROOT, 'bin', 'greenlight.ts'), ...args];
    this.child = spawn(process.execPath, program, {
      cwd: options.cwd ?? this.root,
      env: { ...process.env, ...personal, TMPDIR: this.temporary, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(this.child);
    this.child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = this.end(options.limitMs ?? 560_000);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** The first match in what it printed, as soon as there is one. @throws Error when it ended without */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    const shown = () => `stdout:\n${this.stdout}\nstderr:\n${this.stderr}`;
    return until(
      `the command line to print ${pattern}`,
      () => {
        const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
        if (!found && this.over) throw new Error(`it ended without printing ${pattern}\n${shown()}`);
        return found;
      },
      { limitMs: 180_000, state: shown },
    );
  }

  /** All that it started and itself. */
  processes(): readonly RunningProcess[] {
    return processesOf(this.root);
  }

  /** Paths of temporary files and directories that are there now. The TypeScript loader's cache is the test's own. */
  files(): readonly string[] {
    const names = readdirSync(this.temporary, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => !name.startsWith('tsx-'));
  }

  private async end(limitMs: number): Promise<CliEnd> {
    const limit = setTimeout(() => this.child.kill('SIGKILL'), limitMs);
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, name) => resolve([code, name]));
    });
    clearTimeout(limit);
    this.over = true;
    return { exitCode, signal, stdout: this.stdout, stderr: this.stderr };
  }
}

/** Runs `greenlight <args>` to its end. */
export function runCli(args: readonly string[], options?: CliOptions): Promise<CliEnd> {
  return new Cli(args, options).ended;
}

/**
 * The report that `greenlight rehearse --json` printed.
 * @throws Error with all that it printed when that is no document
 */
export function reportOf({ stdout, stderr, exitCode, signal }: CliEnd): RehearsalReport {
  try {
    return JSON.parse(stdout) as RehearsalReport;
  } catch {
    throw new Error(`no report (exit code ${exitCode}, signal ${signal})\nstdout:\n${stdout}\nstderr:\n${stderr}`);
  }
}
