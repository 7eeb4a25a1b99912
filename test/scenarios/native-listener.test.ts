import { losingNone, type LoadResult, type Scenario, startScenario, succeeded } from '../support/scenarios/scenario';

type Context = Readonly<Record<string, string>>;

/** A service of the CDK's own constructs, in a world of its own that begins with rolling deployments. */
function plainService() {
  let world: Scenario;
  let listener = '';
  beforeAll(async () => {
    world = await startScenario('plain-native', 'Plain');
    succeeded(await world.deploy({}));
    listener = (await world.outputs()).Listener ?? '';
  }, 600_000);
  afterAll(() => world?.stop());
  const load = () => world.load(listener);
  return {
    deploy: (context: Context) => world.deploy(context),
    succeeds: async (context: Context) => succeeded(await world.deploy(context)),
    /** The target groups that the production rule sends requests to. */
    live: async () => {
      const weights = Object.entries(await world.weights(listener, '1'));
      return weights.filter(([, weight]) => weight > 0).map(([arn]) => arn);
    },
    version: async () =>
      (await fetch(`${world.aws.services.elasticloadbalancing.listenerUrl(listener)}/version`)).text(),
    losingNone: (work: () => Promise<void>) => losingNone(load(), work),
    /** What becomes of requests during the work, and for a while after it. */
    during: async (work: () => Promise<void>): Promise<LoadResult> => {
      const traffic = load();
      await work();
      await world.aws.clock.sleep(20_000);
      return traffic.end();
    },
    troubles: () => world.aws.events.all().filter(({ event }) => ['denied', 'fault'].includes(event)),
  };
}

/** https://github.com/aws/aws-cdk/issues/36649 */
describe("blue/green deployments by ECS with the CDK's own constructs only", () => {
  const shop = plainService();
  const native = { step: 'native' };

  test('a service goes over in place, and then a change of the rule takes production down', async () => {
    const blue = await shop.live();
    await shop.losingNone(() => shop.succeeds(native));
    expect(await shop.live()).not.toEqual(blue);
    const { lost } = await shop.during(() => shop.succeeds({ ...native, path: '/new' }));
    expect(await shop.live()).toEqual(blue);
    expect(new Set(lost.map(({ status }) => status))).toEqual(new Set([503]));
  }, 600_000);
});

describe('blue/green deployments by ECS with a LiveRoute, a gate and alarms', () => {
  const shop = plainService();
  const native = { step: 'native', route: 'yes' };

  test('a rolling service goes over with one cdk deploy, and a change of the rule leaves production on the new side', async () => {
    const blue = await shop.live();
    await shop.losingNone(() => shop.succeeds(native));
    const green = await shop.live();
    expect(green).not.toEqual(blue);
    const { records, lost } = await shop.during(() => shop.succeeds({ ...native, path: '/new' }));
    expect(records.length).toBeGreaterThan(10);
    expect({ live: await shop.live(), lost }).toEqual({ live: green, lost: [] });
  }, 600_000);

  test('the next version is released on the other side', async () => {
    const before = await shop.live();
    await shop.losingNone(() => shop.succeeds({ ...native, version: 'v2', path: '/new' }));
    const after = await shop.live();
    expect([before.length, after.length, after[0] === before[0]]).toEqual([1, 1, false]);
    expect(await shop.version()).toContain('v2');
  }, 600_000);

  test('the gate stops a version that fails its suite before production gets one request of it', async () => {
    await shop.losingNone(async () => {
      const { exitCode } = await shop.deploy({ ...native, version: 'v3', path: '/new', fault: '/version' });
      expect(exitCode).toBe(1);
    });
    expect(await shop.version()).toContain('v2');
  }, 600_000);

  test('the service goes back to rolling deployments, and the next version rolls', async () => {
    // The other one than the template names.
    await shop.losingNone(() => shop.succeeds({ ...native, version: 'v3', path: '/new' }));
    const live = await shop.live();
    await shop.losingNone(async () => {
      await shop.succeeds({ step: 'back', route: 'yes', version: 'v2', path: '/new' });
      expect(await shop.live()).toEqual(live);
      await shop.succeeds({ step: 'back', route: 'yes', version: 'v4', path: '/new' });
    });
    expect({ live: await shop.live(), version: await shop.version() }).toEqual({
      live,
      version: expect.stringContaining('v4') as string,
    });
    expect(shop.troubles()).toEqual([]);
  }, 600_000);
});
