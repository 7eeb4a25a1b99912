/**
 * The correlation of the pairs. Randomized pairs cancel effects on both sides, but not an effect on only one side for some
 * time, such as a pause, a cold cache or a noisy neighbour. A hundred such pairs have no more information than a few, and
 * a count of single pairs would stop good releases.
 */

/** The number of batches from which on their variance can be estimated. */
const BATCHES_MIN = 16;

/**
 * How many pairs count as one, 1 or more: the largest of the estimates from the correlation of neighbours and from the
 * variance of the means of batches. 1 for a series that is too short or has no variance.
 */
export function dependence(series: readonly number[]): number {
  const n = series.length;
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  const centred = series.map((value) => value - mean);
  const variance = product(centred, 0) / n;
  if (n < BATCHES_MIN || !(variance > 1e-12)) return 1;
  let most = 1;
  for (const lag of [1, 2, 4, 8, 16]) {
    if (n < lag * BATCHES_MIN) break;
    most = Math.max(most, ofBatches(centred, lag, variance), ofCorrelation(centred, lag, variance));
  }
  return most;
}

/** For a first-order autoregressive series with the measured correlation at `lag`, if that is significant. */
function ofCorrelation(centred: readonly number[], lag: number, variance: number): number {
  const n = centred.length;
  const correlation = product(centred, lag) / (n * variance);
  // A longer lag amplifies a correlation by chance.
  if (correlation < (lag < 4 ? 2 : 3) / Math.sqrt(n)) return 1;
  const step = Math.min(0.999, correlation ** (1 / lag));
  return (1 + step) / (1 - step);
}

/** The variance of the means of batches, divided by that of independent values. */
function ofBatches(centred: readonly number[], size: number, variance: number): number {
  const batches = Math.floor(centred.length / size);
  if (size === 1 || batches < BATCHES_MIN) return 1;
  let squares = 0;
  for (let batch = 0; batch < batches; batch++) {
    let sum = 0;
    for (let at = batch * size; at < (batch + 1) * size; at++) sum += centred[at] as number;
    squares += sum * sum;
  }
  const ratio = squares / (batches * size * variance);
  return ratio < 1 + 2 * Math.sqrt(2 / batches) ? 1 : ratio;
}

function product(values: readonly number[], lag: number): number {
  let sum = 0;
  for (let at = lag; at < values.length; at++) sum += (values[at] as number) * (values[at - lag] as number);
  return sum;
}
