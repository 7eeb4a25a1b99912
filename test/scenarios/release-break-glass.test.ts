import type { Verdict } from '../../lambda/gate/types';
import { context, type Releases, startReleases } from '../support/scenarios/releases';

jest.setTimeout(400_000);

const REASON = 'the fix for the failing orders';
let world: Releases;
beforeAll(async () => {
  world = await startReleases(60);
});
afterAll(() => world?.stop());

const deploy = (values: Record<string, string>) =>
  world.cdk(['deploy', ...context({ shift: 'all-at-once', bakeMinutes: '0', ...values })]);

async function firing(): Promise<boolean> {
  const { MetricAlarms } = await world.call<{ MetricAlarms: unknown[] }>('cloudwatch', 'DescribeAlarms', {
    StateValue: 'ALARM',
    AlarmTypes: ['MetricAlarm'],
  });
  return MetricAlarms.length > 0;
}

/** Of a deployment, in the order in which the gate wrote them. */
function verdicts(deploymentId: string | undefined): Verdict[] {
  return [...world.aws.services.logs.state.groups.values()]
    .flatMap((group) => [...group.streams.values()])
    .flatMap((stream) => stream.events)
    .filter(({ message }) => message.startsWith('{"kind":"greenlight.verdict"'))
    .sort((a, b) => a.timestamp - b.timestamp)
    .map(({ message }) => JSON.parse(message) as Verdict)
    .filter((verdict) => verdict.deploymentId === deploymentId);
}

test('an alarm that fires already refuses a release, break-glass lets one pass and is recorded, and ends with it', async () => {
  const broken = { version: 'v1', environment: '{"FAULT_ERROR_PERCENT":"60","FAULT_AFTER_REQUESTS":"0"}' };
  expect((await deploy(broken)).exitCode).toBe(0);
  const load = world.load((await world.service()).productionListenerArn);
  await world.until('an alarm fires', firing, 60);

  const refused = await deploy({ version: 'v2' });
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toMatch(/Web was not released: alarm .* went to ALARM/);
  expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await world.deployments()).toHaveLength(1);
  expect(await firing()).toBe(true);

  const passed = await deploy({ version: 'v2', 'greenlight:breakGlass': REASON });
  if (passed.exitCode !== 0) throw new Error(passed.output);
  expect((await world.deployments())[1]?.description).toBe(`cdk-greenlight: Web; break-glass [alarms] ${REASON}`);
  const [, shipped] = await world.deployments();
  expect(verdicts(shipped?.deploymentId).map(({ rule }) => rule)).toContain('break-glass');

  // Without it the release resource changes, and releases nothing.
  expect((await deploy({ version: 'v2' })).exitCode).toBe(0);
  expect(await world.deployments()).toHaveLength(2);
  expect((await load.end()).lost).toEqual([]);
});

test('a smoke gate that would fail lets one release pass and says so, and judges the next', async () => {
  await world.until('the alarms are quiet', async () => !(await firing()), 60);
  const load = world.load((await world.service()).productionListenerArn);
  const broken = { environment: '{"FAULT_BROKEN_ROUTE":"/orders"}' };
  const glass = { 'greenlight:breakGlass': REASON, 'greenlight:breakGlassAllow': 'smoke' };
  const passed = await deploy({ version: 'v3', ...broken, ...glass });
  if (passed.exitCode !== 0) throw new Error(passed.output);
  const shipped = (await world.deployments()).at(-1);
  expect(shipped).toMatchObject({ description: `cdk-greenlight: Web; break-glass [smoke] ${REASON}` });
  const smoke = verdicts(shipped?.deploymentId).find((it) => it.lifecycleEvent === 'AfterAllowTestTraffic');
  expect(smoke).toMatchObject({ outcome: 'Succeeded', rule: 'break-glass' });
  expect(smoke?.sentence).toContain(REASON);
  expect(smoke?.checks.find(({ name }) => name === 'orders')).toMatchObject({ outcome: 'failed' });

  // The checks that failed count as errors of the service, and an alarm may fire a few minutes after them.
  const checkedAtMs = world.aws.clock.now();
  const isQuiet = async () => world.aws.clock.now() - checkedAtMs > 6 * 60_000 && !(await firing());
  await world.until('no alarm fires because of the checks', isQuiet, 60);
  const gated = await deploy({ version: 'v4', ...broken });
  expect(gated.exitCode).toBe(1);
  expect(gated.output).toMatch(/AfterAllowTestTraffic gate says: check "orders" failed: status was 500/);
  expect((await world.deployments()).at(-1)).toMatchObject({ status: 'Failed', description: 'cdk-greenlight: Web' });
  expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await load.end()).lost).toEqual([]);
});
