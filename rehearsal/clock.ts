/**
 * The rehearsed world's one clock. Everything in `rehearsal/` that waits or asks the time takes a `Clock`; nothing
 * there calls `Date.now()` or `setTimeout` for AWS's time. Network latency is measured with `performance.now()` and
 * stays real.
 */
export interface Clock {
  /** AWS time, milliseconds since the epoch. */
  now(): number;
  /** Runs `callback` after `delayMs` of AWS time. */
  after(delayMs: number, callback: () => void): Timer;
  /** Resolves after `delayMs` of AWS time; rejects with the signal's reason when aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Timer {
  cancel(): void;
}

/** AWS time runs `speed` times faster than the wall, from the wall's time at creation on. */
export class ScaledClock implements Clock {
  readonly originWallMs: number;
  private readonly pending = new Set<NodeJS.Timeout>();

  /** @throws RangeError when speed is not a number from 1 to 600 */
  constructor(readonly speed: number) {
    if (!(speed >= 1 && speed <= 600)) throw new RangeError(`speed ${speed}: a number from 1 to 600`);
    this.originWallMs = Date.now();
  }

  now(): number {
    return this.originWallMs + (Date.now() - this.originWallMs) * this.speed;
  }

  after(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(() => {
      this.pending.delete(handle);
      callback();
    }, delayMs / this.speed);
    this.pending.add(handle);
    return { cancel: () => this.forget(handle) };
  }

  /** Ends every timer: nothing that waited goes on, and no time-out of an hour keeps the process alive. */
  stop(): void {
    for (const handle of this.pending) this.forget(handle);
  }

  private forget(handle: NodeJS.Timeout): void {
    clearTimeout(handle);
    this.pending.delete(handle);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that moves only when told to, for tests: timers fire in order of time, then of creation. */
export class VirtualClock implements Clock {
  private due: Due[] = [];
  private order = 0;

  constructor(private nowMs = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const entry: Due = { atMs: this.nowMs + Math.max(0, delayMs), order: this.order++, callback };
    this.due.push(entry);
    return { cancel: () => void (this.due = this.due.filter((other) => other !== entry)) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Moves time on by `durationMs`, firing what falls due; promises settle between two timers. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    await settle();
    for (let next = this.next(endMs); next; next = this.next(endMs)) {
      this.due = this.due.filter((other) => other !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
      await settle();
    }
    this.nowMs = endMs;
  }

  private next(endMs: number): Due | undefined {
    return this.due.filter((entry) => entry.atMs <= endMs).sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }
}

function sleepOn(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const abort = () => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Lets promise chains run to where they next wait: a few turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
