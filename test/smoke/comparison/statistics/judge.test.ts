import { PairJudge } from '../../../../smoke/comparison/statistics/judge';
import { RULE_DEFAULT } from '../../../../smoke/comparison/statistics/rule';
import { seeded } from '../sources';

/** Pairs until sides alike are decided, at most 5000. */
function pairsUntilDecided(pairsInTime: number): number {
  const judge = new PairJudge(RULE_DEFAULT);
  const random = seeded(3);
  const observation = () => ({ failed: false, durationMs: 50 + 20 * random() });
  for (let pair = 1; pair <= RULE_DEFAULT.pairsMax; pair++) {
    judge.observe(observation(), observation(), pair / pairsInTime);
    if (judge.decision() !== 'not-enough-data') return pair;
  }
  return Infinity;
}

test('where the time is over before the requests are, a good release waits for neither of them', () => {
  expect(pairsUntilDecided(900)).toBeLessThan(800);
  expect(pairsUntilDecided(900)).toBeLessThan(pairsUntilDecided(Infinity));
});
