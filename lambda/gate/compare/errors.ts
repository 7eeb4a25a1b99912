import type { ComparedMeasure } from '../contract';
import { dependence } from './dependence';
import { differenceOf, fewer, lnEvidenceGreenWorse, lnEvidenceWithin, Pairs, type Tally } from './paired';
import { answerOf, type ComparisonAnswer, type ComparisonRule, type Observation } from './rule';

/** Errors of both sides, pair by pair. */
export class ErrorJudge {
  private readonly pairs = new Pairs();
  private lnWorse = 0;
  private lnWorseDependent = 0;
  private failed = { blue: 0, green: 0 };
  private readonly alpha: number;

  constructor(private readonly rule: ComparisonRule) {
    this.alpha = rule.alpha / 2;
  }

  observe(blue: Observation, green: Observation): void {
    this.failed.blue += Number(blue.failed);
    this.failed.green += Number(green.failed);
    this.pairs.add((Number(green.failed) - Number(blue.failed)) as Tally);
    if (green.failed && !blue.failed) this.weigh();
  }

  private weigh(): void {
    const ln = lnEvidenceGreenWorse(this.pairs);
    this.lnWorse = Math.max(this.lnWorse, ln);
    if (ln < -Math.log(this.alpha) || this.lnWorseDependent >= -Math.log(this.alpha)) return;
    this.lnWorseDependent = Math.max(
      this.lnWorseDependent,
      lnEvidenceGreenWorse(fewer(this.pairs, dependence(this.pairs.series))),
    );
  }

  /** The answer as it stands; it may be asked at any time. */
  answer(): ComparisonAnswer {
    const { rule, pairs, lnWorse, lnWorseDependent } = this;
    const lnWithin = lnEvidenceWithin(rule.errorMargin, pairs);
    return answerOf({ lnWorse, lnWorseDependent, lnWithin, pairs: pairs.series.length }, this.alpha, rule);
  }

  /** The answer with its figures. */
  measure(): ComparedMeasure {
    const { rule, pairs, failed } = this;
    const count = pairs.series.length;
    const { value, low, high } = differenceOf(pairs, 1 - rule.confidence);
    const answer = this.answer();
    return {
      measure: 'errors',
      answer,
      value,
      interval: [low, high],
      blue: share(failed.blue, count),
      green: share(failed.green, count),
      pairs: count,
      evidence: Math.exp(Math.min(700, answer === 'worse' ? this.lnWorseDependent : this.lnWorse)),
      threshold: 1 / this.alpha,
      alpha: this.alpha,
      margin: rule.errorMargin,
      rule: 'sequential test of Lindon and Malek on the pairs in which one side failed',
    };
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
