import { context, type Releases, startReleases } from '../support/scenarios/releases';
import { completeBy, losingNone, succeeded } from '../support/scenarios/scenario';

/** One stack whose updates fail or are cancelled in the middle of a release; each test begins where the last one ended. */
jest.setTimeout(400_000);

/** Nobody waits for its end: time enough to act while the traffic is split. */
const SLOW = { shift: 'canary:50:30', bakeMinutes: '0' };
const QUICK = { shift: 'all-at-once', bakeMinutes: '0' };
let world: Releases;
beforeAll(async () => {
  world = await startReleases(60);
  succeeded(await deploy({ version: 'v1' }));
});
afterAll(() => world?.stop());

const deploy = (values: Record<string, string>, signal?: AbortSignal) =>
  world.cdk(['deploy', ...context({ ...QUICK, ...values })], signal);

/** Runs `work` under load. @returns what it made of the deployments since, the rollbacks of CodeDeploy left out */
async function underLoad(work: () => Promise<void>) {
  const before = (await world.deployments()).length;
  await losingNone(world.load((await world.service()).productionListenerArn), work);
  expect(await world.scalingSuspended()).toBe(false);
  return (await world.deployments()).slice(before);
}

test('a gate failure starts no second blue/green: one deployment, and CloudFormation rolls back', async () => {
  const live = (await world.service()).liveTargetGroupArn;
  const made = await underLoad(async () => {
    const result = await deploy({ version: 'v2', environment: '{"FAULT_BROKEN_ROUTE":"/orders"}' });
    expect(result.exitCode).toBe(1);
    expect(result.output).toMatch(/AfterAllowTestTraffic gate says: check "orders" failed: status was 500/);
    expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    // Nothing follows later either: a second one would be in flight or over by now.
    await world.until('everything to rest', async () => (await world.activeDeployments()).length === 0);
  });
  expect(made).toMatchObject([{ creator: 'user', status: 'Failed' }]);
  expect(await world.traffic()).toEqual([100]);
  expect((await world.service()).liveTargetGroupArn).toBe(live);
});

test('cut off in the shift it cannot be destroyed; cancelled, all traffic returns and no second deployment starts', async () => {
  const live = (await world.service()).liveTargetGroupArn;
  const made = await underLoad(async () => {
    const interrupt = new AbortController();
    const first = deploy({ version: 'v3', ...SLOW }, interrupt.signal).catch(() => 'cut off');
    await world.inFlight();
    await world.until('split traffic', async () => (await world.traffic()).length === 2);
    interrupt.abort(new Error('cut off'));
    expect(await first).toBe('cut off');
    // CloudFormation continues by itself, and takes no DeleteStack meanwhile.
    const destroyed = await world.cdk(['destroy']);
    expect(destroyed.exitCode).toBe(1);
    expect(destroyed.output).toContain('cannot be deleted while in status UPDATE_IN_PROGRESS');
    expect(await world.traffic()).toHaveLength(2);
    await world.call('cloudformation', 'CancelUpdateStack', { StackName: 'Greenlight' });
    await world.until('the end of the rollback', async () => (await world.status()) === 'UPDATE_ROLLBACK_COMPLETE');
    expect(await world.traffic()).toEqual([100]);
  });
  expect(made).toMatchObject([{ creator: 'user', status: 'Stopped' }]);
  expect((await world.service()).liveTargetGroupArn).toBe(live);
});

test('the release after it ships', async () => {
  const live = (await world.service()).liveTargetGroupArn;
  const made = await underLoad(async () => succeeded(await deploy({ version: 'v4' })));
  expect(made).toMatchObject([{ creator: 'user' }]);
  expect(await world.traffic()).toEqual([100]);
  expect((await world.service()).liveTargetGroupArn).not.toBe(live);
});

test('destroyed after it, the stack goes', async () => {
  const stackId = await world.stackId();
  const load = world.load((await world.service()).productionListenerArn);
  succeeded(await world.cdk(['destroy']));
  await expect(world.status()).rejects.toThrow(/does not exist/);
  expect(completeBy(await world.serviceGoneAtMs(stackId), world.aws.clock.speed, await load.end()).lost).toEqual([]);
});
