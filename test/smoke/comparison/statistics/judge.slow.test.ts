import fc from 'fast-check';
import { PairJudge, together } from '../../../../smoke/comparison/statistics/judge';
import { type ComparisonRule, type Observation, RULE_DEFAULT } from '../../../../smoke/comparison/statistics/rule';
import { LATENCIES, observations, seeded } from '../sources';

type Pair = readonly [blue: Observation, green: Observation];

/** No tolerance at all: every difference counts, so that false stops and detection are those of the tests themselves. */
const STRICT: ComparisonRule = { ...RULE_DEFAULT, latencyRatio: 1, latencyFloorMs: 0 };

const ok = (durationMs: number): Observation => ({ failed: false, durationMs });
const FAILED: Observation = { failed: true, durationMs: 1 };

function judgeOf(pairs: Iterable<Pair>, rule = RULE_DEFAULT): PairJudge {
  const judge = new PairJudge(rule);
  for (const [blue, green] of pairs) judge.observe(blue, green);
  return judge;
}

function decisions(judge: PairJudge): string[] {
  return judge.measures().map(({ decision }) => decision);
}

function take(count: number, next: () => Pair): Pair[] {
  return Array.from({ length: count }, next);
}

describe('the three decisions', () => {
  test('no data, and little data, are never a pass', () => {
    expect(decisions(judgeOf([]))).toEqual(['not-enough-data', 'not-enough-data']);
    const few = take(150, () => [ok(10), ok(1)]);
    expect(decisions(judgeOf(few))).toEqual(['not-enough-data', 'not-enough-data']);
  });

  test('errorless pairs of equal times are not worse once the margins are ruled out', () => {
    const pairs = take(1_200, () => [ok(10), ok(10)]);
    const judge = judgeOf(pairs);
    expect(decisions(judge)).toEqual(['not-worse', 'not-worse']);
    const [errors, latency] = judge.measures();
    expect(errors).toMatchObject({ value: 0, alpha: 0.005, margin: 0.01 });
    expect(errors.interval[1]).toBeLessThan(0.01);
    expect(latency).toMatchObject({ value: 1, blue: 10, green: 10, quantile: 0.5 });
    expect(decisions(judgeOf(pairs.slice(0, 250)))).toContain('not-enough-data');
  });

  test('when no more pairs come, what is left of the chances is spent on the last check', () => {
    const pairs = take(400, () => [ok(10), ok(10)]);
    const judge = judgeOf(pairs);
    expect(decisions(judge)).toEqual(['not-enough-data', 'not-enough-data']);
    judge.finish();
    expect(judge.measures()[0].decision).toBe('not-worse');
  });

  test('a green that always fails is worse within twenty pairs, though it is fast to fail', () => {
    const judge = judgeOf(take(20, () => [ok(10), FAILED]));
    expect(decisions(judge)).toEqual(['worse', 'not-enough-data']);
    expect(judge.measures()[0]).toMatchObject({ blue: 0, green: 1, value: 1 });
  });

  test('trouble that meets both sides blames neither', () => {
    const random = seeded(5);
    const pairs = take(2_000, () => (random() < 0.3 ? [FAILED, FAILED] : [ok(20), ok(20)]));
    expect(decisions(judgeOf(pairs))[0]).toBe('not-worse');
  });

  test('what nobody notices is no reason to stop: 4 ms more of 1 ms, 9 % more of 100 ms', () => {
    const random = seeded(6);
    const noisy = (base: number) => base * (0.95 + 0.1 * random());
    for (const [blue, green] of [
      [1, 4.7],
      [100, 104],
    ] as const) {
      const pairs = take(1_500, (): Pair => [ok(noisy(blue)), ok(noisy(green))]);
      expect(decisions(judgeOf(pairs))[1]).toBe('not-worse');
    }
  });

  test('a slow tail is found without another difference: one response in ten takes five times as long', () => {
    const random = seeded(7);
    const next = observations(LATENCIES.lognormal!, random, { errors: 0 });
    const pairs = take(1_000, (): Pair => {
      const [blue, green] = next();
      return [blue, random() < 0.1 ? ok(green.durationMs * 5) : green];
    });
    expect(decisions(judgeOf(pairs))[1]).toBe('worse');
  });

  test('worse if any is, not worse only if all are', () => {
    expect(together(['not-worse', 'worse'])).toBe('worse');
    expect(together(['not-worse', 'not-enough-data'])).toBe('not-enough-data');
    expect(together(['not-worse', 'not-worse'])).toBe('not-worse');
    expect(together([])).toBe('not-enough-data');
  });
});

describe('false stops', () => {
  test.each(Object.entries(LATENCIES))(
    '300 comparisons of %s with itself, 1,000 pairs each: at most alpha are stopped',
    (name, source) => {
      let stopped = 0;
      for (let run = 0; run < 300; run++) {
        const random = seeded(run * 7 + name.length);
        const errors = [0, 0.001, 0.02, 0.2][run % 4] as number;
        const next = observations(source, random, { errors });
        const judge = new PairJudge(STRICT);
        for (let pair = 0; pair < 1_000; pair++) judge.observe(...next());
        // The first decision is final, so the end has the decision of any interim check.
        if (judge.decision() === 'worse') stopped += 1;
      }
      expect(stopped / 300).toBeLessThanOrEqual(STRICT.alpha);
    },
    120_000,
  );

  test('bursts of errors that meet both sides stop nothing', () => {
    let stopped = 0;
    for (let run = 0; run < 300; run++) {
      const random = seeded(run + 90_000);
      let bad = false;
      const judge = new PairJudge(STRICT);
      for (let pair = 0; pair < 1_000; pair++) {
        bad = random() < 0.05 ? !bad : bad;
        const one = (): Observation => ({ failed: bad && random() < 0.5, durationMs: 10 + random() });
        judge.observe(one(), one());
      }
      if (judge.decision() === 'worse') stopped += 1;
    }
    expect(stopped / 300).toBeLessThanOrEqual(STRICT.alpha);
  });
});

