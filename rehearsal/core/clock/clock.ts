/**
 * The rehearsed world's one clock. Everything in `rehearsal/` that waits or asks the time takes a `Clock`; nothing
 * there calls `Date.now()` or `setTimeout` for AWS's time.
 */
export interface Clock {
  /** AWS time, milliseconds since the epoch. */
  now(): number;
  /** Runs `callback` after `delayMs` of AWS time. */
  after(delayMs: number, callback: () => void): Timer;
  /** Resolves after `delayMs` of AWS time; rejects with the signal's reason when aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Real time in milliseconds, from any start, to measure latency. Time in which this process was stopped is left out. */
  realNow(): number;
  /**
   * Runs `callback` after `delayMs` of real time, for limits on what is computed or sent. A machine that is busy with
   * other work or was suspended gets as much longer.
   */
  afterReal(delayMs: number, callback: () => void): Timer;
  /**
   * AWS time runs no faster than real time until the returned function is called: for what a process computes while AWS
   * waits for it, as the start of a task or of a function.
   */
  compute(): () => void;
}

export interface Timer {
  cancel(): void;
}

/** Resolves after `delayMs` of AWS time; rejects with the signal's reason when aborted. */
export function sleepOn(clock: Pick<Clock, 'after'>, delayMs: number, signal?: AbortSignal): Promise<void> {
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

/** As `clock.sleep`, in real time as `afterReal` counts it. */
export function sleepReal(clock: Pick<Clock, 'afterReal'>, delayMs: number, signal?: AbortSignal): Promise<void> {
  return sleepOn({ after: (ms, callback) => clock.afterReal(ms, callback) }, delayMs, signal);
}
