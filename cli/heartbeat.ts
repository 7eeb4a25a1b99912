import type { Output } from './output';

/** Real milliseconds without a line after which people are told what is waited for. */
const SILENCE_MS = 3_000;
/** How often a line that can be updated is. */
const UPDATE_MS = 1_000;
/** How often another line is written where none can be updated. */
const REPEAT_MS = 15_000;

/**
 * Says what is waited for while nothing else is printed: on a terminal in one line that is updated, elsewhere in a line
 * of its own every now and then.
 * @returns a function that ends it
 */
export function startHeartbeat(output: Output, waitingFor: () => string): () => void {
  const startMs = performance.now();
  let toldMs = -Infinity;
  const beat = () => {
    const quietMs = output.silentMs;
    const text = () => `… ${waitingFor()} (${Math.round((performance.now() - startMs) / 1000)} s since the start)`;
    if (quietMs < SILENCE_MS - UPDATE_MS / 2) return;
    if (output.canUpdate) return output.update(text());
    // A line of ours does not count as one of the rehearsal's: the next is due after the longer time.
    const due = performance.now() - toldMs;
    if (due < REPEAT_MS && quietMs < REPEAT_MS) return;
    toldMs = performance.now();
    output.say({ text: text(), style: 'dim' });
  };
  const timer = setInterval(beat, UPDATE_MS);
  return () => {
    clearInterval(timer);
    output.clear();
  };
}
