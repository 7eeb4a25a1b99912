import type { CdkResult } from '../../rehearsal/runner/synthesis/cdk';
import { context, type Releases, startReleases } from '../support/scenarios/releases';

jest.setTimeout(400_000);

const APPROVER = 'approver@example.com';
let world: Releases;
beforeAll(async () => {
  world = await startReleases(60);
});
afterAll(() => world?.stop());

const deploy = (version: string) => {
  const values = { shift: 'all-at-once', bakeMinutes: '0', approvalMinutes: '5', approvalEmail: APPROVER };
  return world.cdk(['deploy', ...context({ version, ...values })]);
};

/** The messages that reached the approver, oldest first. */
function mails(): string[] {
  const delivered = world.aws.events.all().filter(({ source, event }) => source === 'sns' && event === 'delivered');
  expect(delivered.filter(({ data }) => data.protocol !== 'email' || data.endpoint !== APPROVER)).toEqual([]);
  return delivered.map(({ data }) => String(data.message));
}

/** Waits until a deployment waits for a person. @returns its id, and the message that says so */
async function waiting(): Promise<{ deploymentId: string; mail: string }> {
  const ready = async () => (await world.deployments()).find(({ status }) => status === 'Ready')?.deploymentId;
  const before = mails().length;
  await world.until('a deployment waits', async () => (await ready()) !== undefined, 240);
  await world.until('the message', async () => mails().length > before, 2);
  return { deploymentId: (await ready()) ?? '', mail: mails().at(-1) ?? '' };
}

/** Does what the AWS CLI would do with a command of the message. @returns the operation's input */
async function run(mail: string, command: string): Promise<Record<string, unknown>> {
  const [, rest = ''] = new RegExp(`aws deploy ${command}((?: [\\w-]+)+) \\.`).exec(mail) ?? [];
  const camel = (text: string) => text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const options = [...rest.matchAll(/ --([\w-]+)(?: (?!--)([\w-]+))?/g)];
  const input = Object.fromEntries(options.map(([, name = '', value]) => [camel(name), value ?? true]));
  const operation = camel(`-${command}`);
  await world.call('codedeploy', operation, input);
  return input;
}

function rolledBack({ exitCode, output }: CdkResult, why: RegExp): void {
  expect(exitCode).toBe(1);
  expect(output).toMatch(why);
}

test('a release waits after the smoke gate and says how to continue: it ships when continued, and is rolled back when stopped or forgotten', async () => {
  expect((await deploy('v1')).exitCode).toBe(0);
  const load = world.load((await world.service()).productionListenerArn);
  const live = (await world.service()).liveTargetGroupArn;

  const shipping = deploy('v2');
  const first = await waiting();
  expect(first.mail).toContain(`Web: deployment ${first.deploymentId} passed its smoke gate and waits for approval.`);
  expect((await world.service()).liveTargetGroupArn).toBe(live);
  expect(await run(first.mail, 'continue-deployment')).toEqual({
    deploymentId: first.deploymentId,
    deploymentWaitType: 'READY_WAIT',
  });
  expect((await shipping).exitCode).toBe(0);
  const shipped = (await world.service()).liveTargetGroupArn;
  expect(shipped).not.toBe(live);

  const stopping = deploy('v3');
  const second = await waiting();
  expect(await run(second.mail, 'stop-deployment')).toEqual({
    deploymentId: second.deploymentId,
    autoRollbackEnabled: true,
  });
  rolledBack(await stopping, /MANUAL_STOP.*back on the old version/);

  rolledBack(await deploy('v4'), /timed out while waiting for a notification to continue.*back on the old version/);
  expect(await world.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await world.service()).liveTargetGroupArn).toBe(shipped);
  expect(await world.deployments()).toHaveLength(3);
  // One message for each release that waited, none for what else became of it.
  expect(mails()).toHaveLength(3);
  expect(await world.scalingSuspended()).toBe(false);
  expect((await load.end()).lost).toEqual([]);
  expect(world.aws.events.all().filter(({ event }) => event === 'denied')).toEqual([]);
});
