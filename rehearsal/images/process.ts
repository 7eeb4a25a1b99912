/** Runs a build step: a process group of its own, whose output is kept for the error that it may end in. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { killStep, stepMark } from '../core/processes/marked-processes';
import { Watchdog } from '../core/processes/watchdog';

export interface StepProcess {
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface StepResult {
  readonly exitCode: number;
  /** The last of both streams. */
  readonly output: string;
}

const OUTPUT_LENGTH_MAX = 8_192;

/** @throws the signal's reason */
export function runProcess({ command, directory, environment, signal }: StepProcess): Promise<StepResult> {
  const [program = '', ...args] = command;
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  const id = randomUUID();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: directory,
      env: { ...environment, ...stepMark(id) },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const watchdog = new Watchdog();
    if (child.pid) watchdog.guard(child.pid);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output = (output + text).slice(-OUTPUT_LENGTH_MAX);
      });
    }
    const end = () => {
      killGroup(child.pid);
      killStep(id);
    };
    signal.addEventListener('abort', end, { once: true });
    child.once('error', reject);
    // What a step leaves running ends with it, as in a container.
    child.once('exit', end);
    child.once('close', (code) => {
      signal.removeEventListener('abort', end);
      if (child.pid) watchdog.release(child.pid);
      watchdog.stop();
      if (signal.aborted) reject(signal.reason as Error);
      else resolve({ exitCode: code ?? 1, output: output.trim() });
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (!pid) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}
