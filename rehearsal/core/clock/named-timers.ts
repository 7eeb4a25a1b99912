import type { Clock, Timer } from './clock';

/** The timers of a state machine: each name is set at most once, and calls `fired` in its time. */
export class NamedTimers<Name> {
  private readonly timers = new Map<Name, Timer>();

  constructor(
    private readonly clock: Pick<Clock, 'after'>,
    private readonly fired: (name: Name) => void,
  ) {}

  /** @param delayMs of AWS time; replaces the timer of that name */
  set(name: Name, delayMs: number): void {
    this.cancel(name);
    this.timers.set(
      name,
      this.clock.after(delayMs, () => this.fired(name)),
    );
  }

  cancel(name: Name): void {
    this.timers.get(name)?.cancel();
    this.timers.delete(name);
  }

  cancelAll(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }
}
