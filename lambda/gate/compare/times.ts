/** The last values of a series, for quantiles that move with it. */
export class RecentTimes {
  private readonly values: number[] = [];

  /** @param most how many are kept */
  constructor(private readonly most: number) {}

  add(value: number): void {
    this.values.push(value);
    if (this.values.length > this.most) this.values.shift();
  }

  get size(): number {
    return this.values.length;
  }

  /** The smallest value with a share of `p` or more at or below it, one per `p`; NaN when there are none. */
  quantiles(...ps: readonly number[]): number[] {
    const sorted = new Float64Array(this.values).sort();
    return ps.map((p) => sorted[Math.max(0, Math.ceil(p * sorted.length - 1e-9) - 1)] ?? NaN);
  }
}
