import { type Attempt, compareSides, type Sample } from '../../../smoke/comparison/comparator';
import type { Side } from '../../../smoke/comparison/differences';
import { type ComparisonOptions, planOf } from '../../../smoke/comparison/options';
import { decide } from '../../../lambda/gate/verdict';
import { seeded } from './sources';

const FAST: ComparisonOptions = { requests: [{ path: '/orders' }], requestsPerSecond: 1e6, maxRequests: 3_000 };

interface World {
  readonly options?: ComparisonOptions;
  readonly sample: (
    side: Side,
    turn: number,
    path: string,
  ) => Partial<Sample> & { body?: string; status?: number; type?: string };
  readonly mixedUp?: (checks: number) => string | undefined;
}

/** Compares two sides with given responses and times. No real time passes. */
async function compare({ options = {}, sample, mixedUp }: World) {
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

describe('the requests', () => {
  test('go to both sides in pairs, in random order, and end when the decision is known', async () => {
    const { result, sent } = await compare({ sample: () => ({}) });
    expect(result).toMatchObject({ decision: 'not-worse', outcome: 'passed', endedBy: 'not-worse', differences: [] });
    expect(result.requests).toBeLessThan(2_000);
    expect(sent.filter(({ side }) => side === 'blue')).toHaveLength(sent.length / 2);
    expect(result.sentence).toMatch(
      /^green is not worse than blue: 0 % errors against 0 %, p50 10 ms against 10 ms \(\d+ requests\)$/,
    );
  });

  test('in random order: each side is first in about half of the pairs', async () => {
    const { sent } = await compare({ options: { concurrency: 1 }, sample: () => ({}) });
    const blueFirst = sent.filter(({ side }, index) => index % 2 === 0 && side === 'blue').length;
    expect(blueFirst).toBeGreaterThan(sent.length / 5);
    expect(blueFirst).toBeLessThan((sent.length / 10) * 3);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s is refused before anything is sent', (method) => {
    expect(() => planOf({ requests: [{ path: '/orders' }, { method, path: '/orders' }] })).toThrow(
      `compare.requests has ${method} /orders: only GET, HEAD, OPTIONS are sent to both sides`,
    );
  });

  test('are by default the safe ones of the suite; none at all is an error', () => {
    const checks = [{ method: 'POST', path: '/orders' }, { path: '/' }, { method: 'HEAD', path: '/orders' }];
    expect(planOf({}, checks).requests.map(({ path }) => path)).toEqual(['/', '/orders']);
    expect(() => planOf({}, [{ method: 'POST', path: '/' }])).toThrow('compare.requests is empty');
  });

  test('never exceed the number allowed, and too little data fails unless notEnoughData is warn', async () => {
    const few = { maxRequests: 100 };
    const { result, sent } = await compare({ options: few, sample: () => ({}) });
    expect(sent).toHaveLength(100);
    expect(result).toMatchObject({
      decision: 'not-enough-data',
      outcome: 'failed',
      endedBy: 'requests',
      requests: 100,
    });
    expect(result.sentence).toContain(
      'not enough data to say that green is no worse than blue: errors and latency undecided',
    );
    const warned = await compare({ options: { ...few, notEnoughData: 'warn' }, sample: () => ({}) });
    expect(warned.result).toMatchObject({ decision: 'not-enough-data', outcome: 'passed' });
  });

  test('end at the timeout, also when a side hangs', async () => {
    const attempt: Attempt = (_side, _request, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ durationMs: 1, error: 'ended' }), { once: true });
      });
    const result = await compareSides(planOf({ ...FAST, timeoutSeconds: 0.05 }), {
      attempt,
      signal: new AbortController().signal,
    });
    expect(result).toMatchObject({ decision: 'not-enough-data', endedBy: 'timeout', requests: 0 });
  });
});

