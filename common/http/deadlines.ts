import { Bag, type InBag } from './bag';

/** What has a limit of time. */
export interface Timed extends InBag {
  /** When its time is over, by `performance.now()`. */
  dueMs: number;
  /** Called once, when the time is over. */
  onTimeout(): void;
}

/**
 * Limits of time for many exchanges that share one timer: a timer per exchange is a fifth of what a check costs. It is
 * `AbortSignal.timeout`, which runs on Node's own timers: the network is real even where dates and timers are scaled.
 */
export class Deadlines {
  private readonly timed = new Bag<Timed>();
  /** Held here, as a signal that is collected never fires. */
  private armed: { readonly signal: AbortSignal; readonly atMs: number } | undefined;

  public add(timed: Timed): void {
    this.timed.add(timed);
    if (!this.armed || this.armed.atMs > timed.dueMs) this.arm(timed.dueMs);
  }

  /** Lifts the limit. */
  public remove(timed: Timed): void {
    this.timed.remove(timed);
  }

  private arm(atMs: number): void {
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(atMs - performance.now())));
    this.armed = { signal, atMs };
    signal.addEventListener('abort', () => this.fire(signal), { once: true });
  }

  private fire(signal: AbortSignal): void {
    // An earlier limit has a signal of its own, which checks all of them.
    if (this.armed?.signal === signal) this.armed = undefined;
    const nowMs = performance.now();
    const over = this.timed.items.filter(({ dueMs }) => dueMs <= nowMs);
    for (const each of over) this.timed.remove(each);
    const next = this.timed.items.reduce((least, { dueMs }) => Math.min(least, dueMs), Infinity);
    if (Number.isFinite(next) && !(this.armed && this.armed.atMs <= next)) this.arm(next);
    for (const each of over) each.onTimeout();
  }
}
