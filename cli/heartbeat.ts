import type { Output } from './output';

/** Milliseconds of real time without a line, after which the command says what it waits for. */
const SILENCE_MS = 3_000;
/** Milliseconds between updates of a line on a terminal. */
const UPDATE_MS = 1_000;
/** Milliseconds between lines if the output is no terminal. */
const REPEAT_MS = 15_000;

/**
 * Says what the command waits for while nothing else is printed: on a terminal in one line that is updated, otherwise in a
 * new line every 15 seconds.
 * @returns a function that ends it
 */
export function startHeartbeat(output: Output, waitingFor: () => string): () => void {
  const startMs = performance.now();
  let lastMs = -Infinity;
  const beat = () => {
    const quietMs = output.silentMs;
    const text = () => `… ${waitingFor()} (${Math.round((performance.now() - startMs) / 1000)} s since the start)`;
    if (quietMs < SILENCE_MS - UPDATE_MS / 2) return;
    if (output.canUpdate) return output.update(text());
    // A line of the heartbeat does not count as progress, so the next is due after the longer time.
    const due = performance.now() - lastMs;
    if (due < REPEAT_MS && quietMs < REPEAT_MS) return;
    lastMs = performance.now();
    output.say({ text: text(), style: 'dim' });
  };
  const timer = setInterval(beat, UPDATE_MS);
  return () => {
    clearInterval(timer);
    output.clear();
  };
}
