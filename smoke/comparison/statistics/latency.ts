import type { ComparedMeasure } from '../result';
import { Distribution } from './bands';
import { dependence } from './dependence';
import { tallyOf } from './paired';
import { Question, strongest } from './question';
import {
  type Check,
  type ComparisonDecision,
  type ComparisonRule,
  MARGIN_OF_BACKGROUND,
  type Observation,
  PILOT_PAIRS,
} from './rule';
import { RecentTimes } from './times';

/** The quantiles of blue's distribution that are compared, the share of all responses that may move beyond, and the share of alpha. */
const QUANTILES = [
  { p: 0.5, margin: 0.1, weight: 0.04 },
  { p: 0.75, margin: 0.1, weight: 0.04 },
  { p: 0.9, margin: 0.06, weight: 0.04 },
  { p: 0.95, margin: 0.05, weight: 0.04 },
] as const;
const TAIL = { p: 0.99, margin: 0.01, weight: 0.32 } as const;
const SLOWER_WEIGHT = 0.2;
const MANIFOLD = { times: 6, weight: 0.32 } as const;

/** With fewer pairs their correlation cannot be estimated, so "worse" is not decided either. */
const PAIRS_FOR_DEPENDENCE = 100;
/** The number of pairs from which on the tail is compared. With fewer, one in a hundred is a guess. */
const PAIRS_FOR_TAIL = 240;
const GROSS_TIMES = 2;
/** After how many pairs blue's quantiles are read again, and of how many responses. */
const LEARN_EVERY = 40;
const RECENT = 400;
const RECENT_FOR_TAIL = 2_000;
/** The number of responses of both sides whose median is the current level, which follows load, and after how many pairs it is read. */
const RECENT_FOR_LEVEL = 40;
const LEVEL_EVERY = 10;

/**
 * Decides by the times of both sides, pair by pair. An error counts as a response that never came. Otherwise a green that
 * fails in its slow requests would seem faster.
 */
export class LatencyJudge {
  private readonly blue = new Distribution();
  private readonly green = new Distribution();
  private readonly slower: Question;
  private readonly manifold: Question;
  private readonly quantiles: readonly Question[];
  private readonly tail: Question;
  private readonly recent = new RecentTimes(RECENT);
  private readonly recentOfLevel = new RecentTimes(RECENT_FOR_TAIL);
  private readonly moment = new RecentTimes(RECENT_FOR_LEVEL);
  private thresholds: readonly number[] = [];
  private tailOfLevel = NaN;
  private levelMs = NaN;
  private readonly ratios: number[] = [];
  private count = 0;
  private factor = 1;
  private found: ComparisonDecision = 'not-enough-data';
  private readonly alpha: number;

  constructor(private readonly rule: ComparisonRule) {
    this.alpha = rule.alpha / 2;
    this.slower = new Question(SLOWER_WEIGHT * this.alpha);
    this.manifold = new Question(MANIFOLD.weight * this.alpha);
    this.quantiles = QUANTILES.map(({ weight }) => new Question(weight * this.alpha));
    this.tail = new Question(TAIL.weight * this.alpha);
  }

  observe(blue: Observation, green: Observation): void {
    this.count += 1;
    if (this.thresholds.length > 0) this.compare(blue, green);
    if (!blue.failed) this.recent.add(blue.durationMs);
    if (!blue.failed && this.levelMs > 0) this.recentOfLevel.add(blue.durationMs / this.levelMs);
    for (const each of [blue, green]) if (!each.failed) this.moment.add(each.durationMs);
    if (this.count % LEVEL_EVERY === 0) [this.levelMs] = this.moment.quantiles(0.5) as [number];
    if (this.count % LEARN_EVERY === 0 && this.recent.size >= PILOT_PAIRS / 2) this.readThresholds();
  }

  private compare(blue: Observation, green: Observation): void {
    if (!blue.failed) this.blue.add(blue.durationMs);
    if (!green.failed) this.green.add(green.durationMs);
    const [blueMs, greenMs] = [timeToResponse(blue), timeToResponse(green)];
    const allowedMs = this.allowed(blueMs);
    this.slower.pairs.add(tallyOf(greenMs > allowedMs, allowedMs > greenMs));
    this.ratios.push(lnRatio(greenMs, allowedMs));
    this.manifold.pairs.add(tallyOf(this.isManifold(greenMs, blueMs), this.isManifold(blueMs, greenMs)));
    this.quantiles.forEach((question, at) =>
      this.compareBeyond(question, this.thresholds[at] as number, blueMs, greenMs),
    );
    if (this.count > PAIRS_FOR_TAIL) this.compareBeyond(this.tail, this.tailOfLevel * this.levelMs, blueMs, greenMs);
  }

