import { type Attempt, compareSides } from '../../../smoke/comparison/comparator';
import { planOf } from '../../../smoke/comparison/options';
import { decide } from '../../../lambda/gate/verdict';
import { seeded } from './sources';
import { compare, FAST, type World } from './two-sides';

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
