import { context, type Releases, startReleases } from '../support/scenarios/releases';
import { completeBy, losingNone, succeeded } from '../support/scenarios/scenario';

/** One stack through what goes wrong around a release; each test begins where the one before ended. */
jest.setTimeout(400_000);

const QUICK = { shift: 'canary:50:2', bakeMinutes: '60' };
let world: Releases;
beforeAll(async () => {
  world = await startReleases(60);
});
afterAll(() => world?.stop());

const deploy = (values: Record<string, string>, signal?: AbortSignal) =>
  world.cdk(['deploy', ...context({ ...QUICK, ...values })], signal);

/** Runs `work` under load. */
async function underLoad<T>(work: () => Promise<T>): Promise<T> {
  const done = await losingNone(world.load((await world.service()).productionListenerArn), work);
  expect(await world.scalingSuspended()).toBe(false);
  return done;
}

test('the first creation, the same again, and another desired count start no deployment', async () => {
  succeeded(await deploy({ version: 'v1' }));
  await underLoad(async () => {
    succeeded(await deploy({ version: 'v1' }));
    succeeded(await deploy({ version: 'v1', desiredCount: '3' }));
  });
  expect(await world.deployments()).toEqual([]);
});

test('a deploy that is cut off and repeated ships once, and the same again ships nothing', async () => {
  await underLoad(async () => {
    const cut = new AbortController();
    const first = deploy({ version: 'v2' }, cut.signal).catch(() => 'cut off');
    const { deploymentId } = await world.inFlight();
    expect(await world.scalingSuspended()).toBe(true);
    cut.abort(new Error('cut off'));
    expect(await first).toBe('cut off');
    // AWS continues, and takes no other update meanwhile.
    await world.until('the update to end', async () => (await world.status()) === 'UPDATE_COMPLETE', 60);
    succeeded(await deploy({ version: 'v2' }));
    succeeded(await deploy({ version: 'v2' }));
    expect(await world.deployments()).toMatchObject([{ deploymentId }]);
    expect(await world.traffic()).toEqual([100]);
  });
});

test('crashing tasks fail it within 3 minutes and with their reason; it ended the bake before it', async () => {
  await underLoad(async () => {
    const before = await world.inFlight((it) => it.instanceTerminationWaitTimeStarted);
    const result = await deploy({ version: 'v3', environment: '{"FAULT_CRASH_AFTER_MS":"1"}' });
    expect(result.exitCode).toBe(1);
    expect(result.output).toMatch(
      /\d green tasks failed \(limit 3\): task \w+ stopped with EssentialContainerExited.*its last lines: .*crashing/,
    );
    const [baked, crashed, ...more] = await world.deployments();
    expect(baked).toMatchObject({ deploymentId: before.deploymentId, status: 'Succeeded' });
    expect(crashed).toMatchObject({ status: 'Stopped' });
    expect((crashed?.completeTime ?? Infinity) - (crashed?.createTime ?? 0)).toBeLessThanOrEqual(180);
    expect(more).toEqual([]);
    expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  });
});

test('stopped from outside with a rollback: it fails, and no second blue/green follows', async () => {
  await underLoad(async () => {
    const running = deploy({ version: 'v4' });
    const { deploymentId } = await world.inFlight();
    await world.until('split traffic', async () => (await world.traffic()).length === 2);
    await world.call('codedeploy', 'StopDeployment', { deploymentId, autoRollbackEnabled: true });
    const result = await running;
    expect(result.exitCode).toBe(1);
    expect(result.output).toMatch(/MANUAL_STOP.*production is back on the old version/);
    expect(await world.deployments()).toHaveLength(3);
    expect(await world.traffic()).toEqual([100]);
    expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  });
});

test('stopped from outside without a rollback: CloudFormation’s own puts the old version on all traffic', async () => {
  await underLoad(async () => {
    const running = deploy({ version: 'v5' });
    const { deploymentId } = await world.inFlight();
    await world.until('split traffic', async () => (await world.traffic()).length === 2);
    await world.call('codedeploy', 'StopDeployment', { deploymentId, autoRollbackEnabled: false });
    const result = await running;
    expect(result.exitCode).toBe(1);
    expect(result.output).toMatch(/no rollback followed/);
    expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await world.traffic()).toEqual([100]);
  });
});

test('destroyed while a release bakes: the stack goes', async () => {
  succeeded(await deploy({ version: 'v6' }));
  await world.inFlight((it) => it.instanceTerminationWaitTimeStarted);
  const stackId = await world.stackId();
  const load = world.load((await world.service()).productionListenerArn);
  succeeded(await world.cdk(['destroy']));
  await expect(world.status()).rejects.toThrow(/does not exist/);
  const { lost, records } = completeBy(await world.serviceGoneAtMs(stackId), world.aws.clock.speed, await load.end());
  expect(records.length).toBeGreaterThan(0);
  expect(lost).toEqual([]);
});
