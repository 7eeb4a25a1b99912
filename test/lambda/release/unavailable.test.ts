import { ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { codedeploy, created, event, release, started, startedAs, world } from './world';

/** AWS throttles calls or fails while a release begins: for a rollback of the stack a failure would be the end. */

const throttled = () => Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
const broken = () => Object.assign(new Error('Something is wrong'), { name: 'ServerException', $fault: 'server' });

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'], advanceTimers: 50 });
});
afterEach(() => jest.useRealTimers());

test.each<[string, () => Error]>([
  ['throttles', throttled],
  ['fails', broken],
])('AWS %s for some seconds: the release begins after that, and its stack does not fail', async (_what, error) => {
  codedeploy.on(ListDeploymentsCommand).rejectsOnce(error()).rejectsOnce(error()).resolves({ deployments: [] });
  const releasing = release(event());
  await jest.advanceTimersByTimeAsync(20_000);
  await releasing;
  expect(world.responses).toEqual([]);
  expect(created()).toHaveLength(1);
  expect(startedAs('greenlight.wait')).toHaveLength(1);
});

test('AWS fails for nine minutes: the waiter counts from the event, as CloudFormation does', async () => {
  const beganMs = Date.now();
  const endMs = beganMs + 540_000;
  codedeploy.on(ListDeploymentsCommand).callsFake(() => {
    if (Date.now() < endMs) throw throttled();
    return { deployments: [] };
  });
  const releasing = release(event());
  await jest.advanceTimersByTimeAsync(530_000);
  expect(created()).toHaveLength(0);
  await jest.advanceTimersByTimeAsync(20_000);
  await releasing;
  expect(world.responses).toEqual([]);
  const [waiter] = started();
  expect(Date.parse(waiter?.startedAt ?? '') - beganMs).toBeLessThan(10_000);
});
