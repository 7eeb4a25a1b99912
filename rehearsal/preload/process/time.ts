import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * Makes Date and the timers run on AWS time, as `ScaledClock` does: `origin + (wall - origin) * speed`. Not scaled:
 * performance.now and process.hrtime, and Node's internal timers, which are socket timeouts, AbortSignal.timeout and
 * the HTTP server's and agent's limits, because the network is real. Limits that a library keeps with setTimeout,
 * undici's and so fetch's among them, are scaled.
 *
 * @param setting `<speed>,<origin, wall milliseconds>`; undefined changes nothing
 */
export function scaleTime(setting: string | undefined): void {
  const [speed, originMs] = (setting ?? '').split(',').map(Number);
  if (!speed || !originMs || speed === 1) return;
  scaleDate(speed, originMs);
  scaleTimers(speed);
}

function scaleDate(speed: number, originMs: number): void {
  const WallDate = Date;
  const wallNow = WallDate.now;
  const now = () => Math.floor(originMs + (wallNow() - originMs) * speed);
  WallDate.now = now;
  const ScaledDate = new Proxy(WallDate, {
    construct: (target, parts: unknown[], newTarget) =>
      Reflect.construct(target, parts.length === 0 ? [now()] : parts, newTarget) as Date,
    apply: () => new WallDate(now()).toString(),
  });
  Object.defineProperty(WallDate.prototype, 'constructor', { value: ScaledDate, configurable: true, writable: true });
  globalThis.Date = ScaledDate;
}

/** Node turns a delay out of its range into 1 ms, so such a delay is left as it is. */
const DELAY_MS_MAX = 2 ** 31 - 1;

function scaleTimers(speed: number): void {
  const scale = (delay: unknown): number | undefined => {
    if (delay === undefined) return undefined;
    const ms = Number(delay);
    return ms >= 1 && ms <= DELAY_MS_MAX ? ms / speed : ms;
  };
  const { setTimeout: timeout, setInterval: interval } = timers;
  const promised = { ...timersPromises };
  const wait = <T>(delay?: number, value?: T, options?: timers.TimerOptions) =>
    promised.setTimeout(scale(delay), value, options);

  const scaledTimeout = (callback: (...values: unknown[]) => void, delay?: unknown, ...values: unknown[]) =>
    timeout(callback, scale(delay), ...values);
  const scaledInterval = (callback: (...values: unknown[]) => void, delay?: unknown, ...values: unknown[]) =>
    interval(callback, scale(delay), ...values);
  Object.defineProperty(scaledTimeout, promisify.custom, { value: wait });

  const { scheduler } = timersPromises;
  const schedulerWait = scheduler.wait.bind(scheduler);
  scheduler.wait = (delay, options) => schedulerWait(scale(delay) ?? 0, options);
  Object.assign(timersPromises, {
    setTimeout: wait,
    setInterval: <T>(delay?: number, value?: T, options?: timers.TimerOptions) =>
      promised.setInterval(scale(delay), value, options),
  });
  Object.assign(timers, { setTimeout: scaledTimeout, setInterval: scaledInterval });
  Object.assign(globalThis, { setTimeout: scaledTimeout, setInterval: scaledInterval });
}
