jest.mock('../../common/http', () => ({
  ...jest.requireActual<object>('../../common/http'),
  exchange: (request: HttpRequest) => exchangeInWorld(request),
}));
import type { HttpRequest } from '../../common/http';
import { exchangeInWorld } from './calls';
import { runSeeds, seedsOf } from './seeds';
import { HAPPENS } from './sequence';

/** Those that each check runs; `npm run worlds` runs 1,000. */
const CHECKED = { from: 1, count: 30 };
/** In so many worlds everything happens often. */
const MANY = 500;

test('whatever happens to releases, production is served, nothing that was rolled back comes back, and the next release works', async () => {
  const seeds = seedsOf(CHECKED);
  const { counts, failures } = await runSeeds(seeds);
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
  expect(counts.release).toBeGreaterThan(0);
  const rare = HAPPENS.filter((what) => (counts[what] ?? 0) < 10);
  expect(seeds.count < MANY ? [] : rare).toEqual([]);
}, 1_800_000);
