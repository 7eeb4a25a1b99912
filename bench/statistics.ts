import { Distribution, bandsApart } from '../lambda/gate/compare/bands';
import { PairJudge } from '../lambda/gate/compare/judge';
import { type ComparisonAnswer, RULE_DEFAULT } from '../lambda/gate/compare/rule';
import { LATENCIES, observations, type PairSource, seeded } from '../test/lambda/gate/compare/sources';
import { isHigh } from '../test/lambda/gate/compare/kayenta';

const STRICT = { ...RULE_DEFAULT, latencyRatio: 1, latencyFloorMs: 0 };
const RUNS = 100;
const PAIRS_MAX = 1_000;
/** The default of `requestsMax`. */
const GATE_PAIRS_MAX = 2_000;
/** Kayenta reads one value a minute: so many pairs make one. */
const PAIRS_PER_MINUTE = 50;

interface Fault {
  readonly name: string;
  readonly factor?: number;
  readonly errors: number;
  readonly greenErrors?: number;
}

const FAULTS: readonly Fault[] = [
  { name: 'alike', errors: 0.001 },
  { name: 'errors 0.1 % -> 1.1 % (the margin)', errors: 0.001, greenErrors: 0.011 },
  { name: 'errors 0.1 % -> 5 %', errors: 0.001, greenErrors: 0.05 },
  { name: 'latency x1.25', factor: 1.25, errors: 0.001 },
  { name: 'latency x1.5', factor: 1.5, errors: 0.001 },
  { name: 'latency x2', factor: 2, errors: 0.001 },
];

/** Prints the cost of one pair, and what is stopped, how soon, beside the bands alone and Kayenta's method. */
export async function run(): Promise<void> {
  cost();
  console.log(`of ${RUNS} comparisons each:`);
  console.log('  test: stopped at alpha 0.01 with no tolerance within 1,000 pairs, median requests');
  console.log(
    '  gate: stopped / passed / undecided by the default rule (x1.1, 1 % errors, 2,000 pairs), median requests',
  );
  console.log('  bands: of Howard and Ramdas at 0.01, stopped, median requests');
  console.log(`  Kayenta: stopped after ${PAIRS_MAX / PAIRS_PER_MINUTE} minutes of ${PAIRS_PER_MINUTE} pairs`);
  for (const [name, source] of Object.entries(LATENCIES)) {
    console.log(name);
    for (const fault of FAULTS) console.log(`  ${fault.name}: ${figures(source, fault)}`);
  }
}

function cost(): void {
  const next = observations(LATENCIES.lognormal as PairSource, seeded(1), { errors: 0.01 });
  const pairs = Array.from({ length: 20_000 }, next);
  const judge = new PairJudge(STRICT);
  const beganMs = performance.now();
  for (const [blue, green] of pairs) judge.observe(blue, green);
  const microseconds = ((performance.now() - beganMs) * 1_000) / pairs.length;
  console.log(`statistics: ${microseconds.toFixed(1)} microseconds a pair, over ${pairs.length} pairs`);
}

function figures(source: PairSource, fault: Fault): string {
  const runs = Array.from({ length: RUNS }, (_, run) =>
    Array.from({ length: GATE_PAIRS_MAX }, observations(source, seeded(run * 31 + 5), fault)),
  );
  const first = runs.map((pairs) => pairs.slice(0, PAIRS_MAX));
  const gate = runs.map(gateAnswer);
  const count = (answer: ComparisonAnswer) => gate.filter((each) => each.answer === answer).length;
  return [
    `test ${stopped(first.map(stoppedByTest))}`,
    `gate ${count('worse')} / ${count('not-worse')} / ${count('not-enough-data')}, ${median(gate.map(({ requests }) => requests))}`,
    `bands ${stopped(first.map(stoppedByBands))}`,
    `Kayenta ${first.filter(kayentaStops).length}`,
  ].join(' | ');
}

/** @returns requests until it was stopped, undefined when it never was */
function stoppedByTest(pairs: readonly Pair[]): number | undefined {
  const judge = new PairJudge(STRICT);
  const at = pairs.findIndex(([blue, green], index) => {
    judge.observe(blue, green);
    return index % 10 === 9 && judge.answer() === 'worse';
  });
  return at < 0 ? undefined : 2 * (at + 1);
}

/** As the comparator asks: every ten pairs, and it ends with the first answer. */
function gateAnswer(pairs: readonly Pair[]): { answer: ComparisonAnswer; requests: number } {
  const judge = new PairJudge(RULE_DEFAULT);
  const at = pairs.findIndex(([blue, green], index) => {
    judge.observe(blue, green);
    return index % 10 === 9 && judge.answer() !== 'not-enough-data';
  });
  return { answer: judge.answer(), requests: 2 * (at < 0 ? pairs.length : at + 1) };
}

function stoppedByBands(pairs: readonly Pair[]): number | undefined {
  const [blueTimes, greenTimes] = [new Distribution(), new Distribution()];
  const at = pairs.findIndex(([blue, green], index) => {
    if (!blue.failed) blueTimes.add(blue.durationMs);
    if (!green.failed) greenTimes.add(green.durationMs);
    return index % 20 === 19 && bandsApart(blueTimes, greenTimes, STRICT.alpha);
  });
  return at < 0 ? undefined : 2 * (at + 1);
}

type Pair = ReturnType<ReturnType<typeof observations>>;

/** High for errors or for mean latency. */
function kayentaStops(pairs: readonly Pair[]): boolean {
  const minutes = Array.from({ length: pairs.length / PAIRS_PER_MINUTE }, (_, minute) =>
    pairs.slice(minute * PAIRS_PER_MINUTE, (minute + 1) * PAIRS_PER_MINUTE),
  );
  const perMinute = (side: 0 | 1, value: (observation: Pair[0]) => number) =>
    minutes.map((minute) => minute.reduce((sum, pair) => sum + value(pair[side]), 0) / minute.length);
  const errors = (side: 0 | 1) => perMinute(side, ({ failed }) => Number(failed));
  const latency = (side: 0 | 1) => perMinute(side, ({ durationMs }) => durationMs);
  return isHigh(errors(1), errors(0)) || isHigh(latency(1), latency(0));
}

function stopped(requests: readonly (number | undefined)[]): string {
  const found = requests.filter((each) => each !== undefined);
  return found.length === 0 ? '0' : `${found.length}, ${median(found)}`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
