import { type Clock, sleepOn, type Timer } from './clock';
import { MachinePace, StoppedProcesses } from './machine';
import { awsMsAt, later, monotonicNow, realMsAt, type Reading, REAL_STEP_MS_MAX } from './reading';
import { SharedReading } from './shared-reading';
import { TimerQueue } from './timer-queue';

/** Real milliseconds between two checks of the time at most. */
const TICK_MS = 20;
/** After a stall AWS time waits this long, so that everybody handles what has arrived before any limit is over. */
const SETTLE_MS = 200;

/** How fast AWS time has run. */
export interface SpeedReport {
  readonly wanted: number;
  /** While nothing held it. */
  readonly achieved: number;
}

/**
 * AWS time runs `speed` times faster than real time while everybody waits. It advances in small steps that this process
 * takes, so it stops while this process is stopped, and it slows down as far as the machine is busy with other
 * work: see docs/adr/0042-let-the-local-aws-lead-the-time-and-slow-it-down-for-a-busy-machine.md.
 */
export class ScaledClock implements Clock {
  /** Called with what a timer's callback threw. By default it is an uncaught exception, as with Node's timers. */
  onFault: (error: unknown) => void = (error) => {
    setImmediate(() => {
      throw error;
    });
  };
  private reading: Reading;
  private readonly awsTimers = new TimerQueue();
  private readonly realTimers = new TimerQueue();
  private readonly pace = new MachinePace();
  private readonly stoppedProcesses = new StoppedProcesses();
  private shared?: SharedReading;
  private handle?: NodeJS.Timeout;
  private armedForMs = 0;
  private settleUntilMs = -Infinity;
  private holders = 0;
  private computing = 0;
  private freeMs = { aws: 0, real: 0 };
  private stopped = false;

  /** @throws RangeError when speed is not a number from 1 to 600 */
  constructor(readonly speed: number) {
    if (!(speed >= 1 && speed <= 600)) throw new RangeError(`speed ${speed}: a number from 1 to 600`);
    const rates = { speed, awsRate: speed, realRate: 1, patienceRate: 1 };
    this.reading = { monotonicMs: monotonicNow(), awsMs: Date.now(), realMs: 0, patienceMs: 0, ...rates };
    this.arm();
  }

  now(): number {
    return awsMsAt(this.reading, monotonicNow());
  }

  realNow(): number {
    return realMsAt(this.reading, monotonicNow());
  }

  after(delayMs: number, callback: () => void): Timer {
    return this.add(this.awsTimers, this.now(), delayMs, callback);
  }

