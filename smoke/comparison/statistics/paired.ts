/**
 * Results of pairs: the same request to both sides, in random order, at the same time. If the sides are equal, which of the
 * two is worse is a coin toss, whatever affects both at that time: load, a slow database, a burst of errors.
 */

/** 1 if green was worse, -1 if blue was worse, 0 if they were equal. */
export type Tally = 1 | 0 | -1;

/** The tally of one condition: whether green meets it, and whether blue does. */
export function tallyOf(green: boolean, blue: boolean): Tally {
  return green === blue ? 0 : green ? 1 : -1;
}

/** The tallies of one question, in the order of the pairs. */
export class Pairs {
  greenWorse = 0;
  blueWorse = 0;
  readonly series: Tally[] = [];

  add(tally: Tally): void {
    if (tally > 0) this.greenWorse += 1;
    else if (tally < 0) this.blueWorse += 1;
    this.series.push(tally);
  }
}

/**
 * How many standard deviations green is below `margin`, the share of the pairs by which it would be worse more often than
 * blue: Tango's score (Statistics in Medicine 17, 1998, 891-908), which is valid also if no pair differs.
 */
export function scoreBelow(margin: number, { greenWorse, blueWorse, series }: Pairs): number {
  const n = series.length;
  if (n === 0) return 0;
  // The most likely share of pairs in which blue is worse, if green is worse by the margin.
  const b = (2 * n - greenWorse + blueWorse) * margin - greenWorse - blueWorse;
  const c = -blueWorse * margin * (1 - margin);
  const share = Math.max(0, (Math.sqrt(Math.max(0, b * b - 8 * n * c)) - b) / (4 * n));
  const variance = n * (2 * share + margin * (1 - margin));
  const distance = n * margin - (greenWorse - blueWorse);
  return variance > 0 ? distance / Math.sqrt(variance) : Math.sign(distance) * Infinity;
}

/** The difference of shares, green minus blue, with the bounds `deviations` standard deviations away. */
export function differenceOf(pairs: Pairs, deviations: number): { value: number; low: number; high: number } {
  const { greenWorse, blueWorse, series } = pairs;
  const mirrored = new Pairs();
  Object.assign(mirrored, { greenWorse: blueWorse, blueWorse: greenWorse, series });
  return {
    value: series.length === 0 ? 0 : (greenWorse - blueWorse) / series.length,
    low: -upperBound(mirrored, deviations),
    high: upperBound(pairs, deviations),
  };
}

/** The smallest margin that the pairs rule out; 1 if they rule out none. */
function upperBound(pairs: Pairs, deviations: number): number {
  let [low, high] = [-1, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (middle < 1 && scoreBelow(middle, pairs) >= deviations) high = middle;
    else low = middle;
  }
  return high;
}
