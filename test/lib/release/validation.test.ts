import fc from 'fast-check';
import { budgetProblem, RELEASE_LIMIT_MINUTES } from '../../../lib/release/validation';

test('an hour fits, more does not', () => {
  expect(budgetProblem([{ name: 'shift', minutes: RELEASE_LIMIT_MINUTES }])).toBeUndefined();
  expect(
    budgetProblem([
      { name: 'shift', minutes: 45 },
      { name: 'hooks', minutes: 16 },
    ]),
  ).toBe(
    'shift 45 min, hooks 16 min: together 61 min; a release inside cdk deploy has 60 min at most: ' +
      'shift faster (a shorter interval, a larger percent), or lower startTimeout, gate.timeout, gate.bakeCheckTime or ' +
      'approval.timeout',
  );
});

test('names every term exactly when the sum is over the limit', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }), (minutes) => {
      const terms = minutes.map((each, index) => ({ name: `term ${index}`, minutes: each }));
      const problem = budgetProblem(terms);
      const over = minutes.reduce((sum, each) => sum + each, 0) > RELEASE_LIMIT_MINUTES;
      expect(problem !== undefined).toBe(over);
      if (problem) for (const term of terms) expect(problem).toContain(`${term.name} ${term.minutes} min`);
    }),
  );
});
