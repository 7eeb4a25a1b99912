/** Waiting and trying again. Timers are the global ones: a rehearsal scales them, as it scales the dates. */

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts. */
export function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal));
    const abort = () => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted');
}

export interface RetryPolicy {
  readonly retryable: (error: unknown) => boolean;
  /** No attempt starts later than this after the first, milliseconds. */
  readonly limitMs: number;
  /** Before the second attempt; doubles from one to the next up to `delayMsMax`. Default 1000. */
  readonly delayMs?: number;
  /** Default 5000. */
  readonly delayMsMax?: number;
  /** Ends the waiting, not an attempt under way. */
  readonly signal?: AbortSignal;
}

/**
 * Calls `operation` until it succeeds, its error is not retryable, or the time is up.
 * @throws the last attempt's error
 */
export async function retry<T>(operation: (attempt: number) => Promise<T>, policy: RetryPolicy): Promise<T> {
  const { delayMs = 1_000, delayMsMax = 5_000 } = policy;
  const endMs = Date.now() + policy.limitMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation(attempt);
    } catch (error) {
      const waitMs = Math.min(delayMsMax, delayMs * 2 ** (attempt - 1));
      if (policy.signal?.aborted || !policy.retryable(error) || Date.now() + waitMs > endMs) throw error;
      await sleep(waitMs, policy.signal).catch(() => Promise.reject(error as Error));
    }
  }
}

/**
 * The outcome of `work`, or of `late` when `limitMs` passes first. `work` gets a signal that aborts then; its own end is
 * no longer waited for, so that nothing that ignores the signal can hold up the caller.
 */
export async function within<T>(
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => T | Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const over = Symbol('over');
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<typeof over>((resolve) => {
    timer = setTimeout(() => resolve(over), Math.max(0, limitMs));
  });
  try {
    const running = work(controller.signal);
    running.catch(() => undefined);
    const first = await Promise.race([running, limit]);
    if (first !== over) return first;
    controller.abort(new Error(`not done within ${Math.round(limitMs)} ms`));
    return await late();
  } finally {
    clearTimeout(timer);
  }
}
