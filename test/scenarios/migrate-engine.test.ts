import { losingNone, type Scenario, startScenario, succeeded } from '../support/scenarios/scenario';

type Context = Readonly<Record<string, string>>;

/** The sample app goes from one engine to the other in place, by the prop, under load. */
describe('a service of CodeDeploy that changes to ReleaseEngine.ecs()', () => {
  let world: Scenario;
  let listener = '';
  // The next deploy is synthesized during the bake, and the clock runs meanwhile.
  const codeDeploy = { shift: 'all-at-once', bakeMinutes: '60', desiredCount: '1' };
  const ecs = { ...codeDeploy, engine: 'ecs', bakeMinutes: '1' };
  beforeAll(async () => {
    world = await startScenario('../../../bin/app', 'Greenlight');
    await succeeds({ ...codeDeploy, version: 'v1' });
    listener = await listenerOn(80);
    await losingNone(load(), () => succeeds({ ...codeDeploy, version: 'v2' }));
  }, 600_000);
  afterAll(() => world?.stop());

  const load = () => world.load(listener);
  const succeeds = async (context: Context) => succeeded(await world.deploy(context));
  const version = async () =>
    (await fetch(`${world.aws.services.elasticloadbalancing.listenerUrl(listener)}/version`)).text();

  async function listenerOn(port: number): Promise<string> {
    const elb = <T>(operation: string, input: object) => world.call<T>('elasticloadbalancing', operation, input);
    const { LoadBalancers } = await elb<{ LoadBalancers: { LoadBalancerArn: string }[] }>('DescribeLoadBalancers', {});
    const LoadBalancerArn = LoadBalancers[0]?.LoadBalancerArn;
    type Listeners = { Listeners: { Port: number; ListenerArn: string }[] };
    const { Listeners } = await elb<Listeners>('DescribeListeners', { LoadBalancerArn });
    return Listeners.find(({ Port }) => Port === port)?.ListenerArn ?? '';
  }

  async function isRefused(context: Context, reason: RegExp): Promise<void> {
    const { exitCode, output } = await world.deploy(context);
    expect({ exitCode, output: output.replaceAll(/\s+/g, ' ') }).toMatchObject({
      exitCode: 1,
      output: expect.stringMatching(reason) as string,
    });
  }

  /** Works while an alarm fires: CloudWatch sets it back at each evaluation. @param work gets the name of the alarm */
  async function whileAlarmFires(work: (alarmName: string) => Promise<void>): Promise<void> {
    type Alarms = { MetricAlarms: { AlarmName: string }[] };
    const { MetricAlarms } = await world.call<Alarms>('cloudwatch', 'DescribeAlarms', {});
    const { AlarmName = '' } = MetricAlarms.find((each) => each.AlarmName.includes('BlueUnhealthyHosts')) ?? {};
    const set = (StateValue: string) =>
      world.call('cloudwatch', 'SetAlarmState', { AlarmName, StateValue, StateReason: 'a test' });
    let fires = true;
    await set('ALARM');
    const again = (async () => {
      while (fires) {
        await world.aws.clock.sleep(2_000);
        await set('ALARM');
      }
    })();
    try {
      await work(AlarmName);
    } finally {
      fires = false;
      await again;
      await set('OK');
    }
  }

  async function status(): Promise<string | undefined> {
    const input = { StackName: 'Greenlight' };
    const { Stacks } = await world.call<{ Stacks: { StackStatus: string }[] }>(
      'cloudformation',
      'DescribeStacks',
      input,
    );
    return Stacks[0]?.StackStatus;
  }

  async function logicalIdOfService(): Promise<string | undefined> {
    const { StackResources } = await world.call<{
      StackResources: { ResourceType: string; LogicalResourceId: string }[];
    }>('cloudformation', 'DescribeStackResources', { StackName: 'Greenlight' });
    return StackResources.find(({ ResourceType }) => ResourceType === 'AWS::ECS::Service')?.LogicalResourceId;
  }

  const controller = async () => {
    const { serviceArns } = await world.call<{ serviceArns: string[] }>('ecs', 'ListServices', {
      cluster: await clusterArn(),
    });
    const input = { cluster: await clusterArn(), services: serviceArns };
    const { services } = await world.call<{ services: { deploymentController?: { type: string } }[] }>(
      'ecs',
      'DescribeServices',
      input,
    );
    return services.map(({ deploymentController }) => deploymentController?.type);
  };
  const clusterArn = async () =>
    (await world.call<{ clusterArns: string[] }>('ecs', 'ListClusters', {})).clusterArns[0];

  test('is refused while CodeDeploy keeps the old version, and together with a new version: nothing changes', async () => {
    await losingNone(load(), async () => {
      await isRefused(
        { ...ecs, version: 'v2' },
        /the engine changes to ECS, and a deployment of CodeDeploy is not over/,
      );
      await world.until(
        'the end of the bake',
        async () => {
          const active = { includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] };
          const { deployments } = await world.call<{ deployments: string[] }>('codedeploy', 'ListDeployments', active);
          return deployments.length === 0;
        },
        120,
      );
      await isRefused(
        { ...ecs, version: 'v3' },
        /first deploy the change of the engine and nothing else, then the new version/,
      );
    });
    expect({ controllers: await controller(), version: await version() }).toEqual({
      controllers: ['CODE_DEPLOY'],
      version: expect.stringContaining('v2') as string,
    });
  }, 600_000);

  test('fails while an alarm fires: production stays, and the change can be repeated once the rollback was continued', async () => {
    await losingNone(load(), async () => {
      // The rollback starts no task, so it may be over before the follower reads it: then only ECS's words are left.
      const says = (alarm: string) => new RegExp(`BeforeInstall gate says: .*${alarm}|PRE_SCALE_UP lifecycle hook`);
      await whileAlarmFires((alarm) => isRefused({ ...ecs, version: 'v2' }, says(alarm)));
      expect(await status()).toBe('UPDATE_ROLLBACK_FAILED');
      const ResourcesToSkip = [await logicalIdOfService()];
      await world.call('cloudformation', 'ContinueUpdateRollback', { StackName: 'Greenlight', ResourcesToSkip });
      await world.until('the end of the rollback', async () => (await status()) === 'UPDATE_ROLLBACK_COMPLETE');
    });
    expect(await version()).toContain('v2');
  }, 600_000);

  test('goes over with one cdk deploy, and ECS releases the next version: no request is lost', async () => {
    await losingNone(load(), async () => {
      await succeeds({ ...ecs, version: 'v2' });
      expect(await controller()).toEqual(['ECS']);
      expect(await version()).toContain('v2');
      await succeeds({ ...ecs, version: 'v3' });
    });
    expect(await version()).toContain('v3');
    const { applications } = await world.call<{ applications: string[] }>('codedeploy', 'ListApplications', {});
    expect(applications).toEqual([]);
  }, 600_000);

  test('does not go back to CodeDeploy: that is refused before anything changes, with the way to do it', async () => {
    await losingNone(load(), () =>
      isRefused(
        { ...codeDeploy, version: 'v3' },
        /from ECS to CodeDeploy, which CloudFormation cannot do .*second service/,
      ),
    );
    expect({ controllers: await controller(), version: await version() }).toEqual({
      controllers: ['ECS'],
      version: expect.stringContaining('v3') as string,
    });
  }, 600_000);

  test('no call was denied', () => {
    expect(world.aws.events.all().filter(({ event }) => ['denied', 'fault'].includes(event))).toEqual([]);
  });
});
