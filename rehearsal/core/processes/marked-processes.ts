import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Every process of a rehearsal has its directory in this variable, and what it starts inherits it, in any session. */
const VARIABLE = 'GREENLIGHT_RUN';
/** Likewise what one step of a build started. */
const STEP_VARIABLE = 'GREENLIGHT_STEP';
/** A process may start another during the search. */
const ROUNDS_MAX = 20;

/** @param directory of the rehearsal */
export function processMark(directory: string): Record<string, string> {
  return { [VARIABLE]: directory };
}

/** @param id of the step */
export function stepMark(id: string): Record<string, string> {
  return { [STEP_VARIABLE]: id };
}

/** Ends all processes of a rehearsal but this one, at once. Those of other users cannot be read and stay. */
export function killMarked(directory: string): void {
  killProcesses(`${VARIABLE}=${directory}`);
}

/** Ends all processes of a step, those in a session of their own too. */
export function killStep(id: string): void {
  killProcesses(`${STEP_VARIABLE}=${id}`);
}

function killProcesses(mark: string): void {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = markedProcesses(mark);
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}

function markedProcesses(mark: string): number[] {
  const found = existsSync('/proc/self/environ') ? fromProc(mark) : fromPs(mark);
  return found.filter((pid) => pid !== process.pid);
}

function fromProc(mark: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => environmentOf(pid).split('\0').includes(mark)).map(Number);
}

/** Empty for a process that has ended, and for another user's. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

/** `e` shows the environment after the command: ps(1) of macOS and the BSDs. */
function fromPs(mark: string): number[] {
  try {
    const listing = execFileSync('ps', ['axeww', '-o', 'pid=,command='], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = listing.split('\n').filter((line) => line.split(/\s+/).includes(mark));
    return lines.map((line) => Number.parseInt(line, 10)).filter((pid) => pid > 1);
  } catch {
    // Windows has no ps.
    return [];
  }
}
