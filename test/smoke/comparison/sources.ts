import type { Observation } from '../../../smoke/comparison/statistics/rule';

/** Seeded sources of paired observations, for false stops and detection. */

export type Random = () => number;

/** Mulberry32: the same numbers from the same seed. */
export function seeded(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** An autoregressive series of the first order with variance 1. */
function autoregressive(random: Random, phi: number): () => number {
  let value = normal(random);
  return () => (value = phi * value + Math.sqrt(1 - phi * phi) * normal(random));
}

/** Milliseconds of a pair: blue's and green's. */
export type PairSource = (random: Random) => () => readonly [number, number];

export const LATENCIES: Readonly<Record<string, PairSource>> = {
  lognormal: (random) => () => [logNormal(random, 100, 0.5), logNormal(random, 100, 0.5)],
  bimodal: (random) => {
    const one = () => (random() < 0.8 ? logNormal(random, 20, 0.2) : logNormal(random, 200, 0.3));
    return () => [one(), one()];
  },
  // Of infinite variance: one response in a hundred takes ten times as long as the fastest.
  pareto: (random) => {
    const one = () => 50 / Math.sqrt(1 - random());
    return () => [one(), one()];
  },
  // Load that comes and goes, three times as heavy at its peak.
  diurnal: (random) => {
    let pair = Math.floor(random() * 1_000);
    return () => {
      const level = 100 * (1 + 0.5 * Math.sin((2 * Math.PI * pair++) / 1_000));
      return [logNormal(random, level, 0.5), logNormal(random, level, 0.5)];
    };
  },
  // What the minute brings, both sides get: load, a slow database.
  'autocorrelated, shared (.9)': (random) => {
    const moment = autoregressive(random, 0.9);
    return () => {
      const both = 0.4 * moment();
      return [100 * Math.exp(both + 0.3 * normal(random)), 100 * Math.exp(both + 0.3 * normal(random))];
    };
  },
  // What one side has for itself, as a noisy neighbour.
  'autocorrelated, each side its own (.9)': (random) => {
    const [blue, green] = [autoregressive(random, 0.9), autoregressive(random, 0.9)];
    return () => [100 * Math.exp(0.5 * blue()), 100 * Math.exp(0.5 * green())];
  },
};

function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(sigma * normal(random));
}

/** Pairs of observations, with errors at their own rates and green's times multiplied, or a share of them tenfold. */
export function observations(
  source: PairSource,
  random: Random,
  faults: { errors: number; greenErrors?: number; factor?: number; slowShare?: number },
): () => readonly [Observation, Observation] {
  const next = source(random);
  const { errors, greenErrors = errors, factor = 1, slowShare = 0 } = faults;
  return () => {
    const [blueMs, greenMs] = next();
    return [
      { failed: random() < errors, durationMs: blueMs },
      {
        failed: random() < greenErrors,
        durationMs: greenMs * factor * (slowShare > 0 && random() < slowShare ? 10 : 1),
      },
    ];
  };
}
