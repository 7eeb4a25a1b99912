import fc from 'fast-check';
import { lnEvidence, lnEvidenceWorse, SequentialErrorTest } from '../../../../lambda/gate/compare/sequential';
import { seeded } from './sources';

test('the paper’s example: 62 of 210 failures on the arm with a fifth of the traffic', () => {
  expect(Math.exp(-lnEvidence([0.8, 0.2], [148, 62], 100))).toBeCloseTo(0.0455796, 7);
});

describe('the one-sided test', () => {
  const counts = fc.record({ candidate: fc.nat(400), control: fc.nat(400) });
  const shares = fc.constantFrom(0.05, 0.1, 0.5, 0.9);

  test('a failure of the candidate never takes evidence away, one of the control never adds any', () => {
    fc.assert(
      fc.property(shares, counts, (share, failures) => {
        const now = lnEvidenceWorse(share, failures);
        const slack = 1e-9 * Math.max(1, Math.abs(now));
        expect(lnEvidenceWorse(share, { ...failures, candidate: failures.candidate + 1 })).toBeGreaterThanOrEqual(
          now - slack,
        );
        expect(lnEvidenceWorse(share, { ...failures, control: failures.control + 1 })).toBeLessThanOrEqual(now + slack);
      }),
    );
  });

  test('a candidate that fails less than its share is never evidence, where the two-sided test finds plenty', () => {
    expect(lnEvidenceWorse(0.5, { candidate: 5, control: 80 })).toBeLessThan(0);
    expect(lnEvidence([0.5, 0.5], [80, 5], 2)).toBeGreaterThan(20);
  });

  test('ten lone failures of eleven requested at even shares are not enough at 1 in 200, eleven are', () => {
    expect(Math.exp(lnEvidenceWorse(0.5, { candidate: 10, control: 0 }))).toBeLessThan(200);
    expect(Math.exp(lnEvidenceWorse(0.5, { candidate: 11, control: 0 }))).toBeGreaterThan(200);
  });
});

describe('over the steps of a shift', () => {
  test('the evidence of steps with other weights multiplies', () => {
    const test = new SequentialErrorTest(0.1);
    for (let n = 0; n < 3; n++) test.observe('candidate');
    test.nextStep(0.5);
    for (let n = 0; n < 4; n++) test.observe('candidate');
    const expected =
      lnEvidenceWorse(0.1, { candidate: 3, control: 0 }) + lnEvidenceWorse(0.5, { candidate: 4, control: 0 });
    expect(test.pValue).toBeCloseTo(Math.exp(-expected), 12);
  });

  test('the smallest p stays, and no data is p = 1', () => {
    const test = new SequentialErrorTest(0.5);
    expect(test.pValue).toBe(1);
    for (let n = 0; n < 8; n++) test.observe('candidate');
    const least = test.pValue;
    for (let n = 0; n < 20; n++) test.observe('control');
    expect(test.pValue).toBe(least);
  });

  test('1,000 shifts of 10 %, then 50 % without a difference stop at alpha .01 in 1 % at most', () => {
    const random = seeded(1);
    let stops = 0;
    for (let run = 0; run < 1_000; run++) {
      const test = new SequentialErrorTest(0.1);
      for (let failure = 0; failure < 60; failure++) {
        if (failure === 30) test.nextStep(0.5);
        test.observe(random() < (failure < 30 ? 0.1 : 0.5) ? 'candidate' : 'control');
      }
      if (test.pValue <= 0.01) stops += 1;
    }
    expect(stops).toBeLessThanOrEqual(10);
  });

  test('0.1 % to 5 % at a tenth of the traffic is found in about 737 requests', () => {
    const random = seeded(2);
    const found = Array.from({ length: 200 }, () => {
      const test = new SequentialErrorTest(0.1);
      for (let request = 1; ; request++) {
        const candidate = random() < 0.1;
        if (random() < (candidate ? 0.05 : 0.001)) test.observe(candidate ? 'candidate' : 'control');
        if (test.pValue <= 0.01) return request;
      }
    }).sort((a, b) => a - b);
    expect(found[100]).toBeGreaterThan(500);
    expect(found[100]).toBeLessThan(1_000);
  });
});
