/** Special functions of the statistics: pure, no I/O. */

// Lanczos' approximation with g = 7 and 9 terms (Godfrey's coefficients), good to about 1e-14.
const LANCZOS: readonly [number, ...number[]] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0. */
export function lnGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`lnGamma of ${x}: only above 0`);
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const [first, ...rest] = LANCZOS;
  const sum = rest.reduce((total, term, index) => total + term / (x + index), first);
  const base = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}

/** ln B(v) of a vector: the normalizing constant of a Dirichlet distribution. */
export function lnBeta(parameters: readonly number[]): number {
  const total = parameters.reduce((sum, value) => sum + value, 0);
  return parameters.reduce((sum, value) => sum + lnGamma(value), 0) - lnGamma(total);
}

/** ln P(X > x) for X ~ Beta(a, b), 0 < x < 1; -Infinity if the tail is below the smallest double. */
export function lnBetaAbove(x: number, a: number, b: number): number {
  const lnFront = a * Math.log(x) + b * Math.log1p(-x) - lnBeta([a, b]);
  // The fraction converges fast above the mean. Below it the complement is used.
  if (x > (a + 1) / (a + b + 2)) return lnFront + Math.log(continuedFraction(1 - x, b, a) / b);
  return Math.log1p(-Math.min(1, Math.exp(lnFront) * (continuedFraction(x, a, b) / a)));
}

const TINY = 1e-300;
const STEPS_MAX = 10_000;

/** Lentz's evaluation of the incomplete beta function's continued fraction (DLMF 8.17.22). */
function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= STEPS_MAX; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