  afterReal(delayMs: number, callback: () => void): Timer {
    return this.add(this.realTimers, later(this.reading, monotonicNow()).patienceMs, delayMs, callback);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** AWS time stops until the returned function is called: for local work that AWS has no part in, as synthesis. */
  hold(): () => void {
    return this.counted((by) => (this.holders += by));
  }

  /** Work of a lower priority runs until the returned function is called: the machine is not busy because of it. */
  inBackground(): () => void {
    return this.counted((by) => (this.pace.background += by));
  }

  compute(): () => void {
    return this.counted((by) => (this.computing += by));
  }

  /** Since the clock was made. */
  speedReport(): SpeedReport {
    const { aws, real } = this.freeMs;
    return { wanted: this.speed, achieved: real > 0 ? Math.round((aws / real) * 10) / 10 : this.speed };
  }

  /** @returns what makes a process read this clock, by `ClockFile`: the path of a file in `directory` */
  share(directory: string): string {
    this.shared ??= new SharedReading(directory);
    this.shared.write(this.reading);
    return this.shared.path;
  }

  /** Ends every timer: nothing that waited continues, and no limit of an hour keeps the process alive. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.handle);
    this.awsTimers.clear();
    this.realTimers.clear();
    this.shared?.close();
    this.shared = undefined;
  }

  private add(queue: TimerQueue, nowMs: number, delayMs: number, callback: () => void): Timer {
    if (this.stopped) return { cancel: () => undefined };
    const cancel = queue.add(nowMs + Math.max(0, delayMs), callback);
    this.arm();
    return {
      cancel: () => {
        cancel();
        if (this.awsTimers.size + this.realTimers.size === 0) this.handle?.unref();
      },
    };
  }

  private counted(add: (by: 1 | -1) => void): () => void {
    let isOver = false;
    const change = (by: 1 | -1) => {
      // The new rate counts from now on.
      const nowMs = monotonicNow();
      this.step(nowMs);
      add(by);
      this.step(nowMs);
      this.arm();
    };
    change(1);
    return () => {
      if (isOver) return;
      isOver = true;
      change(-1);
    };
  }

  /** Wakes up when the next timer is due, and soon enough for those who read the file. */
  private arm(): void {
    if (this.stopped) return;
    const waitMs = this.waitMs();
    const atMs = monotonicNow() + waitMs;
    if (this.handle === undefined || atMs < this.armedForMs - 0.5) {
      clearTimeout(this.handle);
      this.armedForMs = atMs;
      // By way of setImmediate: what has arrived meanwhile is handled before a timer says that it did not.
      this.handle = setTimeout(() => setImmediate(() => this.tick()), waitMs);
    }
    if (this.awsTimers.size + this.realTimers.size > 0) this.handle.ref();
    else this.handle.unref();
  }

  private waitMs(): number {
    const { awsMs, patienceMs, awsRate, patienceRate } = later(this.reading, monotonicNow());
    const until = (dueMs: number | undefined, nowMs: number, rate: number) =>
      dueMs === undefined || rate === 0 ? TICK_MS : (dueMs - nowMs) / rate;
    const next = [
      until(this.awsTimers.nextAtMs(), awsMs, awsRate),
      until(this.realTimers.nextAtMs(), patienceMs, patienceRate),
    ];
    return Math.max(1, Math.min(TICK_MS, ...next));
  }

  private tick(): void {
    if (this.stopped) return;
    this.handle = undefined;
    const nowMs = monotonicNow();
    this.step(nowMs);
    if (nowMs >= this.settleUntilMs) {
      this.fire(this.awsTimers, this.reading.awsMs);
      this.fire(this.realTimers, this.reading.patienceMs);
    }
    this.arm();
  }

  /** Takes the time that has passed for good, and decides how fast it continues. */
  private step(monotonicMs: number): void {
    const before = this.reading;
    const now = later(before, monotonicMs);
    if (monotonicMs - before.monotonicMs > REAL_STEP_MS_MAX || this.stoppedProcesses.any(monotonicMs)) {
      this.settleUntilMs = monotonicMs + SETTLE_MS;
    }
    if (this.holders === 0) {
      this.freeMs.aws += now.awsMs - before.awsMs;
      this.freeMs.real += now.realMs - before.realMs;
    }
    this.reading = { ...now, ...this.rates(monotonicMs) };
    try {
      this.shared?.write(this.reading);
    } catch (error) {
      this.onFault(error);
    }
  }

  private rates(monotonicMs: number): Pick<Reading, 'awsRate' | 'realRate' | 'patienceRate'> {
    if (monotonicMs < this.settleUntilMs) {
      const realRate = this.stoppedProcesses.any(monotonicMs) ? 0 : 1;
      return { awsRate: 0, realRate, patienceRate: 0 };
    }
    const pace = this.pace.at(monotonicMs);
    const speed = this.holders > 0 ? 0 : this.computing > 0 ? 1 : this.speed;
    return { awsRate: speed * pace, realRate: 1, patienceRate: pace };
  }

  private fire(queue: TimerQueue, nowMs: number): void {
    const mark = queue.mark();
    for (let callback = queue.take(nowMs, mark); callback; callback = queue.take(nowMs, mark)) {
      try {
        callback();
      } catch (error) {
        this.onFault(error);
      }
    }
  }
}
