import { Deadlines, type Timed } from '../../../common/http/deadlines';
import { until } from '../../support/until';
import { nonEmpty } from '../../support/non-empty';

function timed(timeoutMs: number, onTimeout: () => void): Timed {
  return { slot: -1, dueMs: performance.now() + timeoutMs, onTimeout };
}

test('each limit ends its own exchange, none before its time, and a lifted one ends none', async () => {
  const deadlines = new Deadlines();
  const ended: string[] = [];
  const beganMs = performance.now();
  deadlines.add(timed(120, () => ended.push(`late ${performance.now() - beganMs >= 119}`)));
  const lifted = timed(60, () => ended.push('lifted'));
  deadlines.add(lifted);
  deadlines.add(
    timed(20, () => {
      ended.push('early');
      deadlines.add(timed(30, () => ended.push('added later')));
    }),
  );
  deadlines.remove(lifted);
  deadlines.remove(lifted);
  await until('all limits are over', () => ended.length === 3);
  // A machine that pauses finds all of them over at once.
  expect([...ended].sort()).toEqual(['added later', 'early', 'late true']);
});

test('of many limits that come and go, those that stay end their exchanges, one that ends lifts another', async () => {
  const deadlines = new Deadlines();
  const ended = new Set<number>();
  const all = Array.from({ length: 1_000 }, (_, index) =>
    timed(20 + (index % 7), () => {
      ended.add(index);
      // Of two that are over in the same moment, both end.
      deadlines.remove(all[index + 1] as Timed);
    }),
  );
  for (const each of all) deadlines.add(each);
  all.forEach((each, index) => index % 2 === 1 && deadlines.remove(each));
  await until('those that stay ended', () => ended.size === 500);
  expect(nonEmpty([...ended]).every((index) => index % 2 === 0)).toBe(true);
});
