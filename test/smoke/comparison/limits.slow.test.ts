import { CELLS, leastOf, tally } from './limits';

const held = CELLS.filter(({ source, fault }) => leastOf(source, fault) !== undefined);

test.each(held.map(({ source, fault }) => [source, fault.name, leastOf(source, fault) as number, fault] as const))(
  '%s, %s: the right decision in %d of 100 comparisons at least',
  (source, _name, least, fault) => {
    const { decisions } = tally(source, fault, 100);
    expect({ decisions, enough: decisions[fault.decision] >= least }).toEqual({ decisions, enough: true });
    // And the wrong one no oftener than is said: a false stop in 1 %, which 100 runs exceed by chance.
    if (fault.decision === 'not-worse') expect(decisions.worse).toBeLessThanOrEqual(4);
  },
  120_000,
);
