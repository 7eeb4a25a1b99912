import { PILOT_PAIRS } from './rule';

/** How many times as long as the slowest of blue's first responses a response may take; at least half a second. */
const TIMES_SLOWEST = 10;
const LEAST_MS = 500;

/**
 * How long a response may take: the timeout of the plan, and less once blue's speed is known. A request that hangs then takes
 * half a second instead of the whole timeout, so hundreds of others can still be sent.
 */
export class Timeout {
  private responses = 0;
  private slowestMs = 0;

  /** @param maxMs the timeout at the start, which is never exceeded */
  constructor(private readonly maxMs: number) {}

  /** Takes one of blue's responses into account; only the first ones count. */
  learn(durationMs: number): void {
    if (this.responses >= PILOT_PAIRS) return;
    this.responses += 1;
    this.slowestMs = Math.max(this.slowestMs, durationMs);
  }

  get ms(): number {
    if (this.responses < PILOT_PAIRS) return this.maxMs;
    return Math.min(this.maxMs, Math.max(LEAST_MS, Math.ceil(this.slowestMs * TIMES_SLOWEST)));
  }
}
