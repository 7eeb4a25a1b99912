import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScaledClock, VirtualClock } from '../../../../rehearsal/core/clock';
import { attribute, isFailed, isLost, startTraffic } from '../../../../rehearsal/runner/traffic';
import { nonEmpty } from '../../../support/non-empty';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the schedule is kept whatever the responses do', async () => {
  let received = 0;
  const held: (() => void)[] = [];
  const url = await serve((_request, response) => {
    received += 1;
    held.push(() => response.end());
  });
  const clock = new VirtualClock();
  const traffic = startTraffic({ url, clock, ratePerSecond: 10 });
  await clock.advance(2_950);
  while (received < 30) await new Promise((resolve) => setTimeout(resolve, 2));
  for (const respond of held) respond();
  const { records, dropped } = await traffic.stop();
  expect(records).toHaveLength(30);
  expect(dropped).toBe(0);
  expect(new Set(records.map(({ traceId }) => traceId)).size).toBe(30);
  expect(nonEmpty(records).every(({ traceId }) => /^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(traceId))).toBe(true);
});

test('a suspended machine loses no request, sends none late and makes none slow', async () => {
  const url = await serve((_request, response) => void setTimeout(() => response.end(), 50));
  const clock = new ScaledClock(60);
  const traffic = startTraffic({ url, clock, ratePerSecond: 1, timeoutMs: 1_000 });
  await clock.sleep(2_000);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
  await clock.sleep(2_000);
  const log = await traffic.stop();
  clock.stop();
  // Of 2 s at this speed 120 would have been due.
  expect(log.records.length).toBeLessThan(20);
  expect(log.records.filter(({ status }) => status !== 200)).toEqual([]);
  expect(log.latencyMs(100)).toBeLessThan(1_000);
});

test('records without a response name their error, and beyond the limit only totals are kept', async () => {
  const url = await serve((request, response) => void (request.url === '/gone' ? request.destroy() : response.end()));
  const clock = new ScaledClock(60);
  const paths = [{ path: '/' }, { path: '/gone', weight: 1 }, { path: '/never', weight: 0 }];
  const traffic = startTraffic({ url, clock, ratePerSecondWall: 500, paths, maxRecords: 20 });
  await clock.sleep(12_000);
  const { records, dropped } = await traffic.stop();
  expect(records).toHaveLength(20);
  expect(dropped).toBeGreaterThan(0);
  expect(
    nonEmpty(records.filter(({ path }) => path === '/gone')).every(
      (r) => r.status === undefined && r.error !== undefined,
    ),
  ).toBe(true);
  expect(nonEmpty(records.filter(({ path }) => path === '/')).every(({ status }) => status === 200)).toBe(true);
  expect(records.some(({ path }) => path === '/never')).toBe(false);
});

test('the access log says which side responded, what was lost and what failed', async () => {
  await serve((_request, response) => response.end());
  const record = (traceId: string, status?: number) => ({
    atMs: 0,
    traceId,
    method: 'GET',
    path: '/',
    latencyMs: 1,
    ...(status && { status }),
  });
  const entry = { atMs: 0, loadBalancerArn: 'lb', listenerArn: 'l', listenerPort: 80 };
  const joined = attribute(
    [record('a', 200), record('b', 502), record('c', 500), record('d')],
    [
      { ...entry, traceId: 'a', elbStatusCode: 200, targetGroupArn: 'blue', target: 't', targetStatusCode: 200 },
      { ...entry, traceId: 'b', elbStatusCode: 502, targetGroupArn: 'green', target: 't' },
      { ...entry, traceId: 'c', elbStatusCode: 500, targetGroupArn: 'green', target: 't', targetStatusCode: 500 },
    ],
  );
  expect(joined.map((r) => [r.targetGroupArn, isLost(r), isFailed(r)])).toEqual([
    ['blue', false, false],
    ['green', true, false],
    ['green', false, true],
    [undefined, true, false],
  ]);
});

test.each([-1, NaN, Infinity])('a rate of %d is refused', async (ratePerSecond) => {
  const url = await serve((_request, response) => response.end());
  expect(() => startTraffic({ url, clock: new VirtualClock(), ratePerSecond })).toThrow(/^rate /);
});
