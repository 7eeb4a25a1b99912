import { context, type Releases, startReleases } from '../support/scenarios/releases';
import { losingNone, succeeded } from '../support/scenarios/scenario';

/**
 * The stack names a version that production does not run on: an alarm rolled it back in its bake, or another tool has
 * deployed since. One stack; each test begins where the one before ended.
 */
jest.setTimeout(600_000);

let world: Releases;
beforeAll(async () => {
  world = await startReleases(60);
  succeeded(await deploy({ version: 'v1' }));
});
afterAll(() => world?.stop());

const BROKEN = { environment: '{"FAULT_BROKEN_ROUTE":"/orders"}' };
/** Passes its gates, and fails under the load of its bake. */
const FAILS_LATER = {
  environment: '{"FAULT_ERROR_PERCENT":"60","FAULT_ON_PORT":"80","FAULT_AFTER_REQUESTS":"40"}',
  bakeMinutes: '60',
};

const deploy = (values: Readonly<Record<string, string>>) =>
  world.cdk(['deploy', ...context({ shift: 'all-at-once', bakeMinutes: '0', ...values })]);

/** The deployment that made the task set which production runs on; undefined for that of the first creation. */
async function live(): Promise<string | undefined> {
  const { applicationName, deploymentGroupName } = await world.service();
  const { deploymentGroupInfo } = await world.call<{
    deploymentGroupInfo: { ecsServices: { clusterName: string; serviceName: string }[] };
  }>('codedeploy', 'GetDeploymentGroup', { applicationName, deploymentGroupName });
  const [place] = deploymentGroupInfo.ecsServices;
  const { services } = await world.call<{
    services: { taskSets: { status: string; externalId?: string }[] }[];
  }>('ecs', 'DescribeServices', { cluster: place?.clusterName, services: [place?.serviceName] });
  return services[0]?.taskSets.find(({ status }) => status === 'PRIMARY')?.externalId;
}

const alarmsAreQuiet = async () => {
  const { MetricAlarms } = await world.call<{ MetricAlarms: unknown[] }>('cloudwatch', 'DescribeAlarms', {
    StateValue: 'ALARM',
    AlarmTypes: ['MetricAlarm'],
  });
  return MetricAlarms.length === 0;
};

/** What a user reads in the release function's log. */
async function endings(): Promise<unknown[]> {
  const { StackResources } = await world.call<{
    StackResources: { LogicalResourceId: string; PhysicalResourceId: string }[];
  }>('cloudformation', 'DescribeStackResources', { StackName: await world.stackId() });
  const group = StackResources.find((each) => each.LogicalResourceId.startsWith('GreenlightReleaseLogs'));
  const { events } = await world.call<{ events: { message: string }[] }>('logs', 'FilterLogEvents', {
    logGroupName: group?.PhysicalResourceId,
    filterPattern: '{ $.kind = "greenlight.ending" }',
  });
  return events.map(({ message }) => JSON.parse(message) as unknown);
}

const rest = () => world.until('everything to rest', async () => (await world.activeDeployments()).length === 0);

/** @returns what the release has deployed meanwhile, the deployment that an update failed with included */
async function failingRelease(version: string) {
  const before = (await world.deployments()).length;
  await losingNone(world.load((await world.service()).productionListenerArn), async () => {
    const result = await deploy({ version, ...BROKEN });
    expect(result.exitCode).toBe(1);
    expect(result.output).toMatch(/gate says: check "orders" failed: status was 500.*production is back/);
    expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    // Nothing follows later either: a second one would be in flight or over by now.
    await rest();
  });
  return (await world.deployments()).slice(before);
}

test('a version that an alarm of its bake rolled back is not released again when the next release fails', async () => {
  succeeded(await deploy({ version: 'v2', ...FAILS_LATER }));
  const load = world.load((await world.service()).productionListenerArn);
  await world.until('the rollback of the bake', async () => (await world.deployments())[0]?.status === 'Stopped', 60);
  await rest();
  await world.until('the alarms are quiet', alarmsAreQuiet, 60);
  await load.end();
  expect(await live()).toBeUndefined();
  await world.until('the line in the log', async () => (await endings()).length > 0, 10);
  expect(await endings()).toEqual([
    {
      kind: 'greenlight.ending',
      serviceName: 'Web',
      deploymentId: (await world.deployments())[0]?.deploymentId,
      outcome: 'failed',
      sentence: expect.stringMatching(
        /^Web was rolled back in its bake: alarm "[^"]*5xx[^"]*" went to ALARM at \d{4}-.*Z: Threshold Crossed: .*\[.*threshold \(.*; production is back on the old version \(rollback d-\w+\)\.$/,
      ) as string,
    },
  ]);

  expect(await failingRelease('v3')).toMatchObject([{ status: 'Failed' }]);
  expect(await live()).toBeUndefined();
  expect(await world.traffic()).toEqual([100]);
});

test('nor by an update of other settings, and the next release works', async () => {
  succeeded(await deploy({ version: 'v2', ...FAILS_LATER, shift: 'canary:50:1' }));
  expect(await world.deployments()).toHaveLength(2);
  expect(await live()).toBeUndefined();
  await losingNone(world.load((await world.service()).productionListenerArn), async () =>
    succeeded(await deploy({ version: 'v4' })),
  );
  const [, , released] = await world.deployments();
  expect(await live()).toBe(released?.deploymentId);
});

test('what another tool has deployed stays when the next release fails, and the one after it works', async () => {
  await rest();
  const other = await deployWithoutHooks();
  await world.until('its end', async () => (await world.deployments()).at(-1)?.status === 'Succeeded');
  expect(await live()).toBe(other);

  expect(await failingRelease('v5')).toMatchObject([{ status: 'Failed' }]);
  expect(await live()).toBe(other);
  succeeded(await deploy({ version: 'v6' }));
  expect(await live()).toBe((await world.deployments()).at(-1)?.deploymentId);
});

/** The last release as another tool would ship it: its AppSpec has no hooks, so it is another revision. */
async function deployWithoutHooks(): Promise<string> {
  const { applicationName, deploymentGroupName } = await world.service();
  const newest = (await world.deployments()).at(-1);
  const { deploymentInfo } = await world.call<{ deploymentInfo: { revision: object } }>('codedeploy', 'GetDeployment', {
    deploymentId: newest?.deploymentId,
  });
  const { revision } = await world.call<{ revision: { appSpecContent: { content: string } } }>(
    'codedeploy',
    'GetApplicationRevision',
    { applicationName, revision: deploymentInfo.revision },
  );
  const appSpec = JSON.parse(revision.appSpecContent.content) as Record<string, unknown>;
  const { deploymentId } = await world.call<{ deploymentId: string }>('codedeploy', 'CreateDeployment', {
    applicationName,
    deploymentGroupName,
    deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
    revision: {
      revisionType: 'AppSpecContent',
      appSpecContent: { content: JSON.stringify({ ...appSpec, Hooks: [] }) },
    },
  });
  return deploymentId;
}
