import { lnEvidenceWorse } from './sequential';

/**
 * Evidence from pairs: the same request to both sides, in random order, in the same moment. Where the sides are alike,
 * which of the two comes out worse is a coin's toss, however the moments themselves hang together: load, a slow
 * database or a burst of errors that meets both sides favours neither.
 */

/** Pairs by which side came out worse. */
export interface PairCounts {
  readonly greenWorse: number;
  readonly blueWorse: number;
  readonly alike: number;
}

/** 1 where green came out worse, -1 where blue did, 0 where they were alike. */
export type Tally = 1 | 0 | -1;

/** ln E against "green comes out worse no more often than blue": the sequential test on the pairs that differ. */
export function lnEvidenceGreenWorse({ greenWorse, blueWorse }: PairCounts): number {
  return lnEvidenceWorse(0.5, { candidate: greenWorse, control: blueWorse });
}

/** Stakes of the bets below, as shares of the largest that cannot lose everything. */
const STAKES = [0.01, 0.03, 0.08, 0.2, 0.4, 0.7, 0.95];

/**
 * ln E against "green comes out worse more often than blue, by `margin` of all pairs or more": bets on each pair that
 * win where green does well (Waudby-Smith and Ramdas, https://arxiv.org/abs/2010.09686). It holds at all times. Pairs
 * that are alike count too: this is what tells "no difference" from "no data".
 */
export function lnEvidenceWithin(margin: number, counts: PairCounts): number {
  const logs = STAKES.map((stake) => {
    const unit = stake / (1 - margin);
    return (
      counts.greenWorse * Math.log(1 - stake) +
      counts.alike * Math.log1p(unit * margin) +
      counts.blueWorse * Math.log1p(unit * (1 + margin))
    );
  });
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - most), 0) / logs.length);
}

/** The difference of shares, green's less blue's, with the interval that holds at all times, each bound at `alpha`. */
export function differenceOf(counts: PairCounts, alpha: number): { value: number; low: number; high: number } {
  const n = counts.greenWorse + counts.blueWorse + counts.alike;
  const mirrored = { greenWorse: counts.blueWorse, blueWorse: counts.greenWorse, alike: counts.alike };
  return {
    value: n === 0 ? 0 : (counts.greenWorse - counts.blueWorse) / n,
    low: -upperBound(mirrored, alpha),
    high: upperBound(counts, alpha),
  };
}

/** The smallest margin that the pairs rule out, 1 where they rule out none. */
function upperBound(counts: PairCounts, alpha: number): number {
  const bar = -Math.log(alpha);
  let [low, high] = [-1, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (middle < 1 && lnEvidenceWithin(middle, counts) >= bar) high = middle;
    else low = middle;
  }
  return high;
}

/** The same pairs, as if every `factor` of them were one. */
export function fewer({ greenWorse, blueWorse, alike }: PairCounts, factor: number): PairCounts {
  return { greenWorse: greenWorse / factor, blueWorse: blueWorse / factor, alike: alike / factor };
}

/** The tallies of one question, in the order of the pairs. */
export class Pairs implements PairCounts {
  greenWorse = 0;
  blueWorse = 0;
  readonly series: number[] = [];

  /** @param weight what the order of the series is judged by; by default the tally itself */
  add(tally: Tally, weight: number = tally): void {
    if (tally > 0) this.greenWorse += 1;
    else if (tally < 0) this.blueWorse += 1;
    this.series.push(weight);
  }

  get alike(): number {
    return this.series.length - this.greenWorse - this.blueWorse;
  }
}
