import type { ComparedMeasure } from '../result';
import { SpendingBoundary } from './boundary';
import { ErrorJudge } from './errors';
import { LatencyJudge } from './latency';
import type { ComparisonDecision, ComparisonRule, Observation } from './rule';

/** A check after every ten pairs at first, later after every 15 % more. More checks would find little earlier, and spend alpha. */
const CHECK_EVERY = 10;
const CHECK_GROWTH = 1.15;

/** The probability of a false pass is spent a little faster than the pairs, because most releases are good and should not wait. */
const PASS_SPENDING = 0.75;

/**
 * Evaluates pairs of attempts, one to blue and one to green, as they come. It is a group-sequential test, so all its checks
 * together keep to `alpha` and `confidence`. Pure: no time, no I/O.
 */
export class PairJudge {
  private readonly errors: ErrorJudge;
  private readonly latency: LatencyJudge;
  /** Its bounds give the number of standard deviations below a margin. */
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
   * @param timeShare the share of the time for all pairs that is over, 0 to 1. If the time ends before the pairs do, alpha is
   * spent by time. The share is the same if the sides of a pair are swapped, so the bounds stay exact.
   */
  observe(blue: Observation, green: Observation, timeShare = 0): void {
    this.errors.observe(blue, green);
    this.latency.observe(blue, green);
    this.count += 1;
    if (this.count < this.nextCheck) return;
    this.nextCheck = Math.max(this.count + CHECK_EVERY, Math.ceil(this.count * CHECK_GROWTH));
    this.check(Math.min(1, Math.max(timeShare, this.count / this.rule.pairsMax)));
  }

  /** The last check, after the last pair. It spends the rest of alpha. */
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
   * Whether green is far worse even at the better end of an interval. Effects on only one side count as few pairs, so a task
   * that dies and starts again, or a leak, may stay undecided. This distinguishes such a problem from too little data.
   */
  isGross(): boolean {
    return this.errors.isGross() || this.latency.isGross();
  }

  measures(): readonly [errors: ComparedMeasure, latency: ComparedMeasure] {
    return [this.errors.measure(), this.latency.measure()];
  }
}

/** "worse" if any decision is, "not worse" if all are. */
export function together(decisions: readonly ComparisonDecision[]): ComparisonDecision {
  if (decisions.includes('worse')) return 'worse';
  return decisions.length > 0 && decisions.every((decision) => decision === 'not-worse')
    ? 'not-worse'
    : 'not-enough-data';
}