describe('a bad green', () => {
  test('that fails in 5 % is found within a thousand requests', async () => {
    const random = seeded(8);
    const { result } = await compare({
      sample: (side) => ({ status: side === 'green' && random() < 0.05 ? 500 : 200 }),
    });
    expect(result).toMatchObject({ decision: 'worse', outcome: 'failed', endedBy: 'worse' });
    expect(result.requests).toBeLessThan(1_000);
    expect(result.sentence).toMatch(
      /^green fails more often than blue: [\d.]+ % errors against 0 %, by chance once in \d+, once in \d+ decides/,
    );
  });

  test('is named by status, request and side; a hang too, and the live side where it has the same problem', async () => {
    const random = seeded(12);
    const hangs = await compare({
      options: { requests: [{ path: '/orders' }, { path: '/health' }] },
      sample: (side, _turn, path) =>
        side === 'green' && path === '/orders' && random() < 0.05
          ? { durationMs: 1_000, error: 'no complete response within 1000 ms', timedOut: true }
          : {},
    });
    expect(hangs.result.sentence).toMatch(/; [\d.]+ % of green's responses to GET \/orders timed out, 0 % of blue's$/);
    const failing = await compare({ sample: (side) => ({ status: side === 'green' && random() < 0.1 ? 503 : 200 }) });
    expect(failing.result.sentence).toMatch(
      /; [\d.]+ % of green's responses to GET \/orders had status 503, 0 % of blue's$/,
    );
    expect(failing.result.failures).toEqual([
      { request: 'GET /orders', what: 'status 503', blue: 0, green: expect.any(Number) as number },
    ]);
    const errors = seeded(15);
    const both = await compare({
      options: { concurrency: 1, maxRequests: 10_000 },
      sample: () => ({ status: errors() < 0.05 ? 500 : 200 }),
    });
    expect(both.result).toMatchObject({ decision: 'not-worse', outcome: 'passed' });
    expect(both.result.sentence).toMatch(
      /; the live side has the same problem: [\d.]+ % of green's responses to GET \/orders had status 500, [\d.]+ % of blue's$/,
    );
  });

  test('a request that the release brings is left out, and hides no fault of the others', async () => {
    const options = { requests: [{ path: '/orders' }, { path: '/returns' }] };
    const onBlue = (side: Side, path: string) => side === 'blue' && path === '/returns';
    const good = await compare({ options, sample: (side, _, path) => (onBlue(side, path) ? { status: 404 } : {}) });
    expect(good.result).toMatchObject({ decision: 'not-worse', newRequests: ['GET /returns'], failures: [] });
    expect(good.result.sentence).toMatch(/; not compared, because the live side refuses them: GET \/returns$/);
    expect(good.result.measures).toMatchObject([{ blue: 0, green: 0 }, {}]);
    const random = seeded(14);
    const bad = await compare({
      options,
      sample: (side, _, path) => ({
        status: onBlue(side, path) ? 404 : side === 'green' && path === '/orders' && random() < 0.05 ? 500 : 200,
      }),
    });
    expect(bad.result).toMatchObject({ decision: 'worse', outcome: 'failed', newRequests: ['GET /returns'] });
  });

  test('a request that is refused by both sides, or by green, is compared, and 429 says nothing of a request; one that is new and the only one is not sent on', async () => {
    const sample = (statusOfBlue: number, statusOfGreen: number) => (side: Side, _: number, path: string) => ({
      status: path !== '/returns' ? 200 : side === 'blue' ? statusOfBlue : statusOfGreen,
    });
    const options = { requests: [{ path: '/orders' }, { path: '/returns' }] };
    for (const [blue, green] of [
      [401, 401],
      [429, 200],
      [500, 200],
    ] as const) {
      const { result } = await compare({ options, sample: sample(blue, green) });
      expect(result).toMatchObject({ newRequests: [] });
    }
    const only = await compare({ options: { requests: [{ path: '/returns' }] }, sample: sample(404, 200) });
    expect(only.result).toMatchObject({ decision: 'not-enough-data', outcome: 'failed', endedBy: 'requests' });
    expect(only.sent.length).toBeLessThanOrEqual(8);
    expect(only.result.sentence).toBe(
      'green could not be compared with blue: the live side refuses every request; not compared, because the live side refuses them: GET /returns',
    );
    const dropped = await compare({ options, sample: sample(200, 404) });
    expect(dropped.result).toMatchObject({ decision: 'worse', newRequests: [] });
  });

  test('gross harm that came in waves is undecided, and does not pass where too little data may', async () => {
    const dies = await compare({
      options: { notEnoughData: 'warn', maxRequests: 400, concurrency: 1 },
      // As a task that dies after so many requests, and is away for as many.
      sample: (side, turn) => ({ status: side === 'green' && turn % 160 >= 80 ? 502 : 200 }),
    });
    expect(dies.result).toMatchObject({ decision: 'not-enough-data', outcome: 'failed' });
    expect(dies.result.sentence).toMatch(
      /^not enough data .*; the difference is too large to pass without a decision$/,
    );
    const leaks = await compare({
      options: { notEnoughData: 'warn', maxRequests: 1_000, concurrency: 1 },
      sample: (side, turn) => ({ durationMs: 10 + (side === 'green' ? turn / 10 : 0) }),
    });
    expect(leaks.result).toMatchObject({ outcome: 'failed' });
    const little = await compare({
      options: { notEnoughData: 'warn', maxRequests: 120 },
      sample: (side, turn) => ({ status: side === 'green' && turn === 50 ? 500 : 200 }),
    });
    expect(little.result).toMatchObject({ decision: 'not-enough-data', outcome: 'passed' });
    expect(little.result.sentence).not.toMatch(/too bad/);
  });

  test('a response may take ten times as long as the slowest of blue’s first ones, half a second at least', async () => {
    const limits: number[] = [];
    const attempt: Attempt = async (_side, _request, _signal, timeoutMs) => {
      limits.push(timeoutMs);
      return { durationMs: 300, response: { status: 200, headers: {}, body: '{}' } };
    };
    const around = { attempt, random: seeded(1), signal: new AbortController().signal };
    await compareSides(planOf({ ...FAST, maxRequests: 400, concurrency: 1 }), around);
    expect([limits[0], limits.at(-1)]).toEqual([5_000, 3_000]);
    await compareSides(planOf({ ...FAST, maxRequests: 400, requestTimeoutMs: 2_000 }), around);
    expect(limits.at(-1)).toBe(2_000);
  });

  test('that is slower by half is found', async () => {
    const random = seeded(9);
    const { result } = await compare({
      sample: (side) => ({ durationMs: (side === 'green' ? 150 : 100) * (0.8 + 0.4 * random()) }),
    });
    expect(result.decision).toBe('worse');
    expect(result.sentence).toMatch(/^green is slower than blue: p\d+ 1\d\d ms against \d+ ms, by chance once in/);
  });

  test('that responds 404 to a request that blue accepts fails; a request that both refuse does not count as an error', async () => {
    const lost = await compare({ sample: (side) => ({ status: side === 'green' ? 404 : 200 }) });
    expect(lost.result.decision).toBe('worse');
    expect(lost.result.requests).toBeLessThan(100);
    const refused = await compare({ sample: () => ({ status: 401 }) });
    expect(refused.result.decision).toBe('not-worse');
  });

  test('that breaks connections is failing, and never throws', async () => {
    const { result } = await compare({ sample: (side) => (side === 'green' ? { error: 'ECONNRESET' } : {}) });
    expect(result.decision).toBe('worse');
  });
});

