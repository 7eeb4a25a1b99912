import fc from 'fast-check';
import { budget } from '../../../lambda/gate/gate-run';

test('keeps 30 s of a long timeout and a tenth of a short one', () => {
  expect(budget(900_000, 10_000_000).workMs).toBe(870_000);
  expect(budget(60_000, 10_000_000).workMs).toBe(54_000);
});

test('the parts fit into each other', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 900_000 }),
      fc.integer({ min: 1, max: 3_600_000 }),
      (remainingMs, limitMs) => {
        const { checksMs, workMs } = budget(remainingMs, limitMs);
        expect(workMs).toBeLessThan(remainingMs);
        expect(checksMs).toBeLessThan(workMs);
        expect(checksMs).toBeLessThanOrEqual(limitMs);
        expect(checksMs).toBeGreaterThan(0);
      },
    ),
  );
});
