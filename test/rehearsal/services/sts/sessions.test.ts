import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createSts } from '../../../../rehearsal/services/sts';
import { type RunningWorld, runningWorld } from '../../../support/rehearsal/running-world';

const HOUR_MS = 3_600_000;
let running: RunningWorld;
let roleArn: string;
beforeEach(async () => {
  running = await runningWorld((world, iam) => [createSts(world, iam.authority)]);
  const trust = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }] };
  roleArn = running.iam.addRole({ name: 'deploy', trust });
});
afterEach(() => running.stop());

/** @param systemClockOffset from the machine's clock to the client's own */
async function assume(systemClockOffset: number) {
  const client = (keys: Parameters<RunningWorld['client']>[0]) =>
    new STSClient({ ...running.client(keys), systemClockOffset });
  const first = client(running.role('caller'));
  const { Credentials } = await first.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'me' }));
  const session = client({
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
    expiresAtMs: 0,
  });
  return {
    expiresAtMs: Credentials?.Expiration?.getTime() ?? 0,
    ask: () => session.send(new GetCallerIdentityCommand({})),
  };
}

test("a session of a client on the machine's clock lasts an hour of that clock, however fast AWS time runs", async () => {
  const askedMs = Date.now();
  const { expiresAtMs, ask } = await assume(0);
  expect(Math.round((expiresAtMs - askedMs) / 60_000)).toBe(60);
  await running.clock.advance(3 * HOUR_MS);
  expect((await ask()).Arn).toContain('assumed-role/deploy/me');
});

test('a session of a client on AWS time lasts an hour of AWS time', async () => {
  const askedMs = running.clock.now();
  const { expiresAtMs, ask } = await assume(askedMs - Date.now());
  expect(Math.round((expiresAtMs - askedMs) / 60_000)).toBe(60);
  expect((await ask()).Arn).toContain('assumed-role/deploy/me');
  await running.clock.advance(HOUR_MS);
  await expect(ask()).rejects.toMatchObject({ name: expect.stringContaining('ExpiredToken') as string });
});