describe('false passes', () => {
  // At the margin itself: the least that "not worse" must rule out. A slower green is found worse first.
  test('a green that fails 1 % more often passes in 5 % of the comparisons at most', () => {
    let passed = 0;
    for (let run = 0; run < 200; run++) {
      const random = seeded(run + 50_000);
      const judge = judgeOf(take(1_500, () => [ok(10), random() < 0.01 ? FAILED : ok(10)]));
      if (judge.decision() === 'not-worse') passed += 1;
    }
    expect(passed / 200).toBeLessThanOrEqual(0.05);
  });

  test('a green that is slower by half is never called not worse', () => {
    let found = 0;
    for (let run = 0; run < 60; run++) {
      const next = observations(LATENCIES.lognormal!, seeded(run + 60_000), { errors: 0, factor: 1.5 });
      const judge = judgeOf(take(1_000, next));
      const { decision } = judge.measures()[1];
      expect(decision).not.toBe('not-worse');
      if (decision === 'worse') found += 1;
    }
    expect(found).toBeGreaterThan(55);
  });
});

describe('properties', () => {
  const duration = fc.integer({ min: 1, max: 400 });
  const observation = fc.record({ failed: fc.boolean().map((it) => it), durationMs: duration });
  const rule = { ...STRICT, pairsMin: 60 };

  /** Random data in which all three decisions occur. */
  const data = fc.record({
    seed: fc.nat(),
    pairs: fc.integer({ min: 50, max: 500 }),
    factor: fc.constantFrom(0.5, 0.9, 1, 1.2, 2),
    errors: fc.constantFrom(0, 0.01, 0.2),
    source: fc.constantFrom(...Object.values(LATENCIES)),
  });
  const pairsOf = ({ seed, pairs, factor, errors, source }: typeof data extends fc.Arbitrary<infer T> ? T : never) =>
    take(pairs, observations(source, seeded(seed), { errors, factor }));

  /** What may befall a green that is none the better for it: slower or failing here and there, or for a while. */
  const harm = fc.record({
    share: fc.constantFrom(0.02, 0.05, 0.5, 1),
    forAWhile: fc.boolean(),
    slower: fc.constantFrom(1.01, 1.5, 3, 30),
    fails: fc.constantFrom(0, 0.1, 1),
    seed: fc.nat(),
  });
  type Harm = typeof harm extends fc.Arbitrary<infer T> ? T : never;

  function harmed(pairs: readonly Pair[], { share, forAWhile, slower, fails, seed }: Harm): Pair[] {
    const random = seeded(seed);
    const from = Math.floor(random() * (1 - share) * pairs.length);
    const meets = (index: number) =>
      forAWhile ? index >= from && index < from + share * pairs.length : random() < share;
    return pairs.map(([blue, green], index): Pair => {
      if (!meets(index)) return [blue, green];
      return [blue, { failed: green.failed || random() < fails, durationMs: green.durationMs * slower }];
    });
  }

  test('a green that is slower or fails more all along never passes where a better one failed', () => {
    fc.assert(
      fc.property(data, harm, (given, by) => {
        const pairs = pairsOf(given);
        const [better, worse] = [judgeOf(pairs, rule), judgeOf(harmed(pairs, { ...by, share: 1, fails: 0 }), rule)];
        if (better.decision() === 'worse') expect(worse.decision()).not.toBe('not-worse');
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  test('the unit of time does not matter', () => {
    fc.assert(
      fc.property(data, fc.constantFrom(1 / 1024, 0.5, 8, 1024), (given, unit) => {
        const pairs = pairsOf(given);
        const scale = ({ failed, durationMs }: Observation) => ({ failed, durationMs: durationMs * unit });
        const floor = { ...rule, latencyFloorMs: 4 };
        const scaled = { ...floor, latencyFloorMs: 4 * unit };
        const other = judgeOf(
          pairs.map(([blue, green]): Pair => [scale(blue), scale(green)]),
          scaled,
        );
        const same = judgeOf(pairs, floor);
        expect(decisions(other)).toEqual(decisions(same));
        expect(other.measures()[1].value).toBe(same.measures()[1].value);
        expect(other.measures()[1].evidence).toBeCloseTo(same.measures()[1].evidence, 6);
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test('any data gives finite figures and one of three decisions', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(observation, observation), { maxLength: 300 }), (pairs) => {
        for (const measure of judgeOf(pairs).measures()) {
          expect(['worse', 'not-worse', 'not-enough-data']).toContain(measure.decision);
          const { value, blue, green, evidence } = measure;
          for (const figure of [value, blue, green, evidence]) expect(Number.isFinite(figure)).toBe(true);
          expect(measure.rule).not.toBe('');
        }
      }),
      { numRuns: 60 },
    );
  });
});
