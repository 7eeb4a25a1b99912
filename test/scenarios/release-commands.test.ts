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

const deploy = (version: string, more: Readonly<Record<string, string>> = {}) => {
  const values = { shift: 'all-at-once', bakeMinutes: '0', approvalMinutes: '20', approvalEmail: 'a@example.com' };
  return world.cdk(['deploy', ...context({ version, ...values, ...more })]);
};

async function waitsForApproval(): Promise<string> {
  const ready = async () => (await world.deployments()).find(({ status }) => status === 'Ready')?.deploymentId;
  await world.until('a deployment waits', async () => (await ready()) !== undefined, 240);
  return (await ready()) ?? '';
}

test('status, approve and abort see a CodeDeploy release through, each under the policy that its page gives it', async () => {
  succeeded(await deploy('v1'));
  await world.until('all is well', async () => (await commands.status()).code === 0, 10);
  const quiet = await commands.status();
  expect(quiet).toMatchObject({ code: 0, engine: 'codedeploy', findings: [] });
  expect(quiet.release).toBeUndefined();
  expect(quiet.lastRelease).toBeUndefined();
  expect(quiet.sides).toMatchObject([{ live: true, trafficPercent: 100, runningTasks: 2, healthyTargets: 2 }]);
  expect(quiet.alarms.length).toBeGreaterThan(0);
  expect((await commands.run('approve', '--yes')).err).toContain('no release is in progress');

  const shipping = deploy('v2');
  const first = await waitsForApproval();
  const waiting = await commands.status();
  expect(waiting).toMatchObject({
    code: 1,
    release: { id: first, stage: 'Approval', waitsForApproval: true, rollsBack: false },
    findings: [{ kind: 'waiting' }],
  });
  const { stageSince = '', endsAt = '' } = waiting.release ?? {};
  expect(Date.parse(endsAt) - Date.parse(stageSince)).toBe(20 * 60_000);
  expect(waiting.sides.map(({ trafficPercent }) => trafficPercent)).toEqual([100, 0]);
  expect(await commands.run('approve')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') as string });
  expect(await commands.run('approve', '--yes')).toMatchObject({ code: 0, err: '' });
  const watched = await commands.run('status', '--watch');
  expect(watched).toMatchObject({ code: 0, out: expect.stringContaining(`Release ${first} succeeded`) as string });
  succeeded(await shipping);
  const shipped = await commands.status();
  expect(shipped.sides[0]?.targetGroup).not.toBe(quiet.sides[0]?.targetGroup);
  expect(shipped).toMatchObject({ code: 0, lastRelease: { id: first, outcome: 'succeeded' } });

  const stopping = deploy('v3');
  const second = await waitsForApproval();
  expect(await commands.run('abort', '--yes')).toMatchObject({ code: 0, err: '' });
  expect((await stopping).exitCode).toBe(1);
  const back = await commands.run('status', '--watch');
  expect(back).toMatchObject({ code: 1, out: expect.stringContaining(`Release ${second} rolled back`) as string });
  const after = await commands.status();
  expect(after.sides[0]?.targetGroup).toBe(shipped.sides[0]?.targetGroup);
  expect((await commands.run('abort', '--yes')).code).toBe(1);
  expect(await commands.why()).toMatchObject({ code: 1, release: second, outcome: 'failed' });
});

test('why says of a release that the gate stopped what its failed deploy says, with the evidence', async () => {
  const broken = await deploy('v4', { environment: '{"FAULT_BROKEN_ROUTE":"/orders"}' });
  expect(broken.exitCode).toBe(1);
  const why = await commands.why();
  expect(why).toMatchObject({ code: 1, outcome: 'failed', verdict: { rule: 'check-failed', outcome: 'Failed' } });
  expect(why.evidence).toContainEqual(expect.stringMatching(/^check "orders" failed: status was 500, expected 200/));
  expect(why.remedy).toMatch(/^fix what the check found/);
  // The sentence of the failed deploy, but for the name of the service.
  expect(why.sentence).toContain('check "orders" failed');
  expect(broken.output).toContain(why.sentence.slice(why.service.length));
  expect(world.aws.events.all().filter(({ event }) => event === 'denied')).toEqual([]);
});
