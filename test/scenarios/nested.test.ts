import { type Scenario, startScenario } from '../support/scenarios/scenario';

interface StackDescription {
  readonly StackName: string;
  readonly StackStatus: string;
  readonly ParentId?: string;
}

/** A service in a nested stack of a stack in a stage, by the real CLI. */
describe('a service in a nested stack', () => {
  let world: Scenario;
  let out: Readonly<Record<string, string>>;
  beforeAll(async () => {
    world = await startScenario('nested', 'Prod/Shop', 100);
    await succeeds({});
    const { Stacks } = await world.call<{ Stacks: { Outputs: { OutputKey: string; OutputValue: string }[] }[] }>(
      'cloudformation',
      'DescribeStacks',
      { StackName: 'Prod-Shop' },
    );
    out = Object.fromEntries((Stacks[0]?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
  }, 600_000);
  afterAll(() => world?.stop());

  const listener = () => out.Listener ?? '';
  const live = async () => {
    const weights = Object.entries(await world.weights(listener(), '10')).filter(([, weight]) => weight > 0);
    return weights.map(([arn]) => arn);
  };

  async function succeeds(context: Readonly<Record<string, string>>): Promise<void> {
    const { exitCode, output } = await world.deploy(context);
    if (exitCode !== 0) throw new Error(output);
  }

  async function statuses(): Promise<Readonly<Record<string, string>>> {
    const { Stacks } = await world.call<{ Stacks: StackDescription[] }>('cloudformation', 'DescribeStacks', {});
    const shop = Stacks.filter(({ StackName }) => StackName.startsWith('Prod-Shop'));
    return Object.fromEntries(shop.map(({ ParentId, StackStatus }) => [ParentId ? 'nested' : 'parent', StackStatus]));
  }

  /** Who started each deployment. */
  async function deployments(): Promise<readonly string[]> {
    const input = { applicationName: out.Application, deploymentGroupName: out.Group };
    const { deployments: ids } = await world.call<{ deployments: string[] }>('codedeploy', 'ListDeployments', input);
    const infos = await Promise.all(
      ids.map((deploymentId) =>
        world.call<{ deploymentInfo: { creator: string } }>('codedeploy', 'GetDeployment', { deploymentId }),
      ),
    );
    return infos.map(({ deploymentInfo }) => deploymentInfo.creator).sort();
  }

  test('is created, released and, when its gate stops it, rolled back with its parent', async () => {
    expect(await statuses()).toEqual({ parent: 'CREATE_COMPLETE', nested: 'CREATE_COMPLETE' });
    const [blue] = await live();
    const load = world.load(listener());
    await succeeds({ version: 'v2' });
    expect(await statuses()).toEqual({ parent: 'UPDATE_COMPLETE', nested: 'UPDATE_COMPLETE' });
    const [green, ...more] = await live();
    expect([green === blue, more]).toEqual([false, []]);

    const { exitCode, output } = await world.deploy({ version: 'v3', fault: '/orders' });
    expect(exitCode).toBe(1);
    // The CLI follows the events of the nested stack too.
    expect(output.replace(/\s+/g, ' ')).toContain(
      'Web was not released: the AfterAllowTestTraffic gate says: check "orders"',
    );
    expect(await statuses()).toEqual({ parent: 'UPDATE_ROLLBACK_COMPLETE', nested: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await live()).toEqual([green]);
    // The parent's rollback starts no second blue/green.
    expect(await deployments()).toEqual(['codeDeployRollback', 'user', 'user']);

    const { lost, failed } = await load.end();
    expect({ lost, failed }).toEqual({ lost: [], failed: [] });
    const response = await fetch(`${world.aws.services.elasticloadbalancing.listenerUrl(listener())}/version`);
    expect(await response.text()).toContain('v2');
    const trouble = world.aws.events.all().filter(({ event }) => ['denied', 'fault', 'inert'].includes(event));
    expect(trouble).toEqual([]);
  }, 600_000);
});
