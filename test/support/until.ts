type Condition<T> = () => T | Promise<T>;

interface UntilOptions {
  /** Real milliseconds, generous because machines are shared. Default 60,000. */
  readonly limitMs?: number;
  /** What the error shows of the state at the end. */
  readonly state?: () => unknown;
}

/**
 * Polls until `condition` returns a value, and returns that value. Tests wait for what they need, never for a time.
 * @throws Error that says what was expected, and what `state` shows of it
 */
export async function until<T>(
  what: string,
  condition: Condition<T>,
  { limitMs = 60_000, state = () => '' }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const startMs = performance.now();
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() - startMs > limitMs) {
      throw new Error(`waited ${limitMs} ms for ${what}\n${String(state())}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The same for a condition whose source text says what is expected. */
export function eventually<T>(condition: Condition<T>): Promise<NonNullable<T>> {
  return until(condition.toString(), condition);
}
