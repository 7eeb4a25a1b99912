import { ReleaseCommands } from '../support/scenarios/commands';
import { context, type Releases, startReleases } from '../support/scenarios/releases';
import { succeeded } from '../support/scenarios/scenario';

jest.setTimeout(590_000);

let world: Releases;
let commands: ReleaseCommands;
beforeAll(async () => {
  world = await startReleases(60);
  commands = new ReleaseCommands(world.aws);
});
afterAll(() => world?.stop());

const deploy = (version: string, more: Readonly<Record<string, string>> = {}) =>
  world.cdk(['deploy', ...context({ version, engine: 'ecs', bakeMinutes: '1', ...more })]);

test("status shows a release of ECS's own from its stage to its end, and abort puts traffic back, each under the policy that its page gives it", async () => {
  succeeded(await deploy('v1'));
  await world.until('all is well', async () => (await commands.status()).code === 0, 10);
  const quiet = await commands.status();
  expect(quiet).toMatchObject({ engine: 'ecs', findings: [], lastRelease: { outcome: 'succeeded' } });
  expect(quiet.release).toBeUndefined();
  expect(quiet.sides).toMatchObject([{ live: true, trafficPercent: 100, runningTasks: 2, healthyTargets: 2 }]);
  expect(quiet.routes.length).toBeGreaterThan(0);
  expect(quiet.alarms.length).toBeGreaterThan(0);

  const shipping = deploy('v2');
  const shifting = async () => (await commands.status()).release?.stage === 'PRODUCTION_TRAFFIC_SHIFT';
  await world.until('traffic moves', shifting, 240);
  const { release, sides, routes } = await commands.status();
  expect(release).toMatchObject({ engine: 'ecs', status: 'IN_PROGRESS', rollsBack: false, waitsForApproval: false });
  expect(sides).toHaveLength(2);
  const shares = routes.map(({ forwards }) => forwards.reduce((sum, { percent }) => sum + percent, 0));
  expect(new Set(shares)).toEqual(new Set([100]));
  expect(await commands.run('approve', '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('does not wait for approval') as string,
  });
  expect(await commands.run('abort', '--yes')).toMatchObject({ code: 0, err: '' });
  const back = await commands.run('status', '--watch');
  expect(back).toMatchObject({ code: 1, out: expect.stringContaining(`Release ${release?.id} rolled back`) as string });
  expect((await shipping).exitCode).toBe(1);
  const after = await commands.status();
  expect(after.sides[0]).toMatchObject({ targetGroup: quiet.sides[0]?.targetGroup, trafficPercent: 100 });
  expect(await commands.why()).toMatchObject({ code: 1, release: release?.id, outcome: 'failed' });

  const broken = await deploy('v4', { environment: '{"FAULT_BROKEN_ROUTE":"/orders"}' });
  expect(broken.exitCode).toBe(1);
  const why = await commands.why();
  expect(why).toMatchObject({ code: 1, outcome: 'failed', verdict: { rule: 'check-failed', outcome: 'Failed' } });
  expect(why.evidence).toContainEqual(expect.stringMatching(/^check "orders" failed: status was 500, expected 200/));
  expect(why.remedy).toMatch(/^fix what the check found/);
  // The sentence of the failed deploy, but for the name of the service.
  expect(why.sentence).toContain('check "orders" failed');
  expect(broken.output).toContain(/was not released: (.+?); deployment/.exec(why.sentence)?.[1] ?? 'no cause');
  expect(world.aws.events.all().filter(({ event }) => event === 'denied')).toEqual([]);
});
