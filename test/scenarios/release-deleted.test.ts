import { completeBy, losingNone, type Scenario, startScenario, succeeded } from '../support/scenarios/scenario';

/**
 * What ends a release from the side: another resource that fails, a release that CloudFormation deletes while it
 * shifts, a service that leaves the template. Two services on one listener; each test begins where the last one ended.
 */
jest.setTimeout(400_000);

let shop: Scenario;
let out: Readonly<Record<string, string>>;
beforeAll(async () => {
  shop = await startScenario('shop', 'Shop');
  succeeded(await shop.deploy({ version: 'v1', second: 's1' }));
  out = await shop.outputs();
});
afterAll(() => shop?.stop());

const at = (name: string) => out[name] ?? '';
const ORDERS = '10';

async function stack(): Promise<Readonly<Record<string, string>>> {
  const { Stacks } = await shop.call<{ Stacks: Record<string, string>[] }>('cloudformation', 'DescribeStacks', {
    StackName: 'Shop',
  });
  return Stacks[0] ?? {};
}

const status = async () => (await stack()).StackStatus;

interface Deployment {
  readonly deploymentId: string;
  readonly status: string;
  readonly creator: string;
}

const groupOf = (service: 'Web' | 'Orders') => {
  const prefix = service === 'Web' ? '' : service;
  return { applicationName: at(`${prefix}Application`), deploymentGroupName: at(`${prefix}Group`) };
};

/** Of a service, oldest first, without CodeDeploy's own rollbacks. */
async function deployments(service: 'Web' | 'Orders'): Promise<Deployment[]> {
  const group = groupOf(service);
  const { deployments: ids } = await shop.call<{ deployments: string[] }>('codedeploy', 'ListDeployments', group);
  const infos = await Promise.all(
    ids.map((deploymentId) =>
      shop.call<{ deploymentInfo: Deployment }>('codedeploy', 'GetDeployment', { deploymentId }),
    ),
  );
  const own = infos.map(({ deploymentInfo }) => deploymentInfo).filter(({ creator }) => creator === 'user');
  return own.reverse();
}

/** Target groups that get traffic: of the default action, or of the rule of a priority. */
async function live(priority?: string): Promise<string[]> {
  const weights = Object.entries(await shop.weights(at('Listener'), priority));
  return weights.filter(([, weight]) => weight > 0).map(([arn]) => arn);
}

const split = (priority?: string) => shop.until('split traffic', async () => (await live(priority)).length === 2, 240);

/** Runs `work` under load on both services. */
function underLoad(work: () => Promise<void>, paths = ['/', '/orders']): Promise<void> {
  const load = shop.load(
    at('Listener'),
    paths.map((path) => ({ path })),
  );
  return losingNone(load, work);
}

test('another resource fails during the shift: CloudFormation’s rollback stops the release with a rollback', async () => {
  const before = await live();
  await underLoad(async () => {
    const result = await shop.deploy({ version: 'v2', second: 's2', slow: 'yes', crash: 'yes' });
    expect(result.exitCode).toBe(1);
    expect(result.output).toMatch(/Orders was not released: \d green tasks failed/);
    expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await live()).toEqual(before);
  });
  expect(await deployments('Web')).toMatchObject([{ status: 'Stopped' }]);
  expect(await deployments('Orders')).toMatchObject([{ status: 'Stopped' }]);
});

test('deleted during the shift: a release under a new name, cancelled, is stopped with a rollback', async () => {
  const before = await live();
  await underLoad(async () => {
    const running = shop.deploy({ version: 'v3', second: 's1', slow: 'yes', renamed: 'WebReleaseRenamed' });
    await split();
    await shop.call('cloudformation', 'CancelUpdateStack', { StackName: 'Shop' });
    expect((await running).exitCode).toBe(1);
    expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await live()).toEqual(before);
  });
  expect(await deployments('Web')).toMatchObject([{ status: 'Stopped' }, { status: 'Stopped' }]);
  const { StackEvents } = await shop.call<{ StackEvents: Record<string, string>[] }>(
    'cloudformation',
    'DescribeStackEvents',
    { StackName: 'Shop' },
  );
  const events = StackEvents.filter((event) => event.LogicalResourceId === 'WebReleaseRenamed');
  expect(events.map((event) => event.ResourceStatus).reverse()).toEqual([
    'CREATE_IN_PROGRESS',
    'CREATE_FAILED',
    'DELETE_IN_PROGRESS',
    'DELETE_COMPLETE',
  ]);
});

test('a service that leaves the template while its release bakes takes no request of the other along', async () => {
  await underLoad(
    async () => succeeded(await shop.deploy({ version: 'v1', second: 's3', bake: '60' })),
    ['/', '/orders'],
  );
  expect(await deployments('Orders')).toMatchObject([{ status: 'Stopped' }, { status: 'InProgress' }]);
  await underLoad(async () => succeeded(await shop.deploy({ version: 'v4' })), ['/']);
  expect(await live(ORDERS)).toEqual([]);
  expect(await live()).toHaveLength(1);
  expect(await status()).toBe('UPDATE_COMPLETE');
});

test('destroyed while somebody else’s deployment shifts, the stack waits for it and goes', async () => {
  const { StackId = '' } = await stack();
  const load = shop.load(at('Listener'));
  const deploymentId = await shiftByHand();
  await split();
  succeeded(await shop.destroy());
  await expect(stack()).rejects.toThrow(/does not exist/);
  const shift = shop.aws.events
    .all()
    .filter(({ event, data }) => event === 'deployment' && data.deploymentId === deploymentId)
    .map(({ data }) => data.status);
  expect(shift.at(-1)).toBe('Succeeded');
  const { lost, records } = completeBy(await shop.serviceGoneAtMs(StackId), shop.aws.clock.speed, await load.end());
  expect(records.length).toBeGreaterThan(0);
  expect(lost).toEqual([]);
});

/** The last release once more, by other hands, as from the console. */
async function shiftByHand(): Promise<string> {
  const group = groupOf('Web');
  const newest = async () => (await deployments('Web')).at(-1);
  await shop.until('the end of the bake', async () => (await newest())?.status === 'Succeeded');
  const { deploymentInfo } = await shop.call<{ deploymentInfo: { revision: object } }>('codedeploy', 'GetDeployment', {
    deploymentId: (await newest())?.deploymentId,
  });
  const { revision } = await shop.call<{ revision: object }>('codedeploy', 'GetApplicationRevision', {
    applicationName: group.applicationName,
    revision: deploymentInfo.revision,
  });
  const { deploymentId } = await shop.call<{ deploymentId: string }>('codedeploy', 'CreateDeployment', {
    ...group,
    deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent15Minutes',
    revision,
  });
  return deploymentId;
}
