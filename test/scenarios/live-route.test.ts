import { type Scenario, startScenario } from '../support/scenarios/scenario';

/** Changes of the listener while green is live, and during a shift, by the real CLI. */
describe('a listener under CodeDeploy', () => {
  let shop: Scenario;
  let out: Readonly<Record<string, string>>;
  beforeAll(async () => {
    shop = await startScenario('shop', 'Shop');
    await succeeds({ version: 'v1' });
    out = await shop.outputs();
    await succeeds({ version: 'v2' });
    await bakeEnds();
  }, 600_000);
  afterAll(() => shop?.stop());

  const at = (name: string) => out[name] ?? '';
  const liveNow = async () => {
    const weights = Object.entries(await shop.weights(at('Listener'))).filter(([, weight]) => weight > 0);
    return weights.map(([arn]) => arn);
  };

  async function succeeds(context: Readonly<Record<string, string>>): Promise<void> {
    const { exitCode, output } = await shop.deploy(context);
    if (exitCode !== 0) throw new Error(output);
  }

  const group = () => ({ applicationName: at('Application'), deploymentGroupName: at('Group') });
  const ACTIVE = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'];

  async function bakeEnds(): Promise<void> {
    await shop.until('no deployment', async () => {
      const input = { ...group(), includeOnlyStatuses: ACTIVE };
      const { deployments } = await shop.call<{ deployments: string[] }>('codedeploy', 'ListDeployments', input);
      return deployments.length === 0;
    });
  }

  /** The last revision once more, by other hands, as from the console. @returns the deployment's id */
  async function shiftByHand(deploymentConfigName: string): Promise<string> {
    const { deployments } = await shop.call<{ deployments: string[] }>('codedeploy', 'ListDeployments', group());
    const { deploymentInfo } = await shop.call<{ deploymentInfo: { revision: object } }>(
      'codedeploy',
      'GetDeployment',
      {
        deploymentId: deployments[0],
      },
    );
    const revision = await shop.call<{ revision: object }>('codedeploy', 'GetApplicationRevision', {
      applicationName: at('Application'),
      revision: deploymentInfo.revision,
    });
    const { deploymentId } = await shop.call<{ deploymentId: string }>('codedeploy', 'CreateDeployment', {
      ...group(),
      deploymentConfigName,
      revision: revision.revision,
    });
    return deploymentId;
  }

  test('a tag and an attribute change while green is live, and every request still goes to green', async () => {
    expect(await liveNow()).toEqual([at('Green')]);
    const load = shop.load(at('Listener'));
    await succeeds({ version: 'v2', tag: 'shop', attribute: 'false' });
    const { records, lost } = await load.end();
    expect(await liveNow()).toEqual([at('Green')]);
    expect(records.length).toBeGreaterThan(10);
    expect(lost).toEqual([]);
    expect(new Set(records.map((record) => record.targetGroupArn))).toEqual(new Set([at('Green')]));
  }, 600_000);

  test('a second service behind a rule of the same listener takes its requests and no other', async () => {
    const load = shop.load(at('Listener'), [{ path: '/' }, { path: '/version' }]);
    await succeeds({ version: 'v2', tag: 'shop', attribute: 'false', second: 's1' });
    const { lost, records } = await load.end();
    expect(lost).toEqual([]);
    expect(new Set(records.map((record) => record.targetGroupArn))).toEqual(new Set([at('Green')]));
    const orders = shop.load(at('Listener'), [{ path: '/orders' }]);
    await shop.aws.clock.sleep(20_000);
    const served = await orders.end();
    expect(served.lost).toEqual([]);
    const groups = new Set(served.records.map((record) => record.targetGroupArn));
    expect(groups.size).toBe(1);
    expect([at('Blue'), at('Green')]).not.toContain([...groups][0]);
  }, 600_000);

  test('during a shift a change is refused with the deployment’s id, and the weights stay', async () => {
    const load = shop.load(at('Listener'));
    const deploymentId = await shiftByHand(at('SlowConfig'));
    await shop.until('a split', async () => (await liveNow()).length === 2);
    const before = await shop.weights(at('Listener'));
    const { exitCode, output } = await shop.deploy({ version: 'v2', tag: 'other', attribute: 'false', second: 's1' });
    expect(exitCode).toBe(1);
    expect(output).toContain(`Web: deployment ${deploymentId} is moving the traffic`);
    expect(output).toContain(`aws deploy stop-deployment --deployment-id ${deploymentId}`);
    // The CLI cuts the column.
    expect(output).toContain('UPDATE_ROLLBACK_COMPLET');
    expect(await shop.weights(at('Listener'))).toEqual(before);
    await shop.call('codedeploy', 'StopDeployment', { deploymentId, autoRollbackEnabled: true });
    await bakeEnds();
    await succeeds({ version: 'v2', tag: 'other', attribute: 'false', second: 's1' });
    expect(await liveNow()).toEqual([at('Green')]);
    expect((await load.end()).lost).toEqual([]);
  }, 600_000);

  test('a change of the port keeps the live side, though the listener was known by its old one', async () => {
    await succeeds({ version: 'v2', tag: 'other', attribute: 'false', second: 's1', port: '8080' });
    expect(await liveNow()).toEqual([at('Green')]);
    const load = shop.load(at('Listener'));
    await shop.aws.clock.sleep(20_000);
    const { records, lost } = await load.end();
    expect(lost).toEqual([]);
    expect(new Set(records.map((record) => record.targetGroupArn))).toEqual(new Set([at('Green')]));
  }, 600_000);

  test('the second service leaves the stack: its release ends first, by the permissions that it came with', async () => {
    const load = shop.load(at('Listener'));
    await succeeds({ version: 'v2', tag: 'other', attribute: 'false', port: '8080' });
    expect((await load.end()).lost).toEqual([]);
    const groups = await shop.call<{ deploymentGroups: string[] }>('codedeploy', 'ListDeploymentGroups', {
      applicationName: at('Application'),
    });
    expect(groups.deploymentGroups).toEqual([at('Group')]);
  }, 600_000);

  // After a failure the CLI itself asks CloudTrail, which is not rehearsed.
  test('no call was denied', () => {
    expect(shop.aws.events.all().filter(({ event }) => ['denied', 'fault'].includes(event))).toEqual([]);
  });
});
