import { CELLS, leastOf, tally } from './limits';

const held = CELLS.filter(({ source, fault }) => leastOf(source, fault) !== undefined);

test.each(held.map(({ source, fault }) => [source, fault.name, leastOf(source, fault) as number, fault] as const))(
  '%s, %s: the right answer in %d of 100 comparisons at least',
  (source, _name, least, fault) => {
    const { answers } = tally(source, fault, 100);
    expect({ answers, enough: answers[fault.decision] >= least }).toEqual({ answers, enough: true });
    // And the wrong one no oftener than is said: a false stop in 1 %, which 100 runs exceed by chance.
    if (fault.decision === 'not-worse') expect(answers.worse).toBeLessThanOrEqual(4);
  },
  120_000,
);
