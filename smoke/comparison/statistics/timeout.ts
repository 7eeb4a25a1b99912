import { PILOT_PAIRS } from './rule';

/** A response of green may take this many times as long as the slowest of blue's first ones, but at least half a second. */
const TIMES_SLOWEST = 10;
const LEAST_MS = 500;

/**
 * How long a response may take: the plan's limit, and less once blue has shown how fast it is. A request that hangs then
 * costs half a second and not the whole limit, so that hundreds of others can still be sent.
 */
export class Timeout {
  private responses = 0;
  private slowestMs = 0;

  /** @param mostMs the limit at the start, never exceeded */
  constructor(private readonly mostMs: number) {}

  /** One of blue's responses; the first ones count. */
  learn(durationMs: number): void {
    if (this.responses >= PILOT_PAIRS) return;
    this.responses += 1;
    this.slowestMs = Math.max(this.slowestMs, durationMs);
  }

  get ms(): number {
    if (this.responses < PILOT_PAIRS) return this.mostMs;
    return Math.min(this.mostMs, Math.max(LEAST_MS, Math.ceil(this.slowestMs * TIMES_SLOWEST)));
  }
}
