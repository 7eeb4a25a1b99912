/** The last values of a series, for quantiles that move with it. */
export class RecentTimes {
  /** A ring buffer, because moving thousands of values for each new one is slow. */
  private readonly values: Float64Array;
  private readonly sorted: Float64Array;
  private count = 0;

  /** @param lengthMax the number of values */
  constructor(lengthMax: number) {
    this.values = new Float64Array(lengthMax);
    this.sorted = new Float64Array(lengthMax);
  }

  add(value: number): void {
    this.values[this.count % this.values.length] = value;
    this.count += 1;
  }

  get size(): number {
    return Math.min(this.count, this.values.length);
  }

  /** The smallest value with a share of `p` or more at or below it, one per `p`; NaN if there are no values. */
  quantiles(...ps: readonly number[]): number[] {
    const { size } = this;
    const sorted = this.sorted.subarray(0, size);
    sorted.set(this.values.subarray(0, size));
    sorted.sort();
    return ps.map((p) => sorted[Math.max(0, Math.ceil(p * size - 1e-9) - 1)] ?? NaN);
  }
}
