import fc from 'fast-check';
import {
  bandConstant,
  bandsApart,
  bandWidth,
  Distribution,
  supremumSlower,
} from '../../../../lambda/gate/compare/bands';
import { normal, seeded } from './sources';

function of(values: readonly number[]): Distribution {
  const distribution = new Distribution();
  values.forEach((value) => distribution.add(value));
  return distribution;
}

describe('the band', () => {
  test('holds the published constants and width', () => {
    expect(bandConstant(0.05)).toBeCloseTo(8.1229, 3);
    expect(bandConstant(0.005)).toBeCloseTo(9.7834, 4);
    expect(bandWidth(1_000, 0.05, 100)).toBeCloseTo(0.08204769, 6);
  });

  test('does not exist before there is enough data', () => {
    expect(bandWidth(99, 0.05)).toBe(Infinity);
    expect(bandWidth(100, 0.05)).toBeLessThan(1);
    const few = of(Array.from({ length: 50 }, (_, index) => index));
    expect(bandsApart(few, of(few.values().map((value) => value + 1e6)), 0.05)).toBe(false);
    expect(few.quantileWithBand(0.5, 0.05)).toMatchObject({ value: 24, low: 0, high: Infinity });
  });

  test('is left by the empirical distribution in alpha of all runs at most, whenever one looks', () => {
    const random = seeded(3);
    let left = 0;
    for (let run = 0; run < 200; run++) {
      const uniform = new Distribution();
      for (let t = 1; t <= 1_000; t++) {
        uniform.add(random());
        if (t < 100 || t % 50 !== 0) continue;
        const furthest = Math.max(
          ...uniform.values().map((value, index) => Math.max((index + 1) / t - value, value - index / t)),
        );
        if (furthest > bandWidth(t, 0.05)) {
          left += 1;
          break;
        }
      }
    }
    expect(left).toBeLessThanOrEqual(10);
  });
});

describe('two distributions', () => {
  const times = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

  test('the supremum is that of the definition', () => {
    fc.assert(
      fc.property(times, times, (blue, green) => {
        const [control, candidate] = [of(blue), of(green)];
        const expected = Math.max(0, ...[...blue, ...green].map((x) => control.at(x) - candidate.at(x)));
        expect(supremumSlower(control, candidate)).toBeCloseTo(expected, 12);
      }),
    );
  });

  test('the unit of time does not matter, and a faster candidate is no evidence', () => {
    fc.assert(
      fc.property(times, times, (blue, green) => {
        const scaled = (values: number[]) => of(values.map((value) => value * 1024));
        expect(supremumSlower(scaled(blue), scaled(green))).toBe(supremumSlower(of(blue), of(green)));
        expect(supremumSlower(of(blue), of(blue.map((value) => value / 2)))).toBe(0);
      }),
    );
  });

  test('twice as slow is found in a few hundred requests, alike is not', () => {
    const random = seeded(4);
    const sample = (n: number, factor: number) =>
      of(Array.from({ length: n }, () => factor * Math.exp(0.5 * normal(random))));
    expect(bandsApart(sample(400, 1), sample(400, 2), 0.01)).toBe(true);
    expect(bandsApart(sample(400, 1), sample(400, 1), 0.01)).toBe(false);
  });
});
