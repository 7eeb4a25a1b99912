import { PairJudge } from '../../../smoke/comparison/statistics/judge';
import { type ComparisonDecision, type ComparisonRule, RULE_DEFAULT } from '../../../smoke/comparison/statistics/rule';
import { LATENCIES, observations, type PairSource, seeded } from './sources';

/** What the comparison is to decide, and how often: the table of docs/comparison.md, printed by the bench, held by a test. */

export interface Fault {
  readonly name: string;
  readonly decision: Exclude<ComparisonDecision, 'not-enough-data'>;
  readonly errors: number;
  readonly greenErrors?: number;
  readonly factor?: number;
  readonly slowShare?: number;
}

export const FAULTS: readonly Fault[] = [
  { name: 'alike', decision: 'not-worse', errors: 0.001 },
  { name: 'alike, 1 % errors on both', decision: 'not-worse', errors: 0.01 },
  { name: 'alike, 5 % errors on both', decision: 'not-worse', errors: 0.05 },
  { name: 'errors 0 → 2 %', decision: 'worse', errors: 0, greenErrors: 0.02 },
  { name: 'errors 1 → 3 %', decision: 'worse', errors: 0.01, greenErrors: 0.03 },
  { name: 'latency x1.5', decision: 'worse', errors: 0.001, factor: 1.5 },
  { name: '2 % of the responses x10', decision: 'worse', errors: 0.001, slowShare: 0.02 },
];

const TAIL = FAULTS.at(-1) as Fault;
const OWN = 'autocorrelated, each side its own (.9)';
/** Where a slow tail hides among what is as slow anyway, or in waves of one side's own: docs/comparison.md. */
export const HIDDEN_TAILS: readonly string[] = ['bimodal', OWN];

/** How many of 100 comparisons must reach the right decision; undefined if none is promised. */
export function leastOf(source: string, fault: Fault): number | undefined {
  if (source === OWN && fault.decision === 'not-worse') return 80;
  if (fault === TAIL && HIDDEN_TAILS.includes(source)) return undefined;
  return 95;
}

/** Every cell of the table. */
export const CELLS = Object.keys(LATENCIES).flatMap((source) => FAULTS.map((fault) => ({ source, fault })));

export interface Tally {
  readonly decisions: Readonly<Record<ComparisonDecision, number>>;
  /** Median of the requests to both sides. */
  readonly requests: number;
}

/** Repeats the comparison of the gate, each time until the decision is known or all pairs are used. */
export function tally(source: string, fault: Fault, runs: number, rule: ComparisonRule = RULE_DEFAULT): Tally {
  const decisions = { worse: 0, 'not-worse': 0, 'not-enough-data': 0 };
  const requests: number[] = [];
  for (let run = 0; run < runs; run++) {
    const next = observations(LATENCIES[source] as PairSource, seeded(run * 31 + 5), fault);
    const judge = new PairJudge(rule);
    let pairs = 0;
    for (; pairs < rule.pairsMax && judge.decision() === 'not-enough-data'; pairs++) judge.observe(...next());
    judge.finish();
    decisions[judge.decision()] += 1;
    requests.push(2 * pairs);
  }
  return { decisions, requests: requests.sort((a, b) => a - b)[runs >> 1] as number };
}
