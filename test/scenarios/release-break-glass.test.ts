import { context, type Releases, startReleases } from '../support/releases';

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
  const verdicts = world.aws.events
    .all()
    .filter(({ detail, data }) => `${detail} ${JSON.stringify(data)}`.includes(REASON));
  expect(verdicts.length).toBeGreaterThan(0);

  // Without it the release resource changes, and releases nothing.
  expect((await deploy({ version: 'v2' })).exitCode).toBe(0);
  expect(await world.deployments()).toHaveLength(2);
  expect((await load.end()).lost).toEqual([]);
});
