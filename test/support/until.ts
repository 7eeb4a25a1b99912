/**
 * Polls until `condition` answers something, and answers that. Tests wait for what they need, never for a time.
 * @param limitMs wall milliseconds, generous because machines are shared
 * @throws Error that says what was waited for, and what `state` shows of it
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { limitMs = 60_000, state = () => '' }: { limitMs?: number; state?: () => unknown } = {},
): Promise<NonNullable<T>> {
  const startMs = performance.now();
  for (;;) {
    const answer = await condition();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() - startMs > limitMs) {
      throw new Error(`waited ${limitMs} ms for ${what}\n${String(state())}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
