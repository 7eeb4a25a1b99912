import fc from 'fast-check';
import { shiftDurationMs, shiftSteps } from '../../aws/traffic-schedule';

const timeBased = fc.record({
  type: fc.constantFrom('TimeBasedCanary' as const, 'TimeBasedLinear' as const),
  percent: fc.integer({ min: 1, max: 99 }),
  intervalMinutes: fc.integer({ min: 1, max: 2880 }),
});

test('every schedule starts at once, rises with time, and ends at 100 %', () => {
  fc.assert(
    fc.property(timeBased, (schedule) => {
      const steps = shiftSteps(schedule);
      expect(steps[0]).toEqual({ atMs: 0, percent: schedule.percent });
      expect(steps.at(-1)?.percent).toBe(100);
      steps.slice(1).forEach((step, index) => {
        expect(step.atMs - (steps[index]?.atMs ?? 0)).toBe(schedule.intervalMinutes * 60_000);
        expect(step.percent).toBeGreaterThan(steps[index]?.percent ?? 100);
      });
      expect(shiftDurationMs(schedule)).toBe(steps.at(-1)?.atMs);
    }),
  );
});

test('the documented linear 10 % every minute takes nine minutes', () => {
  const steps = shiftSteps({ type: 'TimeBasedLinear', percent: 10, intervalMinutes: 1 });
  expect(steps.map((step) => step.percent)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  expect(steps.at(-1)?.atMs).toBe(9 * 60_000);
  expect(shiftDurationMs({ type: 'AllAtOnce' })).toBe(0);
});
