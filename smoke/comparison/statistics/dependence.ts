/**
 * How much the pairs hang together. Randomized pairs cancel what both sides share, but not what one side has for itself
 * for a while: a pause, a cold cache, a noisy neighbour. Then a hundred pairs say no more than a few, and evidence
 * counted pair by pair would stop good releases.
 */

/** Batches fewer than this say nothing about their variance. */
const BATCHES_MIN = 16;

/**
 * How many pairs count as one, 1 or more: the largest of what the neighbours' correlation and the variance of batches'
 * means say. 1 for a series too short or without variance.
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

/** As if the series were autoregressive of the first order, with the correlation seen at `lag`, where it is no chance. */
function ofCorrelation(centred: readonly number[], lag: number, variance: number): number {
  const n = centred.length;
  const seen = product(centred, lag) / (n * variance);
  // The longer the lag, the more a chance find would be blown up.
  if (seen < (lag < 4 ? 2 : 3) / Math.sqrt(n)) return 1;
  const step = Math.min(0.999, seen ** (1 / lag));
  return (1 + step) / (1 - step);
}

/** How much more the means of batches vary than those of independent values. */
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
