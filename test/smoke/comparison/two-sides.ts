import { type Attempt, compareSides, type Sample } from '../../../smoke/comparison/comparator';
import type { Side } from '../../../smoke/comparison/differences';
import { type ComparisonOptions, planOf } from '../../../smoke/comparison/options';
import { seeded } from './sources';

export const FAST: ComparisonOptions = { requests: [{ path: '/orders' }], requestsPerSecond: 1e6, maxRequests: 3_000 };

export interface World {
  readonly options?: ComparisonOptions;
  readonly sample: (
    side: Side,
    turn: number,
    path: string,
  ) => Partial<Sample> & { body?: string; status?: number; type?: string };
  readonly mixedUp?: (checks: number) => string | undefined;
}

/** Compares two sides with given responses and times. No real time passes. */
export async function compare({ options = {}, sample, mixedUp }: World) {
  const sent: { side: Side; method: string; path: string }[] = [];
  let turn = 0;
  let checks = 0;
  const attempt: Attempt = async (side, { method = 'GET', path }) => {
    sent.push({ side, method, path });
    const {
      durationMs = 10,
      error,
      status = 200,
      body = '{"orders":[{"id":"1","item":"tea"}]}',
      type,
      timedOut,
    } = sample(side, turn++, path);
    if (error) return { durationMs, error, ...(timedOut && { timedOut }) };
    return { durationMs, response: { status, headers: { 'content-type': type ?? 'application/json' }, body } };
  };
  const result = await compareSides(planOf({ ...FAST, ...options }), {
    attempt,
    random: seeded(1),
    signal: new AbortController().signal,
    mixedUp: mixedUp && (async () => mixedUp(checks++)),
  });
  return { result, sent };
}
