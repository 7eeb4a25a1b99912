/** When green counts as worse, and how certain the decision is. */
export interface ComparisonRule {
  /** The probability that a green that is no worse than blue is ever called worse, over all checks; half for errors, half for latency. */
  readonly alpha: number;
  /** The confidence of "not worse": a green that is worse by the margins passes with a probability of at most 1 - confidence per measure. */
  readonly confidence: number;
  /** The share of requests that green may fail more often and still be "not worse": 0.01 is one in a hundred. */
  readonly errorMargin: number;
  /** Green may take this many times as long as blue... */
  readonly latencyRatio: number;
  /** ...or this much longer, whichever is more, because nobody notices a few milliseconds. Milliseconds. */
  readonly latencyFloorMs: number;
  /** The number of pairs before "not worse" can be decided. */
  readonly pairsMin: number;
  /** The largest number of pairs, over which alpha is spent. */
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

/** Pairs at the start that warm up both sides. Blue's times in them give the first thresholds. */
export const PILOT_PAIRS = 40;

/**
 * The addition to a margin, as a share of blue's own share of failures. If one request in twenty fails anyway, ten thousand
 * requests would be needed to rule out one more in a hundred.
 */
export const MARGIN_OF_BACKGROUND = 0.3;

export type ComparisonDecision = 'worse' | 'not-worse' | 'not-enough-data';

/** What the rule uses of one attempt. */
export interface Observation {
  /** No response, or one that is an error. */
  readonly failed: boolean;
  /** Any unit, the same for all. */
  readonly durationMs: number;
}

/** One interim check. */
export interface Check {
  /** The share of the largest number of pairs, 0 to 1; 1 at the last check. */
  readonly share: number;
  /** How many standard deviations below a margin rule it out; Infinity if there are too few pairs. */
  readonly deviations: number;
  /** Blue's share of failures. */
  readonly background: number;
}
