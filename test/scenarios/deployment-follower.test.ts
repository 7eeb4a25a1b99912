import { type Scenario, startScenario, succeeded } from '../support/scenarios/scenario';

interface StackEvent {
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly Timestamp: Date;
}

/** A plain service of the CDK that ECS itself deploys, with the resource that follows its deployments. */
describe('a follower next to a service that ECS deploys', () => {
  let world: Scenario;
  beforeAll(async () => {
    world = await startScenario('ecs-native', 'Native');
    succeeded(await world.deploy({ follower: 'yes', version: 'v1' }));
  }, 600_000);
  afterAll(() => world?.stop());

  const status = async () => {
    const { Stacks } = await world.call<{ Stacks: { StackStatus: string }[] }>('cloudformation', 'DescribeStacks', {
      StackName: 'Native',
    });
    return Stacks[0]?.StackStatus;
  };

  /** The statuses of service and follower since a moment, AWS time. */
  async function statuses(sinceMs: number): Promise<Record<'service' | 'follower', string[]>> {
    const { StackEvents } = await world.call<{ StackEvents: StackEvent[] }>('cloudformation', 'DescribeStackEvents', {
      StackName: 'Native',
    });
    const recent = StackEvents.filter(({ Timestamp }) => Timestamp.getTime() >= sinceMs).reverse();
    const of = (type: string) => recent.flatMap((each) => (each.ResourceType === type ? each.ResourceStatus : []));
    return { service: of('AWS::ECS::Service'), follower: of('Custom::GreenlightDeploymentFollower') };
  }

  test('is created with its service, and lets a good release pass', async () => {
    expect((await statuses(0)).follower).toEqual(['CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
    const sinceMs = world.aws.clock.now();
    succeeded(await world.deploy({ follower: 'yes', version: 'v2' }));
    const updated = ['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE'];
    expect(await statuses(sinceMs)).toEqual({ service: updated, follower: updated });
  }, 600_000);

  test('says in cdk deploy which hook failed at which stage, with the reason of ECS', async () => {
    const sinceMs = world.aws.clock.now();
    const { exitCode, output } = await world.deploy({ follower: 'yes', version: 'bad' });
    expect(exitCode).toBe(1);
    expect(output.replace(/\s+/g, ' ')).toMatch(
      /web was not released: the POST_TEST_TRAFFIC_SHIFT hook \(Native-Check\S+\) failed without a verdict: ECS says: Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook\(s\) failed\. Lifecycle hook target arn:aws:lambda:\S+ returned FAILED status; deployment \w+ is being rolled back; production stays on the old version\./,
    );
    expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    const { follower } = await statuses(sinceMs);
    expect(follower).toEqual(['UPDATE_IN_PROGRESS', 'UPDATE_FAILED', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE']);
  }, 600_000);

  test('is not called when something else changes', async () => {
    const sinceMs = world.aws.clock.now();
    succeeded(await world.deploy({ follower: 'yes', version: 'v2', tag: 'shop' }));
    expect(await statuses(sinceMs)).toEqual({ service: [], follower: [] });
  }, 600_000);

  test('is added to and removed from a service that stays, and goes with its stack', async () => {
    succeeded(await world.deploy({ version: 'v2', tag: 'shop' }));
    const sinceMs = world.aws.clock.now();
    succeeded(await world.deploy({ follower: 'yes', version: 'v2', tag: 'shop' }));
    expect((await statuses(sinceMs)).service).toEqual([]);
    // Not an hour: there is no deployment to wait for.
    expect(world.aws.clock.now() - sinceMs).toBeLessThan(15 * 60_000);
    succeeded(await world.destroy());
    expect(world.aws.events.all().filter(({ event }) => event === 'denied')).toEqual([]);
  }, 600_000);
});
