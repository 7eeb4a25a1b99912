import type { ComparedMeasure } from '../contract';
import { Distribution } from './bands';
import { dependence } from './dependence';
import { fewer, lnEvidenceGreenWorse, lnEvidenceWithin, Pairs, type Tally } from './paired';
import { answerOf, type ComparisonAnswer, type ComparisonRule, type Observation, PILOT_PAIRS } from './rule';

/** Where blue's distribution is asked about, and the share of all answers that may move beyond without being worse. */
const QUANTILES = [
  { p: 0.5, margin: 0.05 },
  { p: 0.75, margin: 0.05 },
  { p: 0.9, margin: 0.05 },
  { p: 0.95, margin: 0.05 },
  // So few answers lie beyond that only "worse" can be said of it.
  { p: 0.99, margin: undefined },
] as const;

/** Half of the stake on "green is slower in more than half of the pairs", half on the quantiles: a slow tail. */
const DIRECT_WEIGHT = 0.5;

/** Before this many pairs nothing can be said of how they hang together, so "worse" is not said either. */
const PAIRS_FOR_DEPENDENCE = 100;
const LOOK_EVERY = 10;

interface Question {
  readonly p: number;
  readonly margin: number | undefined;
  /** Blue's time at `p` in the pilot, and the time that green is allowed there. */
  readonly blueMs: number;
  readonly allowedMs: number;
  readonly pairs: Pairs;
}

/**
 * Times of both sides, pair by pair. An error counts as an answer that never came: left out, a green that fails where it
 * was slow would look faster for it.
 */
export class LatencyJudge {
  private readonly pilot = new Distribution();
  private readonly blue = new Distribution();
  private readonly green = new Distribution();
  private readonly direct = new Pairs();
  private questions: readonly Question[] = [];
  private lnWorse = 0;
  private lnWorseDependent = 0;
  private readonly alpha: number;

  constructor(private readonly rule: ComparisonRule) {
    this.alpha = rule.alpha / 2;
  }

  observe(blue: Observation, green: Observation): void {
    if (this.questions.length === 0) return this.learn(blue);
    if (!blue.failed) this.blue.add(blue.durationMs);
    if (!green.failed) this.green.add(green.durationMs);
    const [blueMs, greenMs] = [timeToAnswer(blue), timeToAnswer(green)];
    const allowedMs = this.allowed(blueMs);
    this.direct.add(compare(greenMs, allowedMs), lnRatio(greenMs, allowedMs));
    for (const question of this.questions) {
      const difference = Number(greenMs > question.allowedMs) - Number(blueMs > question.blueMs);
      question.pairs.add(difference as Tally);
    }
    this.weigh();
  }

  /** The questions are settled by blue alone, before the first pair that counts: green cannot move them. */
  private learn(blue: Observation): void {
    if (!blue.failed) this.pilot.add(blue.durationMs);
    if (this.pilot.size < PILOT_PAIRS) return;
    this.questions = QUANTILES.map(({ p, margin }) => {
      const at = this.pilot.quantile(p);
      return { p, margin, blueMs: at, allowedMs: this.allowed(at), pairs: new Pairs() };
    });
  }

  private allowed(blueMs: number): number {
    return Math.max(blueMs * this.rule.latencyRatio, blueMs + this.rule.latencyFloorMs);
  }

  private weigh(): void {
    const bar = -Math.log(this.alpha);
    const pairs = this.direct.series.length;
    if (pairs % LOOK_EVERY !== 0 || this.lnWorseDependent >= bar) return;
    const ln = this.mixed(lnEvidenceGreenWorse);
    this.lnWorse = Math.max(this.lnWorse, ln);
    if (ln < bar || pairs < PAIRS_FOR_DEPENDENCE) return;
    const all = [this.direct, ...this.questions.map((question) => question.pairs)];
    const factor = Math.max(...all.map(({ series }) => dependence(series)));
    const lnFewer = (each: Pairs) => Math.min(lnEvidenceGreenWorse(each), lnEvidenceGreenWorse(fewer(each, factor)));
    this.lnWorseDependent = Math.max(this.lnWorseDependent, this.mixed(lnFewer));
  }

