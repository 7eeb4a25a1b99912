import { type Clock, sleepOn, type Timer } from './clock';

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that moves only when a test moves it: timers fire in order of time, then of creation. */
export class VirtualClock implements Clock {
  private due: Due[] = [];
  private order = 0;

  /** @param turns of the event loop between two timers: one is enough for what waits only for promises */
  constructor(
    private nowMs = Date.UTC(2026, 0, 1),
    private readonly turns = 5,
  ) {}

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

  realNow(): number {
    return performance.now();
  }

  afterReal(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  }

  compute(): () => void {
    return () => undefined;
  }

  /** Moves time on by `durationMs`, firing what falls due; promises settle between two timers. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    await settle(this.turns);
    for (let next = this.next(endMs); next; next = this.next(endMs)) {
      this.due = this.due.filter((other) => other !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
      await settle(this.turns);
    }
    this.nowMs = endMs;
  }

  private next(endMs: number): Due | undefined {
    return this.due.filter((entry) => entry.atMs <= endMs).sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }
}

/** Lets promise chains run to where they next wait. */
async function settle(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
