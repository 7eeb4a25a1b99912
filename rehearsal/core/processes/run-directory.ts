import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { removeContainers } from './engine-containers';
import { killMarked } from './marked-processes';

const PREFIX = 'greenlight-run-';
const OWNER = 'owner.json';
/** A directory without its record is being made, or was when its maker was killed. */
const UNOWNED_MS_MAX = 60_000;

/** The process that a directory belongs to. Process ids are used again, so the time of its start is part of it. */
interface Owner {
  readonly pid: number;
  readonly startedAt: string;
}

/** A temporary directory of this process. It goes with the process, and at the latest when the next one is made. */
export class RunDirectory {
  readonly path: string;
  private readonly atExit = () => this.end();

  /** @throws Error of the file system, when there is no place for it */
  constructor() {
    sweep();
    this.path = mkdtempSync(join(tmpdir(), PREFIX));
    const owner: Owner = { pid: process.pid, startedAt: startOf(process.pid) ?? '' };
    try {
      writeFileSync(join(this.path, OWNER), JSON.stringify(owner), { mode: 0o600 });
    } catch (error) {
      remove(this.path);
      throw error;
    }
    process.once('exit', this.atExit);
  }

  /** Ends every process and container that was started with its mark, and removes it. May be called twice. */
  end(): void {
    process.off('exit', this.atExit);
    clear(this.path);
  }
}

/** A folder of it for the temporary files of functions and tasks. @param directory of the rehearsal */
export function temporaryFolder(directory: string): string {
  const path = join(directory, 'tmp');
  mkdirSync(path, { recursive: true });
  return path;
}

/** Ends what is left of rehearsals of this user whose process is gone. */
export function sweep(directory = tmpdir()): void {
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    if (!name.startsWith(PREFIX) || !isAbandoned(path)) continue;
    clear(path);
  }
}

/** Processes first: what they still write would be left. */
function clear(path: string): void {
  killMarked(path);
  removeContainers(path);
  remove(path);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // What needs it will say what is wrong with it.
    return [];
  }
}

/** Never true for a link, for what is another user's, and where the owner may be alive. */
function isAbandoned(path: string): boolean {
  try {
    const status = lstatSync(path);
    if (!status.isDirectory() || status.uid !== process.getuid?.()) return false;
    const names = readdirSync(path);
    if (names.includes(OWNER)) return !isRunning(readOwner(join(path, OWNER)));
    return names.length === 0 && Date.now() - status.mtimeMs > UNOWNED_MS_MAX;
  } catch {
    // It has just been removed, or its record is none of ours.
    return false;
  }
}

/** @throws Error when it is no record */
function readOwner(path: string): Owner {
  if (!lstatSync(path).isFile()) throw new Error(`${path} is no file`);
  const { pid, startedAt } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1 || typeof startedAt !== 'string') {
    throw new Error(`${path} is no record of an owner`);
  }
  return { pid, startedAt };
}

function isRunning({ pid, startedAt }: Owner): boolean {
  const now = startOf(pid);
  // Where a start cannot be read, a process of that id is taken for the owner.
  return now !== undefined && (now === '' || startedAt === '' || now === startedAt);
}

/** @returns undefined when there is no such process; empty when its start cannot be read */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  return startFromProc(pid) ?? startFromPs(pid) ?? '';
}

/** The 22nd field, "starttime", in ticks since boot, with the boot's own id (proc_pid_stat(5)). */
function startFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return state === 'Z' ? 'ended' : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

/** The record goes last: a process that is cut off in the middle leaves a directory that the next sweep still finds. */
function remove(path: string): void {
  try {
    for (const name of readdirSync(path)) {
      if (name !== OWNER) rmSync(join(path, name), { recursive: true, force: true, maxRetries: 5 });
    }
    rmSync(join(path, OWNER), { force: true });
    rmdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    // An app may have taken its own permissions away. The next sweep tries again.
    process.emitWarning(`${basename(path)} could not be removed: ${(error as Error).message}`);
  }
}