  private compareBeyond(question: Question, thresholdMs: number, blueMs: number, greenMs: number): void {
    question.pairs.add(tallyOf(greenMs > this.allowed(thresholdMs), blueMs > thresholdMs));
  }

  /** The thresholds come from blue's responses up to here. Neither green nor later pairs can change them. */
  private readThresholds(): void {
    this.thresholds = this.recent.quantiles(...QUANTILES.map(({ p }) => p));
    [this.tailOfLevel] = this.recentOfLevel.quantiles(TAIL.p) as [number];
  }

  private allowed(blueMs: number): number {
    return Math.max(blueMs * this.rule.latencyRatio, blueMs + this.rule.latencyFloorMs);
  }

  private isManifold(ms: number, otherMs: number): boolean {
    return ms > otherMs * MANIFOLD.times && ms > otherMs + this.rule.latencyFloorMs;
  }

  private get questions(): readonly Question[] {
    return [this.slower, this.manifold, ...this.quantiles, this.tail];
  }

  check({ share, deviations, background }: Check): void {
    const early = this.count < PAIRS_FOR_DEPENDENCE;
    for (const question of this.questions) question.check(early ? 0 : share);
    // Pairs that are correlated in one measure may be so in all.
    this.factor = Math.max(dependence(this.ratios), ...this.questions.map((question) => question.factor));
    if (!early && this.questions.some((question) => question.isWorse(this.factor))) this.found = 'worse';
    else this.found = this.isWithin(deviations, background) ? 'not-worse' : 'not-enough-data';
  }

  /** Every margin must be ruled out, each at the full confidence. */
  private isWithin(deviations: number, background: number): boolean {
    const more = MARGIN_OF_BACKGROUND * background;
    // If the tail comes in bursts on one side, only a larger margin can be ruled out.
    const ofTail = (TAIL.margin + more) * Math.sqrt(this.tail.factor);
    return (
      this.quantiles.every((question, at) => question.isWithin((QUANTILES[at]?.margin ?? 0) + more, deviations)) &&
      this.tail.isWithin(ofTail, deviations)
    );
  }

  /** The decision at the last check. */
  decision(): ComparisonDecision {
    return this.found;
  }

  /** The decision with its figures. */
  measure(): ComparedMeasure {
    return {
      measure: 'latency',
      decision: this.found,
      ...this.furthestBehind(),
      pairs: this.slower.pairs.series.length,
      ...strongest(this.questions, this.factor),
      alpha: this.alpha,
      margin: this.rule.latencyRatio,
      rule: 'group-sequential sign test on the pairs: which side is slower, six times as slow, or beyond blue’s p50, p75, p90, p95 or p99',
    };
  }

  /** Whether green takes far longer than allowed at any quantile. */
  isGross(): boolean {
    if (this.blue.size === 0 || this.green.size === 0) return false;
    return this.quantileBands().some(({ blue, green }) => green.low >= GROSS_TIMES * this.allowed(blue.high));
  }

  private quantileBands() {
    const alpha = (1 - this.rule.confidence) / 2;
    return [...QUANTILES, TAIL].map(({ p }) => {
      const [blue, green] = [this.blue, this.green].map((side) => side.quantileWithBand(p, alpha)) as [Q, Q];
      return { p, blue, green, ratio: green.value / positive(blue.value) };
    });
  }

  /** The quantile at which green is slowest compared with blue, as a ratio, with the interval of the bands. */
  private furthestBehind() {
    if (this.blue.size === 0) return { value: 1, interval: [null, null] as const, blue: 0, green: 0, quantile: 0.5 };
    const worst = this.quantileBands().reduce((most, each) => (each.ratio > most.ratio ? each : most));
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

function timeToResponse({ failed, durationMs }: Observation): number {
  return failed ? Infinity : durationMs;
}

/** Limited to about a hundredfold, so that one error does not hide the rest. */
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
