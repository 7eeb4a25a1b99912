import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rulesOf } from '../../support/listener-rules';
import type { LiveSides } from '../../../lambda/gate/types';
import { compareInGate, whyNotApart } from '../../../lambda/gate/comparison';
import { comparisonPlan } from '../../../smoke/comparison';
import type { ComparisonPlan } from '../../../smoke/comparison/options';
import type { Suite } from '../../../smoke/suite/model';

const groups = ['web-blue', 'web-green'].map(
  (name) => `arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/${name}/1`,
);
const [blue, green] = groups.map((targetGroupArn) => ({ targetGroupArn, weight: 100 })) as [Share, Share];
type Share = { targetGroupArn: string; weight: number };

const SIDES: LiveSides = {
  productionListenerArn: 'production',
  testListenerArn: 'test',
  targetGroupArns: groups,
  deploymentTargetId: 'cluster:web',
};

describe('the two listeners', () => {
  test.each([
    ['each forwards to a side of its own', [blue], [green], undefined],
    ['the roles are swapped', [green], [blue], undefined],
    ['both forward to green', [green], [green], 'production and test listener forward to the same side, web-green'],
    [
      'production is shifting',
      [
        { ...blue, weight: 90 },
        { ...green, weight: 10 },
      ],
      [green],
      'production forwards to web-blue (90 %), web-green (10 %), expected only the live side',
    ],
    ['the test listener leads nowhere', [blue], [], 'the test listener forwards to neither side, expected only green'],
  ])('%s', (_name, production, test, expected) => {
    expect(whyNotApart({ production, test })).toBe(expected);
  });
});

describe('over HTTP', () => {
  const servers: Server[] = [];
  const serve = async (
    status: () => number,
  ): Promise<{ base: URL; requests: () => number; connections: () => number }> => {
    let [requests, connections] = [0, 0];
    const server = createServer((_request, response) => {
      requests += 1;
      response.writeHead(status(), { 'content-type': 'application/json' }).end('{"ok":true}');
    }).on('connection', () => (connections += 1));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return { base, requests: () => requests, connections: () => connections };
  };
  afterEach(() => servers.splice(0).forEach((server) => (server.closeAllConnections(), server.close())));

  const suite: Suite = {
    checks: [{ name: 'root', path: '/' }],
    compare: { requestsPerSecond: 10_000, latencyFloorMs: 1_000 },
  };
  const around = {
    plan: comparisonPlan(suite) as ComparisonPlan,
    sides: SIDES,
    listenerRules: async (arn: string) => rulesOf([arn === 'production' ? blue : green]),
    limitMs: 60_000,
    signal: new AbortController().signal,
  };
  const at = (base: URL) => ({ base, addresses: [], tlsVerification: 'full' as const });

  test('a green that fails now and then is worse, and both sides keep their connections', async () => {
    let turn = 0;
    const [live, tested] = [await serve(() => 200), await serve(() => (turn++ % 10 === 3 ? 500 : 200))];
    const result = await compareInGate({ ...around, blue: at(live.base), green: at(tested.base) });
    expect(result).toMatchObject({ decision: 'worse', outcome: 'failed' });
    expect(result.sentence).toMatch(/^green fails more often than blue: [\d.]+ % errors against 0 %/);
    expect(live.requests()).toBeLessThan(400);
    expect(live.connections()).toBeLessThanOrEqual(4);
  });

  test('a side that is gone is failing, not an error of the gate', async () => {
    const live = await serve(() => 200);
    const gone = at(new URL('http://127.0.0.1:1'));
    const result = await compareInGate({ ...around, blue: at(live.base), green: gone });
    expect(result.decision).toBe('worse');
  });

  test('nothing is sent while production already carries green', async () => {
    const [live, tested] = [await serve(() => 200), await serve(() => 200)];
    const listenerRules = async () => rulesOf([green]);
    const result = await compareInGate({ ...around, listenerRules, blue: at(live.base), green: at(tested.base) });
    expect(result).toMatchObject({ endedBy: 'sides-changed', outcome: 'failed', requests: 0 });
    expect(live.requests() + tested.requests()).toBe(0);
  });
});
