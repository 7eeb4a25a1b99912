import { type Attempt, compareSides } from '../../../smoke/comparison/comparator';
import type { Side } from '../../../smoke/comparison/differences';
import { planOf } from '../../../smoke/comparison/options';
import { decide } from '../../../lambda/gate/verdict';
import { seeded } from './sources';
import { compare, FAST } from './two-sides';

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
