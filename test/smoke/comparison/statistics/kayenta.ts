/** Kayenta's published judge (NetflixACAJudge-v1.0, Apache-2.0), as a baseline for the printed figures. */

export interface ShiftInterval {
  readonly low: number;
  readonly high: number;
  /** Hodges and Lehmann's. */
  readonly estimate: number;
}

/** Confidence interval of the shift between two samples, by Mann and Whitney, as R's `wilcox.test` gives it. */
export function shiftInterval(x: readonly number[], y: readonly number[], confidence: number): ShiftInterval {
  const differences = x.flatMap((a) => y.map((b) => a - b)).sort((a, b) => a - b);
  const count = differences.length;
  const at = (index: number) => differences[Math.max(0, Math.min(count - 1, index))] as number;
  const tail = (1 - confidence) / 2;
  const few = x.length < 50 && y.length < 50;
  const quantile = Math.max(
    1,
    few ? exactQuantile(x.length, y.length, tail) : normalQuantile(x.length, y.length, tail),
  );
  return {
    low: at(quantile - 1),
    high: at(count - quantile),
    estimate: (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2,
  };
}

/** The smallest u with P(U <= u) >= tail, by counting. */
function exactQuantile(m: number, n: number, tail: number): number {
  // ways[i][u]: subsets of i ranks with statistic u.
  let ways: number[][] = Array.from({ length: m + 1 }, (_, i) => (i === 0 ? [1] : []));
  for (let rank = 1; rank <= m + n; rank++) {
    const next = ways.map((row) => [...row]);
    for (let i = 1; i <= Math.min(m, rank); i++) {
      const shift = rank - i;
      if (shift > n) continue;
      (ways[i - 1] as number[]).forEach((count, u) => {
        const row = next[i] as number[];
        row[u + shift] = (row[u + shift] ?? 0) + (count ?? 0);
      });
    }
    ways = next;
  }
  const row = ways[m] as number[];
  const total = row.reduce((sum, count) => sum + (count ?? 0), 0);
  let sum = 0;
  for (let u = 0; u < row.length; u++) {
    sum += row[u] ?? 0;
    if (sum / total >= tail) return u;
  }
  return row.length;
}

function normalQuantile(m: number, n: number, tail: number): number {
  // 0.01 on either side: the judge's confidence of 0.98.
  const z = tail <= 0.0101 ? 2.3263 : 1.96;
  return Math.round((m * n) / 2 - z * Math.sqrt((m * n * (m + n + 1)) / 12));
}

/** Whether the judge calls green (Kayenta's experiment) High: one value per minute and side. Confidence 0.98, tolerance 0.25. */
export function isHigh(green: readonly number[], blue: readonly number[]): boolean {
  const { low, estimate } = shiftInterval(green, blue, 0.98);
  return low > 0.25 * Math.abs(estimate);
}
