import { lnGamma } from './special';

/** Smaller probabilities are left out. They are far below any probability that is spent. */
const NEGLIGIBLE = 1e-14;

/**
 * The bound for a sum of coin tosses, each 1 or -1, at several interim checks: a group-sequential test with alpha spending
 * (Lan and DeMets, https://doi.org/10.1093/biomet/70.3.659). The probability that a fair sum ever reaches its bound is at
 * most `alpha`. It is exact, because the distribution of the sums that reached no bound before is carried from one check
 * to the next.
 */
export class SpendingBoundary {
  /** The probability of each number of heads, from `lowest` on, if no bound was reached before. */
  private chances: readonly number[] = [1];
  private lowest = 0;
  private tosses = 0;
  private spent = 0;

  constructor(private readonly alpha: number) {}

  /**
   * The next check.
   * @param tosses the number of tosses since the last check
   * @param share the share of `alpha` that may be spent up to here, 0 to 1, never less than before
   * @returns the smallest sum of all tosses that chance does not explain; Infinity if there is none
   */
  next(tosses: number, share: number): number {
    if (tosses > 0) this.add(tosses);
    const allowed = this.alpha * share - this.spent;
    let above = 0;
    let from = this.chances.length;
    while (from > 0 && above + (this.chances[from - 1] as number) <= allowed) above += this.chances[--from] as number;
    const heads = this.lowest + from;
    this.chances = this.chances.slice(0, from);
    this.spent += above;
    return heads > this.tosses ? Infinity : 2 * heads - this.tosses;
  }

  private add(tosses: number): void {
    const [first, steps] = binomial(tosses);
    const sums = new Array<number>(this.chances.length + steps.length - 1).fill(0);
    this.chances.forEach((chance, at) => {
      for (let step = 0; step < steps.length; step++) sums[at + step]! += chance * (steps[step] as number);
    });
    const start = sums.findIndex((chance) => chance > NEGLIGIBLE);
    const end = sums.findLastIndex((chance) => chance > NEGLIGIBLE);
    this.chances = start < 0 ? [] : sums.slice(start, end + 1);
    this.lowest += first + Math.max(0, start);
    this.tosses += tosses;
  }
}

/** The probabilities of the numbers of heads in fair tosses, from the first that is not negligible on. */
function binomial(tosses: number): readonly [first: number, chances: readonly number[]] {
  const half = Math.ceil(4.2 * Math.sqrt(tosses)) + 1;
  const first = Math.max(0, Math.floor(tosses / 2) - half);
  const last = Math.min(tosses, Math.ceil(tosses / 2) + half);
  const lnAll = lnGamma(tosses + 1) - tosses * Math.LN2;
  return [
    first,
    Array.from({ length: last - first + 1 }, (_, at) => {
      const heads = first + at;
      return Math.exp(lnAll - lnGamma(heads + 1) - lnGamma(tosses - heads + 1));
    }),
  ];
}