  /** A mean of evidence is evidence. */
  private mixed(lnOf: (pairs: Pairs) => number): number {
    // A question that speaks for green is left out, as if its evidence were none: less than it is, and cheaper.
    const evidence = (pairs: Pairs) => (pairs.greenWorse > pairs.blueWorse ? Math.exp(Math.min(700, lnOf(pairs))) : 0);
    const weight = (1 - DIRECT_WEIGHT) / QUANTILES.length;
    const tails = this.questions.reduce((sum, { pairs }) => sum + weight * evidence(pairs), 0);
    return Math.log(DIRECT_WEIGHT * evidence(this.direct) + tails);
  }

  /** The answer as it stands; it may be asked at any time. */
  answer(): ComparisonAnswer {
    const pairs = this.direct.series.length;
    const { lnWorse, lnWorseDependent } = this;
    return answerOf({ lnWorse, lnWorseDependent, lnWithin: this.lnWithin(), pairs }, this.alpha, this.rule);
  }

  /** Every one must be ruled out, so each at the full confidence. */
  private lnWithin(): number {
    return this.questions.reduce(
      (least, { margin, pairs }) => (margin === undefined ? least : Math.min(least, lnEvidenceWithin(margin, pairs))),
      this.direct.series.length === 0 ? 0 : Infinity,
    );
  }

  /** The answer with its figures. */
  measure(): ComparedMeasure {
    const { rule, lnWorse, lnWorseDependent } = this;
    const pairs = this.direct.series.length;
    const answer = this.answer();
    return {
      measure: 'latency',
      answer,
      ...this.quantiles(),
      pairs,
      evidence: Math.exp(Math.min(700, answer === 'worse' ? lnWorseDependent : lnWorse)),
      threshold: 1 / this.alpha,
      alpha: this.alpha,
      margin: rule.latencyRatio,
      rule: 'sequential test on pairs: which side is slower, and beyond blue’s p50, p75, p90, p95 and p99',
    };
  }

  /** The quantile at which green lies the furthest behind, as a ratio, with the interval of the bands. */
  private quantiles() {
    if (this.blue.size === 0) return { value: 1, interval: [null, null] as const, blue: 0, green: 0, quantile: 0.5 };
    const alpha = (1 - this.rule.confidence) / 2;
    const ratios = [0.5, 0.75, 0.9, 0.95].map((p) => {
      const [blue, green] = [this.blue, this.green].map((side) => side.quantileWithBand(p, alpha)) as [Q, Q];
      return { p, blue, green, ratio: green.value / positive(blue.value) };
    });
    const worst = ratios.reduce((most, each) => (each.ratio > most.ratio ? each : most));
    const { p, blue, green, ratio } = worst;
    return {
      value: ratio,
      interval: [finite(green.low / blue.high), finite(green.high / positive(blue.low))] as const,
      blue: blue.value,
      green: green.value,
      quantile: p,
    };
  }
}

function timeToAnswer({ failed, durationMs }: Observation): number {
  return failed ? Infinity : durationMs;
}

function compare(a: number, b: number): Tally {
  return a === b ? 0 : a > b ? 1 : -1;
}

/** Cut at about a hundredfold, so that one error does not drown the rest. */
function lnRatio(a: number, b: number): number {
  if (a === b) return 0;
  return Math.max(-5, Math.min(5, Math.log(positive(a) / positive(b))));
}

type Q = ReturnType<Distribution['quantileWithBand']>;

function positive(value: number): number {
  return Math.max(value, Number.MIN_VALUE);
}

function finite(value: number): number | null {
  return Number.isFinite(value) && value < 1e9 ? value : null;
}
