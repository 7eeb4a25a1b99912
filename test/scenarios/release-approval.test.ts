import { context, type Releases, startReleases } from '../support/releases';

jest.setTimeout(400_000);

let world: Releases;
beforeAll(async () => {
  world = await startReleases(60);
});
afterAll(() => world?.stop());

const deploy = (version: string) =>
  world.cdk(['deploy', ...context({ version, shift: 'all-at-once', bakeMinutes: '0', approvalMinutes: '5' })]);

/** The deployment that waits for a person; its id. */
async function ready(): Promise<string> {
  const waiting = async () => (await world.deployments()).find(({ status }) => status === 'Ready')?.deploymentId;
  await world.until('a deployment waits', async () => (await waiting()) !== undefined, 240);
  return (await waiting()) ?? '';
}

test('a release waits after the smoke gate: continued it ships, without an answer it is rolled back', async () => {
  expect((await deploy('v1')).exitCode).toBe(0);
  const load = world.load((await world.service()).productionListenerArn);
  const live = (await world.service()).liveTargetGroupArn;

  const shipping = deploy('v2');
  const deploymentId = await ready();
  expect((await world.service()).liveTargetGroupArn).toBe(live);
  await world.call('codedeploy', 'ContinueDeployment', { deploymentId, deploymentWaitType: 'READY_WAIT' });
  expect((await shipping).exitCode).toBe(0);
  const shipped = (await world.service()).liveTargetGroupArn;
  expect(shipped).not.toBe(live);

  const forgotten = await deploy('v3');
  expect(forgotten.exitCode).toBe(1);
  expect(forgotten.output).toMatch(/timed out while waiting for a notification to continue.*back on the old version/);
  expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await world.service()).liveTargetGroupArn).toBe(shipped);
  expect(await world.deployments()).toHaveLength(2);
  expect(await world.scalingSuspended()).toBe(false);
  expect((await load.end()).lost).toEqual([]);
});
