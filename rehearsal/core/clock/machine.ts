import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** Up to this many runnable processes for each processor are the rehearsal's own way of working. */
const RUNNABLE_TOLERATED = 1.25;
const PACE_MIN = 0.05;
/** Over which the load is averaged. */
const WINDOW_MS = 300;
/** Between two checks of the machine. */
const SAMPLE_MS = 10;

/** How much of its own speed a busy machine leaves to this program. */
export class MachinePace {
  /** How many pieces of work run at a lower priority: they take next to nothing from the others, so they do not count. */
  background = 0;
  private load = 0;
  private sampledAtMs = -Infinity;

  constructor(private readonly read: () => number = runnablePerProcessor) {}

  /** @returns from 0.05, very busy, to 1 */
  at(realMs: number): number {
    const passedMs = realMs - this.sampledAtMs;
    if (passedMs >= SAMPLE_MS) {
      this.sampledAtMs = realMs;
      // One piece of work has threads for every processor at most.
      const load = Math.max(0, this.read() - this.background);
      this.load += (load - this.load) * (1 - Math.exp(-passedMs / WINDOW_MS));
    }
    return Math.min(1, Math.max(PACE_MIN, RUNNABLE_TOLERATED / this.load));
  }
}

let sampler: (() => number) | undefined;

/** From the cheapest source that there is. */
function runnablePerProcessor(): number {
  sampler ??= runnableSampler() ?? idleSampler();
  return sampler();
}

/** The first part of the fourth field of /proc/loadavg: "currently runnable kernel scheduling entities" (proc_loadavg(5)). */
function runnableSampler(): (() => number) | undefined {
  const processors = Math.max(1, cpus().length);
  const buffer = Buffer.alloc(64);
  let file: number;
  try {
    file = openSync('/proc/loadavg', 'r');
  } catch {
    return undefined;
  }
  const read = () => Number(/ (\d+)\//.exec(buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)))?.[1]);
  if (read() > 0) return () => read() / processors;
  closeSync(file);
  return undefined;
}

const IDLE_CHECK_MS = 500;

/** Without /proc: processors that are never idle have more to do than they can, and the load average says how much. */
function idleSampler(): () => number {
  let before = processorTimes();
  let load = 0;
  return () => {
    if (performance.now() - before.atMs < IDLE_CHECK_MS) return load;
    const now = processorTimes();
    const idle = (now.idle - before.idle) / Math.max(1, now.total - before.total);
    before = now;
    load = idle > 0.1 ? 1 - idle : Math.max(2, (loadavg()[0] ?? 0) / Math.max(1, now.processors));
    return load;
  };
}

function processorTimes() {
  const all = cpus().map(({ times }) => times);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const total = sum(all.flatMap((times) => Object.values(times)));
  return { atMs: performance.now(), processors: all.length, idle: sum(all.map(({ idle }) => idle)), total };
}

const STOPPED_CHECK_MS = 100;
/** A process that stays stopped for longer is meant to be. */
const STOPPED_MS_MAX = 120_000;

/** Whether a process that this one started, itself or through others, is stopped: suspended by somebody. Linux only. */
export class StoppedProcesses {
  private checkedAtMs = -Infinity;
  private stopped = false;
  private readonly since = new Map<number, number>();

  any(realMs: number): boolean {
    if (realMs - this.checkedAtMs < STOPPED_CHECK_MS) return this.stopped;
    this.checkedAtMs = realMs;
    const now = descendants(process.pid).filter(isStopped);
    for (const pid of this.since.keys()) if (!now.includes(pid)) this.since.delete(pid);
    for (const pid of now) if (!this.since.has(pid)) this.since.set(pid, realMs);
    this.stopped = now.some((pid) => realMs - (this.since.get(pid) ?? realMs) < STOPPED_MS_MAX);
    return this.stopped;
  }
}

function descendants(pid: number): number[] {
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** State T of /proc/<pid>/stat, which follows the name in brackets (proc_pid_stat(5)). */
function isStopped(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`) ?? '';
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
