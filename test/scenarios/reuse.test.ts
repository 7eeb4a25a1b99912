import { get } from 'node:http';
import { type Scenario, startScenario } from '../support/scenarios/scenario';

const SHOP = 'shop.example.com';

interface Task {
  readonly capacityProviderName?: string;
  readonly taskDefinitionArn: string;
  readonly attributes: readonly { readonly value: string }[];
  readonly containers: readonly { readonly name: string; readonly healthStatus: string; readonly exitCode?: number }[];
}

/** What a team has already, and two services that another stack adds to it, by the real CLI. */
describe('two services on what exists', () => {
  let world: Scenario;
  let out: Readonly<Record<string, string>>;
  beforeAll(async () => {
    world = await startScenario('reuse', 'Shop');
    await succeeds({ shop: 'v1' });
    out = await world.outputs();
  }, 600_000);
  afterAll(() => world?.stop());

  const listener = () => out.Listener ?? '';
  const live = async (priority: string) => {
    const weights = Object.entries(await world.weights(listener(), priority)).filter(([, weight]) => weight > 0);
    return weights.map(([arn]) => arn);
  };

  async function succeeds(context: Readonly<Record<string, string>>): Promise<void> {
    const { exitCode, output } = await world.deploy(context);
    if (exitCode !== 0) throw new Error(output);
  }

  async function bodyOf(path: string, host = 'load-balancer'): Promise<string> {
    const { hostname, port } = new URL(world.aws.services.elasticloadbalancing.listenerUrl(listener()));
    return new Promise((resolve, reject) => {
      get({ hostname, port, path, headers: { host }, agent: false }, (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve(text));
      }).on('error', reject);
    });
  }

  async function tasks(): Promise<readonly Task[]> {
    const cluster = out.ClusterName;
    const { taskArns } = await world.call<{ taskArns: string[] }>('ecs', 'ListTasks', { cluster });
    return (await world.call<{ tasks: Task[] }>('ecs', 'DescribeTasks', { cluster, tasks: taskArns })).tasks;
  }

  const ofShop = async () => (await tasks()).filter(({ containers }) => containers.length === 3);

  async function lines(): Promise<string> {
    const { events } = await world.call<{ events: { message: string }[] }>('logs', 'FilterLogEvents', {
      logGroupName: out.LogGroup,
    });
    return events.map(({ message }) => message).join('\n');
  }

  test('its own containers, architecture and Spot run, and secrets arrive', async () => {
    const [one] = await ofShop();
    const containers = Object.fromEntries((one?.containers ?? []).map(({ name, ...of }) => [name, of]));
    expect(containers).toMatchObject({ prepare: { exitCode: 0 }, sidecar: { healthStatus: 'HEALTHY' } });
    expect(one?.attributes).toMatchObject([{ value: 'arm64' }]);
    expect((await ofShop()).map((task) => task.capacityProviderName).sort()).toEqual(['FARGATE', 'FARGATE_SPOT']);
    await world.until('the sidecar’s log', async () =>
      (await lines()).includes('key from-the-parameter from-the-secret'),
    );
    expect(await bodyOf('/version')).toContain('from-the-parameter');
    expect(await bodyOf('/version', SHOP)).toContain('v1');
    expect(await bodyOf('/')).not.toContain('v1');
  });

  test('one is released under load, and the other is not touched', async () => {
    const before = { shop: await live('10'), orders: await live('20') };
    const shop = world.load(listener(), [{ path: '/' }, { path: '/orders' }], { host: SHOP });
    const orders = world.load(listener(), [{ path: '/orders' }]);
    await succeeds({ shop: 'v2' });
    const [ofShopOnes, ofOrders] = [await shop.end(), await orders.end()];
    expect([ofShopOnes.lost, ofShopOnes.failed, ofOrders.lost, ofOrders.failed]).toEqual([[], [], [], []]);
    expect(new Set(ofShopOnes.records.map((record) => record.targetGroupArn)).size).toBe(2);
    expect(new Set(ofOrders.records.map((record) => record.targetGroupArn))).toEqual(new Set(before.orders));
    expect(await live('10')).not.toEqual(before.shop);
    expect(await live('20')).toEqual(before.orders);
    expect(await bodyOf('/version', SHOP)).toContain('v2');
    const released = (await ofShop()).filter(({ taskDefinitionArn }) => taskDefinitionArn.endsWith(':2'));
    expect(released.map((task) => task.capacityProviderName).sort()).toEqual(['FARGATE', 'FARGATE_SPOT']);
  }, 600_000);

  test('a release of the other that fails its suite is stopped, and neither loses a request', async () => {
    const before = { shop: await live('10'), orders: await live('20') };
    const shop = world.load(listener(), [{ path: '/' }], { host: SHOP });
    const orders = world.load(listener(), [{ path: '/orders' }]);
    const { exitCode, output } = await world.deploy({ shop: 'v2', fault: '/orders' });
    expect(exitCode).toBe(1);
    expect(output).toContain('Orders was not released');
    expect(output).toMatch(/check "orders" failed: status was 500/);
    const ends = [await shop.end(), await orders.end()];
    expect(ends.flatMap(({ lost, failed }) => [...lost, ...failed])).toEqual([]);
    expect({ shop: await live('10'), orders: await live('20') }).toEqual(before);
  }, 600_000);

  test('no call was denied, and every resource has behaviour', () => {
    const trouble = world.aws.events.all().filter(({ event }) => ['denied', 'fault', 'inert'].includes(event));
    expect(trouble).toEqual([]);
  });
});
