import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';
import { ClockFile } from '../../core/clock/shared-reading';
import { ClockTimer, clearClockTimer, type Timeline } from './clock-timer';

/**
 * Makes Date and the timers run on AWS time, as the local AWS leads it: see `Reading`. Limits of the network, which are
 * `AbortSignal.timeout`, and latency, by `performance.now`, stay real, without the time in which the machine was
 * suspended. Not changed: process.hrtime and Node's internal timers, which are socket timeouts and the HTTP server's and
 * agent's limits. Limits that a library keeps with setTimeout, undici's and so fetch's among them, are AWS time.
 *
 * @param path file that the clock writes to; undefined changes nothing
 */
export function scaleTime(path: string | undefined): void {
  if (!path) return;
  const clock = new ClockFile(path);
  scaleDate(() => clock.now().awsMs);
  measureWithoutStalls(clock);
  replaceTimers(awsTimeline(clock));
  limitOnRealTime(realTimeline(clock));
}

function scaleDate(awsNow: () => number): void {
  const WallDate = Date;
  const now = () => Math.floor(awsNow());
  WallDate.now = now;
  const ScaledDate = new Proxy(WallDate, {
    construct: (target, parts: unknown[], newTarget) =>
      Reflect.construct(target, parts.length === 0 ? [now()] : parts, newTarget) as Date,
    apply: () => new WallDate(now()).toString(),
  });
  Object.defineProperty(WallDate.prototype, 'constructor', { value: ScaledDate, configurable: true, writable: true });
  globalThis.Date = ScaledDate;
}

function measureWithoutStalls(clock: ClockFile): void {
  const sinceStartMs = performance.now();
  const startMs = clock.now().realMs;
  performance.now = () => sinceStartMs + (clock.now().realMs - startMs);
}

/** AWS time; while the clock is held a timer waits no longer than in reality. */
function awsTimeline(clock: ClockFile): Timeline {
  return (delayMs) => {
    const start = clock.now();
    return () => {
      const { awsMs, patienceMs, speed } = clock.now();
      const awsLeftMs = (start.awsMs + delayMs - awsMs) / speed;
      return Math.min(awsLeftMs, start.patienceMs + delayMs - patienceMs);
    };
  };
}

function realTimeline(clock: ClockFile): Timeline {
  return (delayMs) => {
    const dueMs = clock.now().patienceMs + delayMs;
    return () => dueMs - clock.now().patienceMs;
  };
}

type Callback = (...values: unknown[]) => void;

function replaceTimers(timeline: Timeline): void {
  const timeout = (callback: Callback, delay?: unknown, ...values: unknown[]) =>
    new ClockTimer(timeline, callback, delay, values);
  const interval = (callback: Callback, delay?: unknown, ...values: unknown[]) =>
    new ClockTimer(timeline, callback, delay, values, true);
  const wait = waiter(timeline);
  Object.defineProperty(timeout, promisify.custom, { value: wait });
  async function* ticks<T>(delay?: number, value?: T, options?: timers.TimerOptions): AsyncGenerator<T> {
    for (;;) yield await wait(delay, value, options);
  }
  timersPromises.scheduler.wait = (delay, options) => wait(delay, undefined, options);
  Object.assign(timersPromises, { setTimeout: wait, setInterval: ticks });
  const clear = clearClockTimer(timers.clearTimeout);
  const replaced = { setTimeout: timeout, setInterval: interval, clearTimeout: clear, clearInterval: clear };
  Object.assign(timers, replaced);
  Object.assign(globalThis, replaced);
}

function waiter(timeline: Timeline) {
  return <T>(delay?: number, value?: T, { signal, ref = true }: timers.TimerOptions = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      const aborted = () => {
        timer.close();
        const error = new Error('The operation was aborted', { cause: signal?.reason });
        reject(Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' }));
      };
      const done = () => {
        signal?.removeEventListener('abort', aborted);
        resolve(value as T);
      };
      const timer = new ClockTimer(timeline, done, delay, []);
      if (!ref) timer.unref();
      if (signal?.aborted) aborted();
      else signal?.addEventListener('abort', aborted, { once: true });
    });
}

function limitOnRealTime(timeline: Timeline): void {
  AbortSignal.timeout = (delayMs: number) => {
    const controller = new AbortController();
    const abort = () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    new ClockTimer(timeline, abort, delayMs, []).unref();
    return controller.signal;
  };
}
