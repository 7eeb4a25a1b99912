import { Deadlines } from '../../../lambda/shared/deadlines';
import { until } from '../../support/until';

test('each limit ends its own exchange, none before its time, and a lifted one ends none', async () => {
  const deadlines = new Deadlines();
  const ended: string[] = [];
  const beganMs = performance.now();
  deadlines.add(120, () => ended.push(`late ${performance.now() - beganMs >= 119}`));
  const lift = deadlines.add(60, () => ended.push('lifted'));
  deadlines.add(20, () => {
    ended.push('early');
    deadlines.add(30, () => ended.push('added later'));
  });
  lift();
  await until('all limits are over', () => ended.length === 3);
  // A machine that pauses finds all of them over at once.
  expect([...ended].sort()).toEqual(['added later', 'early', 'late true']);
});
