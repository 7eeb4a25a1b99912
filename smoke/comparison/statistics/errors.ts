import type { ComparedMeasure } from '../result';
import { differenceOf, tallyOf } from './paired';
import { Question } from './question';
import {
  type Check,
  type ComparisonDecision,
  type ComparisonRule,
  MARGIN_OF_BACKGROUND,
  type Observation,
} from './rule';

const GROSS_MARGINS = 5;
const GROSS_DEVIATIONS = 3;

/** Decides by the errors of both sides, pair by pair. */
export class ErrorJudge {
  private readonly question: Question;
  private readonly failed = { blue: 0, green: 0 };
  private readonly alpha: number;
  private readonly errorMargin: number;
  private margin: number;
  private deviations = Infinity;
  private found: ComparisonDecision = 'not-enough-data';

  constructor(rule: ComparisonRule) {
    this.alpha = rule.alpha / 2;
    this.errorMargin = rule.errorMargin;
    this.margin = rule.errorMargin;
    this.question = new Question(this.alpha);
  }

  observe(blue: Observation, green: Observation): void {
    this.failed.blue += Number(blue.failed);
    this.failed.green += Number(green.failed);
    this.question.pairs.add(tallyOf(green.failed, blue.failed));
  }

  /** Blue's share of failures. */
  get background(): number {
    return share(this.failed.blue, this.question.pairs.series.length);
  }

  check({ share: spent, deviations, background }: Check): void {
    this.question.check(spent);
    this.deviations = deviations;
    this.margin = this.errorMargin + MARGIN_OF_BACKGROUND * background;
    if (this.question.isWorse()) this.found = 'worse';
    else this.found = this.question.isWithin(this.margin, deviations) ? 'not-worse' : 'not-enough-data';
  }

  /** The decision at the last check. */
  decision(): ComparisonDecision {
    return this.found;
  }

  /** Whether green fails far more often than the margin allows. */
  isGross(): boolean {
    return differenceOf(this.question.pairs, GROSS_DEVIATIONS).low >= GROSS_MARGINS * this.margin;
  }

  /** The decision with its figures. */
  measure(): ComparedMeasure {
    const { question, failed } = this;
    const count = question.pairs.series.length;
    const { value, low, high } = differenceOf(question.pairs, Math.min(this.deviations, 3));
    return {
      measure: 'errors',
      decision: this.found,
      value,
      interval: [low, high],
      blue: share(failed.blue, count),
      green: share(failed.green, count),
      pairs: count,
      ...question.strength(),
      alpha: this.alpha,
      margin: this.margin,
      rule: 'group-sequential sign test on the pairs in which one side failed',
    };
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
