import type { CdkResult } from '../../rehearsal/runner/synthesis/cdk';
import { context, type Releases, startReleases } from '../support/scenarios/releases';
import { succeeded } from '../support/scenarios/scenario';

jest.setTimeout(600_000);

const APPROVER = 'approver@example.com';

/** What differs between the engines: who waits, and what people read. */
interface EngineUnderTest {
  readonly name: string;
  /** How the message names the deployment that waits; undefined while none does. */
  waiting(world: Releases): Promise<string | undefined>;
  /** What a message says of a deployment. */
  announces(deployment: string): string;
  /** The input of the operation that each command of the message calls. */
  readonly commands: Readonly<Record<'ship' | 'stop', (deployment: string) => object>>;
  readonly refused: RegExp;
  readonly timedOut: RegExp;
  /** Messages of the first version, which waits for nobody. */
  readonly firstMails: number;
}

const codeDeploy: EngineUnderTest = {
  name: 'codedeploy',
  waiting: async (world) => (await world.deployments()).find(({ status }) => status === 'Ready')?.deploymentId,
  announces: (id) => `Web: deployment ${id} passed its smoke gate and waits for approval.`,
  commands: {
    ship: (deploymentId) => ({ deploymentId, deploymentWaitType: 'READY_WAIT' }),
    stop: (deploymentId) => ({ deploymentId, autoRollbackEnabled: true }),
  },
  refused: /MANUAL_STOP.*back on the old version/,
  timedOut: /timed out while waiting for a notification to continue.*back on the old version/,
  firstMails: 0,
};

interface Described {
  readonly serviceDeploymentArn: string;
  readonly lifecycleHookDetails?: readonly { readonly targetType: string; readonly status: string }[];
}

const ecs: EngineUnderTest = {
  name: 'ecs',
  waiting: async (world) => {
    const { serviceDeployments: of } = await world.shipped();
    type Listed = { serviceDeployments: Described[] };
    const { serviceDeployments: listed } = await world.call<Listed>('ecs', 'ListServiceDeployments', {
      ...of,
      status: ['IN_PROGRESS'],
    });
    const serviceDeploymentArns = listed.map(({ serviceDeploymentArn }) => serviceDeploymentArn);
    if (serviceDeploymentArns.length === 0) return undefined;
    const described = await world.call<Listed>('ecs', 'DescribeServiceDeployments', { serviceDeploymentArns });
    // Both the gate and a person must agree: here the person is asked last.
    return described.serviceDeployments.find(
      ({ lifecycleHookDetails = [] }) =>
        lifecycleHookDetails.some(({ status }) => status === 'AWAITING_ACTION') &&
        lifecycleHookDetails.every(({ targetType, status }) => targetType === 'PAUSE' || status === 'SUCCEEDED'),
    )?.serviceDeploymentArn;
  },
  announces: (arn) => `Web: deployment ${arn} waits for approval, while its smoke gate tests it.`,
  commands: {
    ship: (serviceDeploymentArn) => ({
      serviceDeploymentArn,
      hookId: expect.any(String) as string,
      action: 'CONTINUE',
    }),
    stop: (serviceDeploymentArn) => ({
      serviceDeploymentArn,
      hookId: expect.any(String) as string,
      action: 'ROLLBACK',
    }),
  },
  refused: /was not released: ECS says: .*POST_TEST_TRAFFIC_SHIFT pause hook.*production stays on the old version/,
  timedOut:
    /was not released: nobody approved it in time: ECS says: .*POST_TEST_TRAFFIC_SHIFT pause hook timed out.*production stays on the old version/,
  firstMails: 1,
};

describe.each([codeDeploy, ecs])('a release by $name that waits for approval', (engine) => {
  let world: Releases;
  beforeAll(async () => {
    world = await startReleases(60);
  });
  afterAll(() => world?.stop());

  const deploy = (version: string) => {
    const values = { shift: 'all-at-once', bakeMinutes: '0', approvalMinutes: '5', approvalEmail: APPROVER };
    return world.cdk(['deploy', ...context({ engine: engine.name, version, ...values })]);
  };

  /** The messages that reached the approver, oldest first. */
  function mails(): string[] {
    const delivered = world.aws.events.all().filter(({ source, event }) => source === 'sns' && event === 'delivered');
    expect(delivered.filter(({ data }) => data.protocol !== 'email' || data.endpoint !== APPROVER)).toEqual([]);
    return delivered.map(({ data }) => String(data.message));
  }

  /** Waits until a deployment waits for a person. @returns the deployment, and the message that says so */
  async function waiting(): Promise<{ deployment: string; mail: string }> {
    await world.until('a deployment waits', async () => (await engine.waiting(world)) !== undefined, 240);
    const deployment = (await engine.waiting(world)) ?? '';
    const mail = () => mails().find((each) => each.includes(engine.announces(deployment)));
    await world.until('the message', async () => mail() !== undefined, 2);
    return { deployment, mail: mail() ?? '' };
  }

  /** Does what the AWS CLI would do with a command of the message, which must be about this deployment. */
  async function run({ deployment, mail }: { deployment: string; mail: string }, what: 'ship' | 'stop'): Promise<void> {
    const [, cli = '', command = '', rest = ''] =
      new RegExp(`To ${what} it: aws (\\w+) ([\\w-]+)((?: \\S+)+?) \\.`).exec(mail) ?? [];
    const camel = (text: string) => text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const options = [...rest.matchAll(/ --([\w-]+)(?: (?!--)(\S+))?/g)];
    const input = Object.fromEntries(options.map(([, name = '', value]) => [camel(name), value ?? true]));
    expect(input).toEqual(engine.commands[what](deployment));
    await world.call(cli === 'deploy' ? 'codedeploy' : cli, camel(`-${command}`), input);
  }

  function rolledBack({ exitCode, output }: CdkResult, why: RegExp): void {
    expect(exitCode).toBe(1);
    expect(output.replace(/\s+/g, ' ')).toMatch(why);
  }

  test('says how to continue: it ships when continued, and is rolled back when stopped or forgotten', async () => {
    succeeded(await deploy('v1'));
    const load = world.load((await world.shipped()).productionListenerArn);
    const live = (await world.shipped()).liveTargetGroupArn;

    const shipping = deploy('v2');
    const first = await waiting();
    expect((await world.shipped()).liveTargetGroupArn).toBe(live);
    await run(first, 'ship');
    succeeded(await shipping);
    const shipped = (await world.shipped()).liveTargetGroupArn;
    expect(shipped).not.toBe(live);

    const stopping = deploy('v3');
    await run(await waiting(), 'stop');
    rolledBack(await stopping, engine.refused);

    rolledBack(await deploy('v4'), engine.timedOut);
    expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await world.shipped()).liveTargetGroupArn).toBe(shipped);
    // One message for each release that waited, none for what else became of it.
    expect(mails()).toHaveLength(engine.firstMails + 3);
    expect(await world.scalingSuspended()).toBe(false);
    expect((await load.end()).lost).toEqual([]);
    expect(world.aws.events.all().filter(({ event }) => event === 'denied')).toEqual([]);
  });
});
