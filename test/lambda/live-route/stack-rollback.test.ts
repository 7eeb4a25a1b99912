import type { InFlight } from '../../../aws/deployments';
import { rulesOf } from '../../support/listener-rules';
import { createLiveRoute } from '../../../lambda/live-route/handler';
import type { Aws } from '../../../lambda/live-route/aws';
import { type ENGINES, routeEvent } from './support';

/** What LiveRoute does in a rollback of the stack while a deployment still moves traffic. */

const MINUTE_MS = 60_000;
type Engine = keyof typeof ENGINES;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick'] });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** @param minutes how long the deployment runs, after which blue has all traffic */
function responded(deployment: Omit<InFlight, 'deploymentId'>, minutes: number, engine: Engine = 'CodeDeploy') {
  const startMs = Date.now();
  const runs = () => Date.now() - startMs < minutes * MINUTE_MS;
  let atMs: number | undefined;
  let side: string | undefined;
  const running = [{ deploymentId: 'd-2', stopCommand: 'stop it', ...deployment }];
  const aws: Aws = {
    listenerAt: () => Promise.resolve('production'),
    rules: () => {
      const forwards = [
        { targetGroupArn: 'blue', weight: runs() ? 10 : 100 },
        { targetGroupArn: 'green', weight: runs() ? 90 : 0 },
      ];
      return Promise.resolve(rulesOf(forwards));
    },
    physicalId: (_stackId, logicalId) => Promise.resolve(`arn of ${logicalId}`),
    targets: () => Promise.resolve(1),
    inFlight: () => Promise.resolve(engine === 'CodeDeploy' && runs() ? running : []),
    serviceInFlight: (_cluster, service) =>
      Promise.resolve(engine === 'ECS' && service === 'arn of Service' && runs() ? running : []),
    isRollingBack: () => Promise.resolve(true),
    put: (_url, body) => {
      atMs = Date.now() - startMs;
      side = (JSON.parse(body) as { Data?: { TargetGroupArn: string } }).Data?.TargetGroupArn;
      return Promise.resolve();
    },
  };
  void createLiveRoute(aws)(routeEvent(engine));
  return { after: () => atMs, side: () => side };
}

test.each<Engine>(['CodeDeploy', 'ECS'])(
  'it waits until %s has put the traffic back, and names the side that has it then',
  async (engine) => {
    const response = responded({ rollback: true, terminationWait: false }, 3, engine);
    await jest.advanceTimersByTimeAsync(2.9 * MINUTE_MS);
    expect(response.after()).toBeUndefined();
    await jest.advanceTimersByTimeAsync(0.3 * MINUTE_MS);
    expect(response.after()).toBeGreaterThanOrEqual(3 * MINUTE_MS);
    expect(response.side()).toBe('blue');
  },
);

test('it waits five minutes at most, and then names the heavier side', async () => {
  const response = responded({ rollback: true, terminationWait: false }, 60);
  await jest.advanceTimersByTimeAsync(4.9 * MINUTE_MS);
  expect(response.after()).toBeUndefined();
  await jest.advanceTimersByTimeAsync(0.3 * MINUTE_MS);
  expect(response.after()).toBeLessThanOrEqual(5.2 * MINUTE_MS);
  expect(response.side()).toBe('green');
});

test('it does not wait for a deployment that is no rollback', async () => {
  const response = responded({ rollback: false, terminationWait: false }, 60);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(response.after()).toBeLessThan(1_000);
  expect(response.side()).toBe('green');
});
