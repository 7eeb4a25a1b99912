/** What a comparison takes for worse, and how sure it is to be. */
export interface ComparisonRule {
  /** Chance that a green no worse than blue is ever called worse, over all checks; half for errors, half for latency. */
  readonly alpha: number;
  /** How sure "not worse" is: a green worse by the margins passes with a chance of 1 - confidence at most, per measure. */
  readonly confidence: number;
  /** Share of requests that may fail more on green before it stops being "not worse": 0.01 is one in a hundred. */
  readonly errorMargin: number;
  /** Green may take this many times as long as blue... */
  readonly latencyRatio: number;
  /** ...or this much longer, whichever is more: what nobody notices is no reason to stop. Milliseconds. */
  readonly latencyFloorMs: number;
  /** Pairs before "not worse" can be said. */
  readonly pairsMin: number;
  /** Pairs at the most: what the chances are spread over. */
  readonly pairsMax: number;
}

export const RULE_DEFAULT: ComparisonRule = {
  alpha: 0.01,
  confidence: 0.95,
  errorMargin: 0.01,
  latencyRatio: 1.1,
  latencyFloorMs: 5,
  pairsMin: 200,
  pairsMax: 5_000,
};

/** Pairs at the start that warm both sides up; blue's times in them say which times are worth asking about. */
export const PILOT_PAIRS = 40;

/**
 * What is added to a margin, as a share of blue's own share of failures: where one request in twenty fails anyway,
 * ruling out one in a hundred more would take ten thousand requests.
 */
export const MARGIN_OF_BACKGROUND = 0.3;

export type ComparisonDecision = 'worse' | 'not-worse' | 'not-enough-data';

/** What of one attempt is judged. */
export interface Observation {
  /** No response, or one that is an error. */
  readonly failed: boolean;
  /** Any unit, the same for all. */
  readonly durationMs: number;
}

/** One check on the way. */
export interface Check {
  /** Share of all pairs that there can be, 0 to 1; 1 at the last check, however many pairs there were. */
  readonly share: number;
  /** Standard deviations below a margin that rule it out; Infinity while there are too few pairs. */
  readonly deviations: number;
  /** Blue's share of failures. */
  readonly background: number;
}
