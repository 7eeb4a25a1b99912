import type { ComparedMeasure } from '../result';
import { SpendingBoundary } from './boundary';
import { ErrorJudge } from './errors';
import { LatencyJudge } from './latency';
import type { ComparisonDecision, ComparisonRule, Observation } from './rule';

/** Every ten pairs at first, then whenever there are 15 % more: more checks would find little sooner, and cost chance. */
const CHECK_EVERY = 10;
const CHECK_GROWTH = 1.15;

/** The chance of a false pass is spent a little ahead of the pairs, as most releases are good and should not wait. */
const PASS_SPENDING = 0.75;

/**
 * Judges pairs of attempts, one to blue and one to green, as they come: a group-sequential test, so that all its checks
 * together keep to `alpha` and `confidence`. Pure: no time, no I/O.
 */
export class PairJudge {
  private readonly errors: ErrorJudge;
  private readonly latency: LatencyJudge;
  /** A sum of so many tosses gives the standard deviations below a margin. */
  private readonly passing: SpendingBoundary;
  private count = 0;
  private countOfPassing = 0;
  private nextCheck = CHECK_EVERY;

  constructor(private readonly rule: ComparisonRule) {
    this.errors = new ErrorJudge(rule);
    this.latency = new LatencyJudge(rule);
    this.passing = new SpendingBoundary(1 - rule.confidence);
  }

  /**
   * One pair.
   * @param timeShare of the time for all pairs that is over, 0 to 1: where it ends before the pairs do, the chances are spent
   * with it. It is the same whichever side of a pair is which, so that the bounds stay exact.
   */
  observe(blue: Observation, green: Observation, timeShare = 0): void {
    this.errors.observe(blue, green);
    this.latency.observe(blue, green);
    this.count += 1;
    if (this.count < this.nextCheck) return;
    this.nextCheck = Math.max(this.count + CHECK_EVERY, Math.ceil(this.count * CHECK_GROWTH));
    this.check(Math.min(1, Math.max(timeShare, this.count / this.rule.pairsMax)));
  }

  /** The last check, when no pair comes any more: all that is left of the chances is spent on it. */
  finish(): void {
    if (this.count > 0) this.check(1);
  }

  /** The first decision is final. */
  private check(share: number): void {
    if (this.decision() !== 'not-enough-data') return;
    const { background } = this.errors;
    const check = { share, background, deviations: this.deviations(share) };
    this.errors.check(check);
    this.latency.check(check);
  }

  private deviations(share: number): number {
    if (this.count < this.rule.pairsMin) return Infinity;
    const bound = this.passing.next(this.count - this.countOfPassing, share ** PASS_SPENDING);
    this.countOfPassing = this.count;
    return bound / Math.sqrt(this.count);
  }

  /** The decision of both measures together, at the last check. */
  decision(): ComparisonDecision {
    return together([this.errors.decision(), this.latency.decision()]);
  }

  /**
   * Whether green is far worse even at the better end of an interval. Waves of one side's own count as few pairs, so that a task
   * that dies and starts again, or a leak, may stay undecided: this tells such harm from too little data.
   */
  isGross(): boolean {
    return this.errors.isGross() || this.latency.isGross();
  }

  measures(): readonly [errors: ComparedMeasure, latency: ComparedMeasure] {
    return [this.errors.measure(), this.latency.measure()];
  }
}

/** Worse if any is, not worse if all are. */
export function together(decisions: readonly ComparisonDecision[]): ComparisonDecision {
  if (decisions.includes('worse')) return 'worse';
  return decisions.length > 0 && decisions.every((decision) => decision === 'not-worse')
    ? 'not-worse'
    : 'not-enough-data';
}
