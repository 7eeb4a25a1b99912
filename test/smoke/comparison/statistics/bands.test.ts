import { bandConstant, bandWidth, Distribution } from '../../../../smoke/comparison/statistics/bands';
import { seeded } from '../sources';

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
    expect(few.quantileWithBand(0.5, 0.05)).toMatchObject({ value: 24, low: 0, high: Infinity });
  });

  test('is left by the empirical distribution in at most alpha of all runs, whenever it is checked', () => {
    const random = seeded(3);
    let left = 0;
    for (let run = 0; run < 200; run++) {
      const uniform = new Distribution();
      for (let t = 1; t <= 1_000; t++) {
        uniform.add(random());
        if (t < 100 || t % 50 !== 0) continue;
        const furthest = Math.max(
          ...Array.from({ length: 101 }, (_, percent) => Math.abs(uniform.at(percent / 100) - percent / 100)),
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
