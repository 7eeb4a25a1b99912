import timers from 'node:timers';

// Node's own: those of the module are replaced.
const { clearTimeout: stopReal, setTimeout: startReal } = timers;

/** Begins a delay, and then says how much real time of it is left at least: none at the end. */
export type Timeline = (delayMs: number) => () => number;

/** Node turns a delay out of its range into 1 ms. */
const DELAY_MS_MAX = 2 ** 31 - 1;
/** Between two checks of a clock that is slower than it was. */
const CHECK_MS_MIN = 1;

const numbered = new Map<number, ClockTimer>();
let count = 0;

/** What setTimeout and setInterval return, with the interface of Node's own. */
export class ClockTimer {
  private readonly delayMs: number;
  private handle: NodeJS.Timeout | undefined;
  private leftMs: () => number = () => 0;
  private referenced = true;
  private id: number | undefined;
  /** Which start it is: one that is over must not fire after a `refresh`. */
  private round = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly callback: (...values: unknown[]) => void,
    delay: unknown,
    private readonly values: readonly unknown[],
    private readonly repeats = false,
  ) {
    if (typeof callback !== 'function') {
      const error = new TypeError(`The "callback" argument must be of type function. Received ${typeof callback}`);
      throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const ms = Number(delay);
    this.delayMs = ms >= 1 && ms <= DELAY_MS_MAX ? ms : 1;
    this.start();
  }

  private start(): void {
    this.leftMs = this.timeline(this.delayMs);
    this.round += 1;
    this.wait(this.leftMs());
  }

  private wait(ms: number): void {
    const { round } = this;
    const check = () => {
      const leftMs = this.leftMs();
      if (leftMs > 0) return this.wait(Math.max(CHECK_MS_MIN, leftMs));
      // After the network was polled: what has come in is handled before a limit says that it did not.
      setImmediate(() => this.round === round && this.handle && this.fire());
    };
    stopReal(this.handle);
    this.handle = startReal(check, Math.min(ms, DELAY_MS_MAX));
    if (!this.referenced) this.handle.unref();
  }

  private fire(): void {
    if (this.repeats) this.start();
    else this.close();
    this.callback(...this.values);
  }

  close(): this {
    stopReal(this.handle);
    this.handle = undefined;
    if (this.id !== undefined) numbered.delete(this.id);
    return this;
  }

  refresh(): this {
    this.start();
    return this;
  }

  ref(): this {
    this.referenced = true;
    this.handle?.ref();
    return this;
  }

  unref(): this {
    this.referenced = false;
    this.handle?.unref();
    return this;
  }

  hasRef(): boolean {
    return this.referenced;
  }

  /** A number that clearTimeout takes, as Node's has. */
  [Symbol.toPrimitive](): number {
    this.id ??= count += 1;
    numbered.set(this.id, this);
    return this.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** @param clearReal for timers from before the clock was put in */
export function clearClockTimer(clearReal: (timer: NodeJS.Timeout | string | number | undefined) => void) {
  return (timer?: unknown): void => {
    const known = timer instanceof ClockTimer ? timer : numbered.get(Number(typeof timer === 'object' ? NaN : timer));
    if (known) known.close();
    else clearReal(timer as NodeJS.Timeout);
  };
}
