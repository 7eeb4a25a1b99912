import { context, type Releases, startReleases } from '../support/scenarios/releases';
import { losingNone, succeeded } from '../support/scenarios/scenario';

/** Updates that production would not survive, or that CloudFormation cannot make; each test begins where the one before ended. */
jest.setTimeout(600_000);

let world: Releases;
beforeAll(async () => {
  world = await startReleases(60);
  succeeded(await deploy({ version: 'v1' }));
});
afterAll(() => world?.stop());

const deploy = (values: Readonly<Record<string, string>>) =>
  world.cdk(['deploy', ...context({ shift: 'all-at-once', bakeMinutes: '0', ...values })]);

const underLoad = async (work: () => Promise<void>) =>
  losingNone(world.load((await world.service()).productionListenerArn), work);

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    'a health check path that the live tasks do not have, with the status code that they return',
    { version: 'v2', healthCheckPath: '/nowhere' },
    /Web: the health check changes from HTTP \/health .* to HTTP \/nowhere .*Do it in two steps/,
  ],
  [
    'another container port',
    { version: 'v2', port: '8081' },
    /Web: port or containerName changes from .*8080.*to .*8081.*so nothing was changed/,
  ],
])('refused before anything starts, and no request lost: %s', async (_what, values, sentence) => {
  await underLoad(async () => {
    const result = await deploy(values);
    expect(result.exitCode).toBe(1);
    expect(result.output.replace(/\s+/g, ' ')).toMatch(sentence);
    expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  });
  expect(await world.deployments()).toEqual([]);
});

/** As the app with another prop would be synthesized: `change` is made to the template's text. */
async function update(change: (template: string) => string): Promise<string> {
  const StackName = await world.stackId();
  const { TemplateBody } = await world.call<{ TemplateBody: string }>('cloudformation', 'GetTemplate', { StackName });
  const begin = world.aws.clock.now();
  const changed = change(TemplateBody);
  expect(changed).not.toBe(TemplateBody);
  await world.updateStack(changed);
  await world.until('the end of the update', async () => /COMPLETE$/.test(await world.status()), 30);
  const { StackEvents } = await world.call<{
    StackEvents: { Timestamp: string; ResourceStatus: string; ResourceStatusReason?: string }[];
  }>('cloudformation', 'DescribeStackEvents', { StackName });
  const since = StackEvents.filter(({ Timestamp }) => new Date(Timestamp).getTime() >= begin);
  return since.findLast(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED')?.ResourceStatusReason ?? '';
}

test.each<[string, (template: string) => string, RegExp]>([
  [
    'another cluster',
    (template) => {
      const [, id = ''] = /"(WebCluster\w+)": *\{\s*"Type": *"AWS::ECS::Cluster"/.exec(template) ?? [];
      return template.replaceAll(`"${id}"`, '"WebClusterOther"');
    },
    /Web: cluster changes from .*so nothing was changed/,
  ],
  [
    'a shorter timeout of the health check',
    (template) =>
      template
        .replace(/"HealthCheckTimeoutSeconds": *5/g, '"HealthCheckTimeoutSeconds": 2')
        .replace(/"Timeout": *"5"/g, '"Timeout": "2"'),
    /Web: the health check changes from .* within 5 s, .* to .* within 2 s, .*expect\.latency/,
  ],
])('refused before anything of the service is touched, and no request lost: %s', async (_what, change, sentence) => {
  const before = await world.service();
  await underLoad(async () => {
    expect(await update(change)).toMatch(sentence);
    expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  });
  expect(await world.service()).toEqual(before);
  expect(await world.deployments()).toEqual([]);
});

test('a health check path that the suite of the live version requested is taken, and the next release works', async () => {
  // The sample's suite asks for /version too.
  await underLoad(async () => {
    succeeded(await deploy({ version: 'v1', healthCheckPath: '/version' }));
    expect(await world.deployments()).toEqual([]);
    succeeded(await deploy({ version: 'v2', healthCheckPath: '/version' }));
  });
  expect(await world.deployments()).toHaveLength(1);
});
