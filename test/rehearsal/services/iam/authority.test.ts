import { VirtualClock } from '../../../../rehearsal/core/clock';
import { EventLog } from '../../../../rehearsal/core/events';
import { createIam } from '../../../../rehearsal/services/iam';
import { Ids } from '../../../../rehearsal/core/ids';
import type { Credentials } from '../../../../rehearsal/core/service';

const trustOf = (principal: object) => ({
  Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal },
});
const byService = trustOf({ Service: 'codedeploy.amazonaws.com' });

function account() {
  const clock = new VirtualClock();
  const events = new EventLog(clock);
  const iam = createIam({
    clock,
    events,
    ids: new Ids(1),
    region: 'us-east-1',
    accountId: '111111111111',
  });
  const type = (name: string) => iam.resourceTypes![`AWS::IAM::${name}`]!;
  const request = (logicalId: string, properties: object) => ({
    stackName: 'S',
    stackId: 'arn:stack',
    logicalId,
    properties,
    signal: new AbortController().signal,
  });
  const allowed = (roleArn: string, action: string) =>
    iam.authority.decide({ principal: iam.authority.principalOf(roleArn, 's'), action, resource: '*' }).result ===
    'allowed';
  return { clock, events, iam, type, request, allowed };
}

describe('AssumeRole', () => {
  test('needs the trust of the account and a policy of the caller', () => {
    const { iam } = account();
    const arn = iam.addRole({ name: 'r', trust: trustOf({ AWS: '111111111111' }) });
    const may = iam.addUser({
      name: 'may',
      inline: { p: { Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: arn } } },
    });
    const mayNot = iam.addUser({ name: 'may-not' });
    const user = (userArn: string) => ({ arn: userArn, callerArn: userArn, kind: 'user' as const });
    const { credentials } = iam.authority.assumeRole(user(may.arn), arn, 'session');
    expect(iam.authority.sessionOf(credentials.accessKeyId)?.principal).toEqual({
      arn,
      callerArn: 'arn:aws:sts::111111111111:assumed-role/r/session',
      kind: 'role',
    });
    expect(() => iam.authority.assumeRole(user(mayNot.arn), arn, 's')).toThrow(
      `User: ${mayNot.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    );
    expect(() => iam.authority.assumeRole(user(may.arn), `${arn}-missing`, 's')).toThrow(
      'is not authorized to perform',
    );
  });

  test('its credentials expire in AWS time, those of services are renewed', async () => {
    const { iam, clock } = account();
    const { arn } = iam.addUser({ name: 'u' });
    const role = iam.addRole({ name: 'r', trust: trustOf({ AWS: arn }) });
    const assumed = iam.authority.assumeRole({ arn, callerArn: arn, kind: 'user' }, role, 's', {
      durationSeconds: 900,
    }).credentials;
    const service = iam.authority.credentialsFor(role, 's');
    const isExpired = ({ accessKeyId }: Credentials) => {
      const session = iam.authority.sessionOf(accessKeyId);
      return session && iam.authority.isExpired(session, 0);
    };
    await clock.advance(899_999);
    expect(isExpired(assumed)).toBe(false);
    await clock.advance(48 * 3_600_000);
    expect(isExpired(assumed)).toBe(true);
    expect(isExpired(service)).toBe(false);
    expect(isExpired({ ...service, accessKeyId: 'AKIAUNKNOWN' })).toBeUndefined();
  });

  test('a call of a deleted role is denied and is no missing grant; one of a role that never was is', async () => {
    const { iam, events, type, request } = account();
    const made = request('R', { RoleName: 'gone', AssumeRolePolicyDocument: { Statement: [] } });
    const current = await type('Role').create(made);
    await type('Role').delete!({ ...made, current });
    for (const name of ['gone', 'never']) {
      const arn = `arn:aws:iam::111111111111:role/${name}`;
      const access = {
        principal: { arn, callerArn: arn, kind: 'role' },
        action: 'logs:PutLogEvents',
        resource: '*',
      } as const;
      expect(() => iam.authority.authorize(access)).toThrow('is not authorized to perform: logs:PutLogEvents');
    }
    expect(events.all().map(({ event, data }) => [event, data['principal']])).toEqual([
      ['denied-deleted', 'arn:aws:iam::111111111111:role/gone'],
      ['denied', 'arn:aws:iam::111111111111:role/never'],
    ]);
  });

  test('assertTrusts names the role and the service', () => {
    const { iam } = account();
    const arn = iam.addRole({ name: 'r', trust: byService });
    expect(() => iam.authority.assertTrusts(arn, 'codedeploy.amazonaws.com')).not.toThrow();
    expect(() => iam.authority.assertTrusts(arn, 'lambda.amazonaws.com')).toThrow(
      `The role ${arn} cannot be assumed by lambda`,
    );
  });
});

describe('CloudFormation resources', () => {
  const grant = (action: string) => ({ Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });

  test('a role keeps what a separate policy gives it through its own updates', async () => {
    const { type, request, allowed } = account();
    const first = {
      AssumeRolePolicyDocument: byService,
      Policies: [{ PolicyName: 'a', PolicyDocument: grant('s3:GetObject') }],
    };
    const role = await type('Role').create(request('Role', first));
    const arn = String(role.attributes['Arn']);
    expect(role.physicalId).toMatch(/^S-Role-\w{12}$/);
    const policy = { PolicyName: 'p', PolicyDocument: grant('ecs:ListTasks'), Roles: [role.physicalId] };
    const attached = await type('Policy').create(request('Policy', policy));
    expect([allowed(arn, 's3:GetObject'), allowed(arn, 'ecs:ListTasks')]).toEqual([true, true]);
    const second = { AssumeRolePolicyDocument: byService };
    await type('Role').update!({ ...request('Role', second), current: role, previous: first });
    expect([allowed(arn, 's3:GetObject'), allowed(arn, 'ecs:ListTasks')]).toEqual([false, true]);
    await type('Policy').delete!({ ...request('Policy', policy), current: attached });
    expect(allowed(arn, 'ecs:ListTasks')).toBe(false);
    await type('Role').delete!({ ...request('Role', second), current: role });
    await expect(async () => type('Policy').create(request('Policy', policy))).rejects.toThrow('cannot be found');
  });

  test('managed policies: of the account and of AWS', async () => {
    const { type, request, allowed } = account();
    const own = await type('ManagedPolicy').create(request('M', { PolicyDocument: grant('ecs:ListTasks') }));
    const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    const properties = {
      RoleName: 'r',
      AssumeRolePolicyDocument: byService,
      ManagedPolicyArns: [own.physicalId, basic],
    };
    const role = await type('Role').create(request('Role', properties));
    const arn = String(role.attributes['Arn']);
    expect(['ecs:ListTasks', 'logs:PutLogEvents', 's3:GetObject'].map((action) => allowed(arn, action))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('an unknown AWS managed policy is an error that says so, and no role is left', async () => {
    const { type, request, iam } = account();
    const properties = {
      RoleName: 'r',
      AssumeRolePolicyDocument: byService,
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUserAccess'],
    };
    await expect(async () => type('Role').create(request('Role', properties))).rejects.toThrow(
      'the rehearsal does not have the AWS managed policy arn:aws:iam::aws:policy/PowerUserAccess',
    );
    expect(() => iam.addRole({ name: 'r', trust: byService })).not.toThrow();
  });

  test('a document without Effect is refused', async () => {
    const { type, request } = account();
    const properties = { AssumeRolePolicyDocument: { Statement: [{ Sid: 'X', Action: 's3:*' }] } };
    await expect(async () => type('Role').create(request('Role', properties))).rejects.toThrow(
      'statement X has Effect undefined',
    );
  });
});
