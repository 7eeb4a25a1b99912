import { PairJudge } from '../smoke/comparison/statistics/judge';
import { RULE_DEFAULT } from '../smoke/comparison/statistics/rule';
import { CELLS, FAULTS, HIDDEN_TAILS, leastOf, tally, type Fault } from '../test/smoke/comparison/limits';
import { LATENCIES, observations, type PairSource, seeded } from '../test/smoke/comparison/sources';
import { isHigh } from '../test/smoke/comparison/statistics/kayenta';

const RUNS = 100;
/** Kayenta reads one value a minute: so many pairs make one. */
const PAIRS_PER_MINUTE = 50;
const MINUTES = 20;

/** Prints the cost of one pair, the table of docs/comparison.md, and what more pairs would find of a hidden slow tail. */
export async function run(): Promise<void> {
  cost();
  table();
  hiddenTail();
}

function cost(): void {
  const next = observations(LATENCIES.lognormal as PairSource, seeded(1), { errors: 0.01 });
  const rule = { ...RULE_DEFAULT, pairsMin: 10_000, pairsMax: 10_000 };
  const pairs = Array.from({ length: rule.pairsMax }, next);
  const judge = new PairJudge(rule);
  const beganMs = performance.now();
  for (const [blue, green] of pairs) judge.observe(blue, green);
  const microseconds = ((performance.now() - beganMs) * 1_000) / pairs.length;
  console.log(`statistics: ${microseconds.toFixed(1)} microseconds a pair, over ${pairs.length} pairs\n`);
}

function table(): void {
  console.log(
    `${RUNS} comparisons a cell: stopped / passed / undecided, median requests; what Kayenta's method stops\n`,
  );
  const sources = Object.keys(LATENCIES);
  console.log(row(['green', ...sources]));
  console.log(row(['---', ...sources.map(() => '---')]));
  for (const fault of FAULTS) {
    const cells = CELLS.filter((each) => each.fault === fault).map(({ source }) => cell(source, fault));
    console.log(row([fault.name, ...cells]));
  }
}

function cell(source: string, fault: Fault): string {
  const { decisions, requests } = tally(source, fault, RUNS);
  const figures = `${decisions.worse}/${decisions['not-worse']}/${decisions['not-enough-data']}, ${requests}`;
  const least = leastOf(source, fault);
  const missed = least !== undefined && decisions[fault.decision] < least ? ` (of ${least} at least!)` : '';
  return `${figures}; ${kayentaStops(source, fault)}${missed}`;
}

function kayentaStops(source: string, fault: Fault): number {
  const stopped = Array.from({ length: RUNS }, (_, run) => {
    const next = observations(LATENCIES[source] as PairSource, seeded(run * 31 + 5), fault);
    return isStoppedByKayenta(Array.from({ length: MINUTES * PAIRS_PER_MINUTE }, next));
  });
  return stopped.filter(Boolean).length;
}

const TRADE_OFF_RUNS = 20;

/** What more requests would find of a slow tail where 10,000 do not find it, and what a good release would pay for it. */
function hiddenTail(): void {
  const fault = FAULTS.at(-1) as Fault;
  const sources = HIDDEN_TAILS;
  console.log(`\nhidden tails, ${TRADE_OFF_RUNS} comparisons a cell: stopped / passed / undecided\n`);
  console.log(row(['requests at the most', 'time at 100 a second', ...sources]));
  console.log(row(['---', '---', ...sources.map(() => '---')]));
  for (const pairsMax of [5_000, 20_000, 80_000]) {
    // Passing is put off, so that only the evidence counts.
    const rule = { ...RULE_DEFAULT, pairsMax, pairsMin: pairsMax };
    const cells = sources.map((source) => {
      const { decisions } = tally(source, fault, TRADE_OFF_RUNS, rule);
      return `${decisions.worse}/${decisions['not-worse']}/${decisions['not-enough-data']}`;
    });
    console.log(row([String(2 * pairsMax), `${Math.round((2 * pairsMax) / 6_000)} min`, ...cells]));
  }
}

type Pair = ReturnType<ReturnType<typeof observations>>;

/** High for errors or for mean latency. */
function isStoppedByKayenta(pairs: readonly Pair[]): boolean {
  const minutes = Array.from({ length: MINUTES }, (_, minute) =>
    pairs.slice(minute * PAIRS_PER_MINUTE, (minute + 1) * PAIRS_PER_MINUTE),
  );
  const perMinute = (side: 0 | 1, value: (observation: Pair[0]) => number) =>
    minutes.map((minute) => minute.reduce((sum, pair) => sum + value(pair[side]), 0) / minute.length);
  const errors = (side: 0 | 1) => perMinute(side, ({ failed }) => Number(failed));
  const latency = (side: 0 | 1) => perMinute(side, ({ durationMs }) => durationMs);
  return isHigh(errors(1), errors(0)) || isHigh(latency(1), latency(0));
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
