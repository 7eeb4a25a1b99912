jest.mock('../../common/http', () => ({
  ...jest.requireActual<object>('../../common/http'),
  exchange: (request: HttpRequest) => exchangeInWorld(request),
}));
import type { HttpRequest } from '../../common/http';
import { exchangeInWorld } from './calls';
import { HAPPENS } from './sequence';
import { runSeeds, seedsOf } from './seeds';

/** The second 500 of 1,000 worlds, so that two processors share them. */
const ALL = { from: 501, count: 500 };

test('whatever happens to releases, production is served, nothing that was rolled back comes back, and the next release works', async () => {
  const seeds = seedsOf(ALL);
  const counts = await runSeeds(seeds);
  if (seeds === ALL) expect(HAPPENS.filter((what) => (counts[what] ?? 0) < 10)).toEqual([]);
}, 900_000);
