/**
 * Confidence bands of a whole distribution that are valid at all times together (Howard and Ramdas, theorem 2,
 * https://arxiv.org/abs/1906.09712), for independent responses.
 */

const A = 0.85;

/** The number of samples from which on the bands are valid. */
export const SAMPLES_MIN = 100;

/** Half the width of the band after `t` samples, `t >= m`; Infinity before. */
export function bandWidth(t: number, alpha: number, m = SAMPLES_MIN): number {
  if (t < m) return Infinity;
  return A * Math.sqrt((Math.log(1 + Math.log(t / m)) + bandConstant(alpha)) / t);
}

const constants = new Map<number, number>();

/** C(alpha): the smallest constant whose band the distribution leaves with a probability of at most alpha. */
export function bandConstant(alpha: number): number {
  const known = constants.get(alpha);
  if (known !== undefined) return known;
  let [low, high] = [1, 200];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (crossingChance(middle) > alpha) low = middle;
    else high = middle;
  }
  constants.set(alpha, high);
  return high;
}

/** The theorem's bound, at its best eta. */
function crossingChance(c: number): number {
  const chance = (eta: number) => {
    const gamma = Math.sqrt(2 / eta) * (A - Math.sqrt((2 * (eta - 1)) / c));
    if (gamma <= 1) return Infinity;
    return 4 * Math.exp(-gamma * gamma * c) * (1 + 1 / ((gamma * gamma - 1) * Math.log(eta)));
  };
  // The function has one minimum between 1 and 2 A^2. A fine grid, because it is infinite at both ends.
  let best = Infinity;
  const top = 2 * A * A;
  for (let step = 1; step < 4_000; step++) best = Math.min(best, chance(1 + ((top - 1) * step) / 4_000));
  return best;
}

export interface Quantile {
  readonly value: number;
  /** The lower bound of the band. The upper bound is Infinity if there is too little data. */
  readonly low: number;
  readonly high: number;
}

/** An empirical distribution that grows one value at a time. */
export class Distribution {
  private readonly sorted: number[] = [];

  add(value: number): void {
    this.sorted.splice(this.rank(value), 0, value);
  }

  get size(): number {
    return this.sorted.length;
  }

  /** The share of the values that are `value` or less. */
  at(value: number): number {
    return this.size === 0 ? NaN : this.rank(value) / this.size;
  }

  /** How many values are `value` or less. */
  private rank(value: number): number {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The smallest value with a share of `p` or more at or below it; Infinity above 1, 0 at 0 and below. */
  quantile(p: number): number {
    if (p <= 0) return 0;
    if (p > 1) return Infinity;
    return this.sorted[Math.max(0, Math.ceil(p * this.size - 1e-9) - 1)] ?? NaN;
  }

  quantileWithBand(p: number, alpha: number): Quantile {
    const width = bandWidth(this.size, alpha);
    return { value: this.quantile(p), low: this.quantile(p - width), high: this.quantile(p + width) };
  }
}
