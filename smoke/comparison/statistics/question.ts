import { SpendingBoundary } from './boundary';
import { dependence } from './dependence';
import { Pairs, scoreBelow } from './paired';
import { lnBetaAbove } from './special';

/** The evidence for "worse" and the value that decides. Both are reciprocals of the probability of such pairs between equal sides. */
export interface Strength {
  readonly evidence: number;
  readonly threshold: number;
}

/** One question about every pair, such as "which side failed?", and whether chance explains the tallies. */
export class Question {
  readonly pairs = new Pairs();
  /** At the last check: how many pairs count as one. */
  factor = 1;
  private bound = Infinity;
  private tosses = 0;
  private sum = 0;
  private readonly boundary: SpendingBoundary;

  /** @param alpha the probability that a green that is no worse is ever called worse */
  constructor(private readonly alpha: number) {
    this.boundary = new SpendingBoundary(alpha);
  }

  /** The next check. @param share the share of alpha that may be spent up to here */
  check(share: number): void {
    const { greenWorse, blueWorse, series } = this.pairs;
    const tosses = greenWorse + blueWorse;
    this.bound = this.boundary.next(tosses - this.tosses, share);
    this.tosses = tosses;
    this.sum = greenWorse - blueWorse;
    this.factor = dependence(series);
  }

  /** Whether green was worse so often that chance does not explain it. @param factor how many pairs count as one */
  isWorse(factor = this.factor): boolean {
    return this.discounted(factor) >= this.bound;
  }

  /** Whether green is worse by less than the margin. @param deviations how many standard deviations it must be below */
  isWithin(margin: number, deviations: number): boolean {
    return scoreBelow(margin, this.pairs) >= deviations * Math.sqrt(this.factor);
  }

  strength(factor = this.factor): Strength {
    const threshold = Number.isFinite(this.bound) ? 1 / this.chanceOf(this.bound) : 1 / this.alpha;
    return { evidence: Math.min(1e300, 1 / this.chanceOf(this.discounted(factor))), threshold };
  }

  /** As if `factor` pairs were one. */
  private discounted(factor: number): number {
    return this.sum / Math.sqrt(factor);
  }

  /** The probability that so many fair tosses have a sum of `sum` or more. */
  private chanceOf(sum: number): number {
    const heads = (this.tosses + sum) / 2;
    return heads <= 0 ? 1 : Math.exp(lnBetaAbove(0.5, this.tosses - heads + 1, heads));
  }
}

/** The strength of the question that is closest to "worse", or furthest beyond it. */
export function strongest(questions: readonly Question[], factor: number): Strength {
  const strengths = questions.map((question) => question.strength(factor));
  const ratioOf = ({ evidence, threshold }: Strength) => evidence / threshold;
  return strengths.reduce((most, each) => (ratioOf(each) > ratioOf(most) ? each : most));
}
