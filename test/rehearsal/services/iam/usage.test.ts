import { Usage } from '../../../../rehearsal/services/iam/usage';
import type { Statement } from '../../../../rehearsal/services/iam/policy';
import { createCodeDeploy } from '../../../../rehearsal/services/codedeploy';
import { createEc2 } from '../../../../rehearsal/services/ec2';
import { type RunningWorld, runningWorld } from '../../../support/rehearsal/running-world';

const statement = (Action: string | string[], rest: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...rest,
});

test('a role has used grants with their calls, unused ones, and calls that nothing allows', () => {
  const usage = new Usage();
  const read = statement(['s3:Get*', 's3:ListBucket']);
  const tagged = statement('s3:ListBucket', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } });
  usage.allow('role', read, 's3:GetObject');
  usage.allow('role', read, 's3:GetObjectTagging');
  usage.allow('other', read, 's3:ListBucket');
  usage.deny('role', 's3:PutObject', 'arn:aws:s3:::b/k');
  usage.deny('role', 's3:PutObject', 'arn:aws:s3:::b/k');
  expect(usage.of('role', [{ Statement: [read, tagged, { ...read, Effect: 'Deny' }] }])).toEqual({
    role: 'role',
    used: [{ action: 's3:Get*', resources: ['*'], called: ['s3:GetObject', 's3:GetObjectTagging'] }],
    unused: [
      { action: 's3:ListBucket', resources: ['*'] },
      { action: 's3:ListBucket', resources: ['*'], condition: '{"Bool":{"aws:SecureTransport":"true"}}' },
    ],
    missing: [{ action: 's3:PutObject', resource: 'arn:aws:s3:::b/k' }],
  });
});

describe('what AWS demands in addition to a call', () => {
  let running: RunningWorld;
  beforeAll(async () => {
    running = await runningWorld((world) => [createCodeDeploy(world), createEc2(world)]);
  });
  afterAll(() => running.stop());

  /** @returns the actions that a role with these grants misses, one after the other as each is added */
  async function missing(name: string, granted: string[], call: (role: string) => Promise<unknown>): Promise<string[]> {
    const role = running.iam.addRole({
      name,
      trust: { Statement: [] },
      inline: { own: { Statement: [statement(granted)] } },
    });
    await call(role).catch(() => undefined);
    const found = running.iam.permissions().find((each) => each.role === role);
    return (found?.missing ?? []).map(({ action }) => action);
  }

  test.each([
    [[], 'codedeploy:CreateDeployment'],
    [['codedeploy:CreateDeployment'], 'codedeploy:RegisterApplicationRevision'],
    [['codedeploy:CreateDeployment', 'codedeploy:Register*'], 'codedeploy:GetApplicationRevision'],
    [['codedeploy:CreateDeployment', 'codedeploy:*ApplicationRevision'], 'codedeploy:GetDeploymentConfig'],
  ])('CreateDeployment with %j misses %s', async (granted, action) => {
    const input = { applicationName: 'a', deploymentGroupName: 'g', deploymentConfigName: 'c' };
    const call = (role: string) =>
      running.world.call(running.world.principalOf(role, 's'), 'codedeploy', 'CreateDeployment', input);
    expect(await missing(`caller-${granted.length}-${granted.at(-1)?.length}`, granted, call)).toEqual([action]);
  });
});
