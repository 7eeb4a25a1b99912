/** What a comparison takes for worse, and how sure it is to be. */
export interface ComparisonRule {
  /** Chance that a green no worse than blue is ever called worse, over all looks; half for errors, half for latency. */
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
}

export const RULE_DEFAULT: ComparisonRule = {
  alpha: 0.01,
  confidence: 0.95,
  errorMargin: 0.01,
  latencyRatio: 1.1,
  latencyFloorMs: 5,
  pairsMin: 200,
};

/** Pairs at the start that warm both sides up; blue's times in them say which times are worth asking about. */
export const PILOT_PAIRS = 40;

export type ComparisonAnswer = 'worse' | 'not-worse' | 'not-enough-data';

/** What of one attempt is judged. */
export interface Observation {
  /** No answer, or one that tells of an error. */
  readonly failed: boolean;
  /** Any unit, the same for all. */
  readonly durationMs: number;
}

/** The state of one measure's evidence, by which its answer is found. */
export interface Evidence {
  /** E against "green is no worse", as it counts pair by pair; the most so far, natural logarithm. */
  readonly lnWorse: number;
  /** The same, with pairs that hang together counted as fewer. */
  readonly lnWorseDependent: number;
  /** E against "green is worse by the margin or more", natural logarithm. */
  readonly lnWithin: number;
  readonly pairs: number;
}

/**
 * Worse once the evidence reaches 1/alpha even where dependence is allowed for. Not worse only once the margin is ruled
 * out, and only if the evidence for worse never reached its bar in either way of counting: so a green whose answers
 * are all no better never passes where a better one was stopped. All else is too little data.
 */
export function answerOf(evidence: Evidence, alpha: number, rule: ComparisonRule): ComparisonAnswer {
  const bar = -Math.log(alpha);
  if (evidence.lnWorseDependent >= bar) return 'worse';
  if (evidence.lnWorse >= bar || evidence.pairs < rule.pairsMin) return 'not-enough-data';
  return evidence.lnWithin >= -Math.log(1 - rule.confidence) ? 'not-worse' : 'not-enough-data';
}
