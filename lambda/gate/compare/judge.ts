import type { ComparedMeasure } from '../contract';
import { ErrorJudge } from './errors';
import { LatencyJudge } from './latency';
import type { ComparisonAnswer, ComparisonRule, Observation } from './rule';

/** Judges pairs of attempts, one to blue and one to green, as they come. Pure: no time, no I/O. */
export class PairJudge {
  private readonly errors: ErrorJudge;
  private readonly latency: LatencyJudge;

  constructor(rule: ComparisonRule) {
    this.errors = new ErrorJudge(rule);
    this.latency = new LatencyJudge(rule);
  }

  observe(blue: Observation, green: Observation): void {
    this.errors.observe(blue, green);
    this.latency.observe(blue, green);
  }

  /** The answer of both together: what to ask at each look, as the figures take longer than the answers. */
  answer(): ComparisonAnswer {
    return together([this.errors.answer(), this.latency.answer()]);
  }

  measures(): readonly [errors: ComparedMeasure, latency: ComparedMeasure] {
    return [this.errors.measure(), this.latency.measure()];
  }
}

/** Worse if any is, not worse if all are. */
export function together(answers: readonly ComparisonAnswer[]): ComparisonAnswer {
  if (answers.includes('worse')) return 'worse';
  return answers.length > 0 && answers.every((answer) => answer === 'not-worse') ? 'not-worse' : 'not-enough-data';
}
