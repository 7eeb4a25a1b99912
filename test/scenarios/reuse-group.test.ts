import { type Scenario, startScenario } from '../support/scenarios/scenario';

interface DeploymentInfo {
  readonly deploymentId: string;
  readonly status: string;
  readonly creator: string;
}

/** A deployment group of the CDK's own constructs that a gate, alarms, a release and a live route are put around. */
describe('a deployment group that exists', () => {
  let world: Scenario;
  let out: Readonly<Record<string, string>>;
  beforeAll(async () => {
    world = await startScenario('plain-group', 'Plain', 100);
    await succeeds({});
    out = await world.outputs();
  }, 600_000);
  afterAll(() => world?.stop());

  const listener = () => out.Listener ?? '';
  const live = async () => {
    const weights = Object.entries(await world.weights(listener())).filter(([, weight]) => weight > 0);
    return weights.map(([arn]) => arn);
  };

  async function succeeds(context: Readonly<Record<string, string>>): Promise<void> {
    const { exitCode, output } = await world.deploy(context);
    if (exitCode !== 0) throw new Error(output);
  }

  async function deployments(): Promise<readonly string[]> {
    const input = { applicationName: out.ApplicationName, deploymentGroupName: out.GroupName };
    const { deployments: ids } = await world.call<{ deployments: string[] }>('codedeploy', 'ListDeployments', input);
    const infos = await Promise.all(
      ids.map((deploymentId) =>
        world.call<{ deploymentInfo: DeploymentInfo }>('codedeploy', 'GetDeployment', { deploymentId }),
      ),
    );
    return infos.map(({ deploymentInfo }) => `${deploymentInfo.creator} ${deploymentInfo.status}`).sort();
  }

  const body = async () =>
    (await fetch(`${world.aws.services.elasticloadbalancing.listenerUrl(listener())}/version`)).text();

  test('adopts it without a release, ships with it, keeps green and stops what fails its suite', async () => {
    const load = world.load(listener());
    const [blue] = await live();
    await succeeds({ adopt: 'yes' });
    expect(await deployments()).toEqual([]);
    expect(await live()).toEqual([blue]);

    await succeeds({ adopt: 'yes', version: 'v2' });
    const [green, ...more] = await live();
    expect(more).toEqual([]);
    expect(green).not.toBe(blue);
    expect(await body()).toContain('v2');

    await world.until('no bake', async () => (await deployments()).every((each) => each.endsWith('Succeeded')));
    // The listener changes with it, and the rollback must not put it back to the side that was live when it last changed.
    const { exitCode, output } = await world.deploy({ adopt: 'yes', version: 'v3', tag: 'other', fault: '/version' });
    expect(exitCode).toBe(1);
    expect(output).toContain('Shop was not released: the AfterAllowTestTraffic gate says: check "version" failed');
    expect(output).toContain('UPDATE_ROLLBACK_COMPLET');
    expect(await live()).toEqual([green]);
    expect(await body()).toContain('v2');

    const before = await deployments();
    await succeeds({ adopt: 'yes', version: 'v2', tag: 'shop' });
    expect(await live()).toEqual([green]);
    expect(await deployments()).toEqual(before);

    const { lost, failed, records } = await load.end();
    expect({ lost, failed }).toEqual({ lost: [], failed: [] });
    expect(new Set(records.map((record) => record.targetGroupArn))).toEqual(new Set([blue, green]));
    const trouble = world.aws.events.all().filter(({ event }) => ['denied', 'fault', 'inert'].includes(event));
    expect(trouble).toEqual([]);
  }, 600_000);
});
