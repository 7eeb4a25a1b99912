/** Containers as local processes: each leads a process group of its own, and none outlives the rehearsal. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Watchdog } from '../../../core/processes/watchdog';

export interface ContainerSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly directory: string;
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** A command to run once the process is gone. */
  readonly cleanup?: readonly string[];
}

export interface RunningContainer {
  /** Id of its process group; undefined when the command could not be started. */
  readonly group: number | undefined;
  /** Rejects when the command cannot be started. */
  readonly started: Promise<void>;
  /** Resolves with the exit code once the process and all that it started are gone; 128 + n for signal n. */
  readonly exited: Promise<number>;
  signal(name: NodeJS.Signals): void;
}

export interface ContainerRuntime {
  start(spec: ContainerSpec): RunningContainer;
  /** Ends every container at once. May be called twice. */
  stop(): Promise<void>;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGTERM: 15,
  SIGKILL: 9,
  SIGINT: 2,
  SIGSEGV: 11,
  SIGABRT: 6,
};

/** https://docs.docker.com/reference/cli/docker/container/run/#exit-status */
const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null) =>
  code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0);

export class LocalProcesses implements ContainerRuntime {
  private readonly watchdog = new Watchdog();
  private readonly running = new Map<ChildProcess, Promise<number>>();

  start(spec: ContainerSpec): RunningContainer {
    const [program = '', ...args] = spec.command;
    const child = spawn(program, args, {
      cwd: spec.directory,
      env: { ...spec.environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid) this.watchdog.guard(child.pid);
    eachLine(child.stdout, spec.onLine);
    eachLine(child.stderr, spec.onLine);
    const started = new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    started.catch(() => undefined);
    const exited = this.whenGone(child).then((exitCode) => cleanUp(spec).then(() => exitCode));
    this.running.set(child, exited);
    return { group: child.pid, started, exited, signal: (name) => this.signal(child, name) };
  }

  async stop(): Promise<void> {
    for (const child of this.running.keys()) this.signal(child, 'SIGKILL');
    await Promise.all(this.running.values());
    this.watchdog.stop();
  }

  /** Not to one that is gone: its id may be another's by now. */
  private signal(child: ChildProcess, name: NodeJS.Signals): void {
    if (child.exitCode === null && child.signalCode === null) signalGroup(child, name);
  }

  private whenGone(child: ChildProcess): Promise<number> {
    return new Promise((resolve) => {
      // What a container's first process leaves behind ends with it, as in a PID namespace.
      child.once('exit', () => signalGroup(child, 'SIGKILL'));
      child.once('error', () => finish(127));
      child.once('close', (code, signal) => finish(exitCodeOf(code, signal)));
      const finish = (exitCode: number) => {
        if (child.pid) this.watchdog.release(child.pid);
        this.running.delete(child);
        resolve(exitCode);
      };
    });
  }
}

/** Never rejects: what is to be removed may be gone. */
function cleanUp({ cleanup, environment }: ContainerSpec): Promise<void> {
  const [program, ...args] = cleanup ?? [];
  if (program === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...environment }, stdio: 'ignore' });
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}

/** The whole group; its id is its leader's, and is not used again while a member is left. */
function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (!child.pid) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/** Docker splits longer lines: https://docs.docker.com/engine/logging/drivers/awslogs/ (16 KiB). */
const LINE_LENGTH_MAX = 16_384;

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
    while (rest.length > LINE_LENGTH_MAX) {
      onLine(rest.slice(0, LINE_LENGTH_MAX));
      rest = rest.slice(LINE_LENGTH_MAX);
    }
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}