describe('differences', () => {
  const body = (turn: number, more: object = {}) =>
    JSON.stringify({ id: `r-${turn}`, at: turn * 7, total: 3, ...more });

  test('a missing field, another type and another content type are reported, and fail only by failOnDifferences', async () => {
    const sample: World['sample'] = (side, turn) => ({
      body: side === 'green' ? JSON.stringify({ id: `r-${turn}`, total: '3' }) : body(turn),
      type: side === 'green' ? 'text/html' : 'application/json',
    });
    const { result } = await compare({ sample });
    expect(result.differences.map(({ kind, place, blue, green }) => [kind, place, blue, green])).toEqual([
      ['header', 'content-type', 'application/json', 'text/html'],
      ['json-missing', 'at', expect.any(String), 'absent'],
      ['json-type', 'total', 'number', 'string'],
    ]);
    expect(result).toMatchObject({ outcome: 'passed', noise: ['GET /orders: at', 'GET /orders: id'].slice(1) });
    expect(result.differences.filter(({ fails }) => fails)).toEqual([]);
    expect((await compare({ sample, options: { failOnDifferences: ['status'] } })).result.outcome).toBe('passed');
  });

  test('an object that is empty now and then lacks its fields; a list is another type', async () => {
    const emptied = await compare({
      sample: (side, turn) => ({ body: side === 'green' && turn % 8 < 4 ? '{}' : '{"total":3}' }),
    });
    expect(emptied.result.differences).toEqual([expect.objectContaining({ kind: 'json-missing', place: 'total' })]);
    const { result } = await compare({ sample: (side) => ({ body: side === 'green' ? '[]' : '{}' }) });
    expect(result.differences).toEqual([
      expect.objectContaining({ kind: 'json-type', place: 'body', blue: 'object', green: 'array' }),
    ]);
  });

  test('that fail the gate end it as soon as no further response is inspected, with the rule that decided', async () => {
    const sample: World['sample'] = (side, turn) => (side === 'green' ? { body: '{"total":3}' } : { body: body(turn) });
    const { result } = await compare({ sample, options: { failOnDifferences: ['json-missing'] } });
    expect(result).toMatchObject({
      outcome: 'failed',
      decision: 'not-enough-data',
      endedBy: 'differences',
      requests: 80,
    });
    expect(result.sentence).toMatch(
      /^green responds differently: GET \/orders: id is absent, on blue "r-\d+", GET \/orders: at is absent, on blue \d+ \(80 requests\)$/,
    );
    expect(result.differences.map(({ kind, fails }) => [kind, fails])).toEqual([
      ['json-missing', true],
      ['json-missing', true],
    ]);
    expect(decide({ checks: [], alarms: [], comparison: result }).rule).toBe('comparison-differs');
  });

  test('decide before too little data does, but not over a green that is worse', async () => {
    const sample: World['sample'] = (side) => ({ body: side === 'green' ? '{}' : '{"total":3}' });
    const options = { failOnDifferences: true, maxRequests: 60 };
    const few = (await compare({ sample, options })).result;
    expect(few).toMatchObject({ endedBy: 'requests', decision: 'not-enough-data' });
    expect(decide({ checks: [], alarms: [], comparison: few }).rule).toBe('comparison-differs');
    const worse = (
      await compare({
        sample: (side, turn, path) => (side === 'green' && turn % 3 ? { status: 500 } : sample(side, turn, path)),
        options: { failOnDifferences: true },
      })
    ).result;
    expect(decide({ checks: [], alarms: [], comparison: worse }).rule).toBe('comparison-worse');
  });

  test('what differs between two responses of blue is noise, and values that do not change are compared', async () => {
    const { result } = await compare({
      options: { failOnDifferences: true },
      sample: (side, turn) => ({ body: body(turn, { currency: side === 'green' ? 'USD' : 'EUR' }) }),
    });
    expect(result.noise).toEqual(['GET /orders: at', 'GET /orders: id']);
    expect(result.differences).toEqual([
      expect.objectContaining({ kind: 'json-value', place: 'currency', blue: '"EUR"', green: '"USD"' }),
    ]);
    expect(result.differences[0]?.count).toBe(result.differences[0]?.of);
    expect(result.outcome).toBe('failed');
  });

  test('that an error met green and not blue is chance, and no difference', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = seeded(seed);
      const { result } = await compare({
        options: { failOnDifferences: true, maxRequests: 400 },
        sample: () => (random() < 0.05 ? { status: 503, type: 'text/html', body: 'try again' } : {}),
      });
      expect([seed, result.differences]).toEqual([seed, []]);
    }
  });

  test('a request that always fails on green is named, among others that succeed', async () => {
    const { result } = await compare({
      options: { requests: [{ path: '/' }, { name: 'list', path: '/orders' }] },
      sample: (side, _turn, path) => ({ status: side === 'green' && path === '/orders' ? 404 : 200 }),
    });
    expect(result.decision).toBe('worse');
    expect(result.differences).toEqual([
      expect.objectContaining({ request: 'list', kind: 'status', blue: '200', green: '404' }),
    ]);
  });

  test('are reported in the order of the requests, whichever response came first', async () => {
    const requests = [{ path: '/slow' }, { path: '/fast' }];
    const attempt: Attempt = async (side, { path }) => {
      for (let turn = path === '/slow' ? 5 : 0; turn > 0; turn--) await Promise.resolve();
      return { durationMs: 10, response: { status: side === 'blue' ? 200 : 201, headers: {}, body: '' } };
    };
    const around = { attempt, random: seeded(1), signal: new AbortController().signal };
    const result = await compareSides(planOf({ ...FAST, requests }), around);
    expect(result.differences.map(({ request }) => request)).toEqual(['GET /slow', 'GET /fast']);
  });

  test('fields within lists have one place, and lists of other lengths are no missing field', async () => {
    const list = (items: number) =>
      JSON.stringify({ orders: Array.from({ length: items }, (_, id) => ({ id, item: 'tea' })) });
    const { result } = await compare({ sample: (_side, turn) => ({ body: list(1 + (turn % 3)) }) });
    expect(result.differences).toEqual([]);
    const { result: lost } = await compare({
      sample: (side) => ({ body: side === 'green' ? '{"orders":[{"id":0}]}' : list(1) }),
    });
    expect(lost.differences).toEqual([
      expect.objectContaining({ kind: 'json-missing', place: 'orders[].item', blue: '"tea"', green: 'absent' }),
    ]);
  });
});

describe('the two sides', () => {
  test('that are not apart from the start are not compared: nothing is sent', async () => {
    const { result, sent } = await compare({
      sample: () => ({}),
      mixedUp: () => 'both listeners forward to web-green',
    });
    expect(sent).toEqual([]);
    expect(result).toMatchObject({ decision: 'not-enough-data', outcome: 'failed', endedBy: 'sides-changed' });
    expect(result.sentence).toBe('green could not be compared with blue: both listeners forward to web-green');
  });

  test('that change during the comparison discard the measurement, also after a clear decision', async () => {
    const { result } = await compare({
      sample: (side) => ({ body: side === 'green' ? '{}' : '{"total":3}' }),
      options: { failOnDifferences: true },
      mixedUp: (checks) => (checks > 0 ? 'production moved' : undefined),
    });
    expect(result).toMatchObject({ decision: 'not-enough-data', endedBy: 'sides-changed' });
    expect(decide({ checks: [], alarms: [], comparison: result }).rule).toBe('comparison-without-data');
  });
});
