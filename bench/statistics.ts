import { Distribution, bandsApart } from '../lambda/gate/compare/bands';
import { PairJudge } from '../lambda/gate/compare/judge';
import { RULE_DEFAULT } from '../lambda/gate/compare/rule';
import { LATENCIES, observations, type PairSource, seeded } from '../test/lambda/gate/compare/sources';
import { isHigh } from '../test/lambda/gate/compare/kayenta';

const STRICT = { ...RULE_DEFAULT, latencyRatio: 1, latencyFloorMs: 0 };
const RUNS = 100;
const PAIRS_MAX = 1_000;
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
  { name: 'errors 0.1 % -> 5 %', errors: 0.001, greenErrors: 0.05 },
  { name: 'latency x1.25', factor: 1.25, errors: 0.001 },
  { name: 'latency x1.5', factor: 1.5, errors: 0.001 },
  { name: 'latency x2', factor: 2, errors: 0.001 },
];

/** Prints the cost of one pair, and what is stopped, how soon, beside the bands alone and Kayenta's method. */
export async function run(): Promise<void> {
  cost();
  console.log(
    `stopped of ${RUNS}, median requests: paired test at alpha 0.01 | bands at 0.01 | Kayenta on ${PAIRS_MAX / PAIRS_PER_MINUTE} minutes`,
  );
  for (const [name, source] of Object.entries(LATENCIES)) {
    for (const fault of FAULTS) console.log(`${name}, ${fault.name}: ${figures(source, fault)}`);
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
  const paired: number[] = [];
  const bands: number[] = [];
  let kayenta = 0;
  for (let run = 0; run < RUNS; run++) {
    const next = observations(source, seeded(run * 31 + 5), fault);
    const pairs = Array.from({ length: PAIRS_MAX }, next);
    const judge = new PairJudge(STRICT);
    const [blueTimes, greenTimes] = [new Distribution(), new Distribution()];
    let [foundPaired, foundBands] = [0, 0];
    pairs.forEach(([blue, green], index) => {
      const requests = 2 * (index + 1);
      if (foundPaired === 0) {
        judge.observe(blue, green);
        if (index % 10 === 9 && judge.measures().some(({ answer }) => answer === 'worse')) foundPaired = requests;
      }
      if (!blue.failed) blueTimes.add(blue.durationMs);
      if (!green.failed) greenTimes.add(green.durationMs);
      if (foundBands === 0 && index % 20 === 19 && bandsApart(blueTimes, greenTimes, STRICT.alpha))
        foundBands = requests;
    });
    if (foundPaired > 0) paired.push(foundPaired);
    if (foundBands > 0) bands.push(foundBands);
    kayenta += Number(kayentaStops(pairs));
  }
  return `${median(paired)} | ${median(bands)} | ${kayenta}`;
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

function median(values: number[]): string {
  values.sort((a, b) => a - b);
  return values.length === 0 ? '0' : `${values.length}, ${values[values.length >> 1]}`;
}
