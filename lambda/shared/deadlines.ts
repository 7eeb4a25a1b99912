/**
 * Limits of time for many exchanges that share one timer: a timer per exchange is a fifth of what a check costs. It is
 * `AbortSignal.timeout`, which runs on Node's own timers: the network is real even where dates and timers are scaled.
 */
export class Deadlines {
  private readonly dueMs = new Map<() => void, number>();
  /** Held here, as a signal that is collected never fires. */
  private armed: { readonly signal: AbortSignal; readonly atMs: number } | undefined;

  /** Calls `end` once when the time is over. @returns a function that lifts the limit */
  public add(timeoutMs: number, end: () => void): () => void {
    const atMs = performance.now() + timeoutMs;
    const once = () => end();
    this.dueMs.set(once, atMs);
    this.arm(atMs);
    return () => void this.dueMs.delete(once);
  }

  private arm(atMs: number): void {
    if (this.armed && this.armed.atMs <= atMs) return;
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(atMs - performance.now())));
    this.armed = { signal, atMs };
    signal.addEventListener('abort', () => this.fire(signal), { once: true });
  }

  private fire(signal: AbortSignal): void {
    // An earlier limit has a signal of its own, which looks at all of them.
    if (this.armed?.signal === signal) this.armed = undefined;
    const nowMs = performance.now();
    let next = Infinity;
    for (const [end, atMs] of this.dueMs) {
      if (atMs > nowMs) next = Math.min(next, atMs);
      else {
        this.dueMs.delete(end);
        end();
      }
    }
    if (Number.isFinite(next)) this.arm(next);
  }
}
