import { lnBeta, lnBetaAbove, lnGamma } from '../../../../smoke/comparison/statistics/special';

describe('lnGamma', () => {
  test.each([
    [1, 0],
    [2, 0],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [10, Math.log(362_880)],
    [171, 706.573062245787], // ln 170!
    [0.001, 6.907178885383853],
    [10_000, 82_099.717496442],
  ])('of %d is %d', (x, expected) => {
    expect(Math.abs(lnGamma(x) - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)));
  });

  test('refuses what is not above 0', () => {
    expect(() => lnGamma(0)).toThrow('lnGamma of 0: only above 0');
    expect(() => lnGamma(NaN)).toThrow(RangeError);
  });

  test('of x + 1 is ln x more', () => {
    for (let x = 0.1; x < 500; x *= 1.3) expect(lnGamma(x + 1) - lnGamma(x)).toBeCloseTo(Math.log(x), 10);
  });
});

describe('lnBetaAbove', () => {
  test.each([
    [0.5, 1, 1, 0.5],
    [0.5, 11, 1, 1 - 0.5 ** 11],
    [0.5, 1, 11, 0.5 ** 11],
    [0.9, 11, 1, 1 - 0.9 ** 11],
    // P(X > x) of Beta(3, 2) is 1 - 4x^3 + 3x^4.
    [0.3, 3, 2, 1 - 4 * 0.027 + 3 * 0.0081],
    // Beta(.5, .5) is the arcsine law.
    [0.2, 0.5, 0.5, 1 - (2 / Math.PI) * Math.asin(Math.sqrt(0.2))],
  ])('above %d of Beta(%d, %d) is %d', (x, a, b, expected) => {
    expect(Math.exp(lnBetaAbove(x, a, b))).toBeCloseTo(expected, 12);
  });

  test('distinguishes tails that are below the smallest double', () => {
    expect(lnBetaAbove(0.5, 1, 2_000)).toBeCloseTo(2_000 * Math.log(0.5), 6);
    expect(lnBetaAbove(0.5, 1, 2_000)).toBeGreaterThan(lnBetaAbove(0.5, 1, 2_001));
  });
});

test('lnBeta of two is the beta function', () => {
  expect(Math.exp(lnBeta([2, 3]))).toBeCloseTo(1 / 12, 14);
});
