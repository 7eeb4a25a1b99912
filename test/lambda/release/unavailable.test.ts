import { ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { codedeploy, created, event, release, startedAs, world } from './world';

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
