import type { Suite } from '../../../smoke/suite/model';
import type { Verdict } from '../../../lambda/gate/types';
import { createGate } from '../../../lambda/gate/handler';
import { clients } from '../../../lambda/gate/clients';
import { httpServer, type Listening } from '../../support/servers/servers';

const servers: Listening[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A side that responds with a status. */
async function side(status: number) {
  const methods: string[] = [];
  const server = await httpServer((request, response) => {
    methods.push(request.method ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  servers.push(server);
  return { url: `http://127.0.0.1:${server.port}`, methods };
}

async function judge(suite: Suite, green: string, live: string): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  const environment = {
    GREENLIGHT_SERVICE: 'web',
    GREENLIGHT_LIFECYCLE_EVENT: 'AfterAllowTestTraffic',
    GREENLIGHT_TARGET_URL: green,
    GREENLIGHT_LIVE_URL: live,
    GREENLIGHT_ALARMS: '[]',
    GREENLIGHT_TIMEOUT_SECONDS: '60',
  };
  const gate = createGate(environment, {
    ...clients,
    untilListenerSettles: () => Promise.resolve(),
    loadSuite: () => suite,
    writeVerdict: (verdict) => void verdicts.push(verdict),
    writeMetrics: () => undefined,
    deploymentDescription: () => Promise.resolve(undefined),
    report: () => Promise.resolve(),
  });
  await gate({ DeploymentId: 'd', LifecycleEventHookExecutionId: 'h' }, { getRemainingTimeInMillis: () => 120_000 });
  return verdicts[0] as Verdict;
}

const orders: Suite = { checks: [{ name: 'orders', path: '/orders', retries: 0 }] };

test('a check that fails on both sides: the sentence says that the live side has the same problem', async () => {
  const [green, live] = [await side(500), await side(500)];
  const verdict = await judge(orders, green.url, live.url);
  expect(verdict).toMatchObject({ outcome: 'Failed', rule: 'check-failed' });
  expect(verdict.sentence).toMatch(
    /^check "orders" failed: status was 500, .*; the live side has the same problem: status was 500$/,
  );
  expect(verdict.liveChecks).toMatchObject([{ name: 'orders', outcome: 'failed' }]);
});

test('a check that fails only on green: the sentence says that the live side passes it', async () => {
  const [green, live] = [await side(500), await side(200)];
  const verdict = await judge(orders, green.url, live.url);
  expect(verdict.sentence).toMatch(/^check "orders" failed: status was 500, .*; the live side passes it$/);
});

test('a live side that does not respond changes nothing, and no check that may change something is sent to it', async () => {
  const green = await side(500);
  const gone = await judge(orders, green.url, 'http://127.0.0.1:1');
  expect(gone).toMatchObject({ outcome: 'Failed', rule: 'check-failed' });
  const live = await side(200);
  const create: Suite = { checks: [{ name: 'create', method: 'POST', path: '/orders', body: '{}' }] };
  const verdict = await judge(create, green.url, live.url);
  expect(verdict.sentence).toMatch(/^check "create" failed: status was 500[^;]*$/);
  expect(live.methods).not.toContain('POST');
});

test('a suite that does not mention the comparison is compared: 1 green error in 10 stops the release', async () => {
  let turn = 0;
  const flaky = await httpServer((_request, response) => {
    turn += 1;
    response.writeHead(turn > 1 && turn % 10 === 3 ? 500 : 200).end('{}');
  });
  servers.push(flaky);
  const live = await side(200);
  const verdict = await judge(orders, `http://127.0.0.1:${flaky.port}`, live.url);
  expect(verdict).toMatchObject({ outcome: 'Failed', rule: 'comparison-worse' });
  expect(verdict.sentence).toMatch(/% of green's responses to orders had status 500, 0 % of blue's/);
});

test('without comparison nothing but the checks is sent, and the live side gets nothing', async () => {
  const [green, live] = [await side(200), await side(200)];
  const verdict = await judge({ ...orders, compare: false }, green.url, live.url);
  expect(verdict).toMatchObject({ outcome: 'Succeeded' });
  expect(verdict.comparison).toBeUndefined();
  expect(live.methods).toEqual([]);
});
