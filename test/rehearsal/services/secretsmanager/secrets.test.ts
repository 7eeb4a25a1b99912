import fc from 'fast-check';
import { smokeClients } from '../../../../smoke/runner';
import { resolveDynamicReferences } from '../../../../rehearsal/services/cloudformation/template/parameters';
import { Ids } from '../../../../rehearsal/core/ids';
import { createSecretsManager } from '../../../../rehearsal/services/secretsmanager';
import { type PasswordRules, randomPassword } from '../../../../rehearsal/services/secretsmanager/password';
import { INTERNAL, type ResourceState } from '../../../../rehearsal/core/service';
import { createSsm } from '../../../../rehearsal/services/ssm';
import { testWorld } from '../../../support/rehearsal/world';
import { runningWorld } from '../../../support/rehearsal/running-world';

function setup() {
  const world = testWorld();
  const service = createSecretsManager(world);
  world.add(service);
  const call = <T>(operation: string, input: object) => world.call<T>(INTERNAL, 'secretsmanager', operation, input);
  const type = service.resourceTypes!['AWS::SecretsManager::Secret']!;
  const request = (properties: object) => ({
    ...{ stackName: 'App', stackId: 'arn:app', logicalId: 'Token4F2C', properties },
    signal: new AbortController().signal,
  });
  const create = async (properties: object) => type.create(request(properties));
  const update = async (current: ResourceState, previous: object, properties: object) =>
    type.update!({ ...request(properties), current, previous });
  const read = async (SecretId: string, more: object = {}) =>
    (await call<{ SecretString: string }>('GetSecretValue', { SecretId, ...more })).SecretString;
  return { world, type, request, call, create, update, read };
}

test('a secret has an ARN with six random characters, and is found by name, ARN and ARN without them', async () => {
  const { call, read } = setup();
  const { ARN, VersionId } = await call<{ ARN: string; VersionId: string }>('CreateSecret', {
    Name: 'shop/key',
    SecretString: 's1',
  });
  expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:111111111111:secret:shop\/key-[A-Za-z0-9]{6}$/);
  expect(await Promise.all(['shop/key', ARN, ARN.slice(0, -7)].map((id) => read(id)))).toEqual(['s1', 's1', 's1']);
  expect(await call('DescribeSecret', { SecretId: ARN })).toMatchObject({
    Name: 'shop/key',
    VersionIdsToStages: { [VersionId]: ['AWSCURRENT'] },
  });
  await expect(call('CreateSecret', { Name: 'shop/key' })).rejects.toMatchObject({ code: 'ResourceExistsException' });
  await expect(read('other')).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
  });
});

test('a new value is current, the one before it previous, and one marked for deletion cannot be read', async () => {
  const { call, read } = setup();
  await call('CreateSecret', { Name: 'a' });
  await expect(read('a')).rejects.toThrow('secret value for staging label: AWSCURRENT');
  await call('PutSecretValue', { SecretId: 'a', SecretString: 's1' });
  const { VersionId } = await call<{ VersionId: string }>('PutSecretValue', { SecretId: 'a', SecretString: 's2' });
  expect([await read('a'), await read('a', { VersionStage: 'AWSPREVIOUS' }), await read('a', { VersionId })]).toEqual([
    's2',
    's1',
    's2',
  ]);
  await expect(read('a', { VersionId, VersionStage: 'AWSPREVIOUS' })).rejects.toThrow('is not associated');
  await expect(call('PutSecretValue', { SecretId: 'a', SecretString: 'x', SecretBinary: 'eA==' })).rejects.toThrow(
    'both',
  );
  await call('DeleteSecret', { SecretId: 'a' });
  await expect(read('a')).rejects.toMatchObject({ code: 'InvalidRequestException' });
  await call('DeleteSecret', { SecretId: 'a', ForceDeleteWithoutRecovery: true });
  await expect(call('DescribeSecret', { SecretId: 'a' })).rejects.toThrow("can't find");
});

test('a resource: Ref is the ARN, a password is made once, a plain value is put when it changes', async () => {
  const { create, update, read, type, request } = setup();
  const rules = { SecretStringTemplate: '{"user":"u"}', GenerateStringKey: 'password', PasswordLength: '20' };
  const made = await create({ GenerateSecretString: rules });
  expect(made.physicalId).toMatch(/:secret:Token4F2C-[A-Za-z0-9]{12}-[A-Za-z0-9]{6}$/);
  expect(made.attributes.Id).toBe(made.physicalId);
  const before = JSON.parse(await read(made.physicalId)) as { user: string; password: string };
  expect(before).toEqual({ user: 'u', password: expect.stringMatching(/^.{20}$/) as string });
  await update(made, { GenerateSecretString: rules }, { GenerateSecretString: rules, Description: 'd' });
  expect(JSON.parse(await read(made.physicalId))).toEqual(before);
  await update(made, { GenerateSecretString: rules }, { SecretString: 'plain' });
  expect(await read(made.physicalId)).toBe('plain');
  await type.delete!({ ...request({}), current: made });
  await expect(read(made.physicalId)).rejects.toThrow("can't find");
  await expect(create({ GenerateSecretString: { GenerateStringKey: 'x' } })).rejects.toThrow('both or none');
  await expect(create({ GenerateSecretString: { ...rules, SecretStringTemplate: '[' } })).rejects.toThrow(
    'JSON object',
  );
});

test('a dynamic reference is read by name or ARN, whole or one field of it', async () => {
  const { world, call } = setup();
  const { ARN } = await call<{ ARN: string }>('CreateSecret', { Name: 'db', SecretString: '{"user":"$&"}' });
  const resolve = (text: string) => resolveDynamicReferences(world, text);
  expect(await resolve(`x-{{resolve:secretsmanager:${ARN}:SecretString:user::}}-y`)).toBe('x-$&-y');
  expect(await resolve('{{resolve:secretsmanager:db}}')).toBe('{"user":"$&"}');
  await expect(resolve('{{resolve:secretsmanager:db:SecretString:no}}')).rejects.toThrow('JSONKey');
  await expect(resolve('{{resolve:secretsmanager:other}}')).rejects.toThrow("can't find the specified secret");
});

test('a password keeps its rules', () => {
  const flags = { ExcludeLowercase: fc.boolean(), ExcludeUppercase: fc.boolean(), ExcludePunctuation: fc.boolean() };
  const rules = fc.record({ PasswordLength: fc.integer({ min: 5, max: 64 }), ...flags, IncludeSpace: fc.boolean() });
  fc.assert(
    fc.property(fc.nat(), rules, (seed, rule) => {
      const password = randomPassword(new Ids(seed), { ...rule, ExcludeCharacters: '"@/\\' });
      expect(password).toHaveLength(rule.PasswordLength);
      expect(/[a-z]/.test(password)).toBe(!rule.ExcludeLowercase);
      expect(/[A-Z]/.test(password)).toBe(!rule.ExcludeUppercase);
      expect(/[0-9]/.test(password)).toBe(true);
      expect(/[^a-zA-Z0-9 ]/.test(password)).toBe(!rule.ExcludePunctuation);
      expect(/ /.test(password)).toBe(rule.IncludeSpace);
      expect(password).not.toMatch(/["@/\\]/);
    }),
    { seed: 20261121 },
  );
  const none: PasswordRules = { ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true };
  expect(() => randomPassword(new Ids(1), { ...none, ExcludePunctuation: 'true' })).toThrow('not possible');
  expect(randomPassword(new Ids(1), {})).toHaveLength(32);
});

describe('over the wire, with the permissions of a role', () => {
  const env = { ...process.env };
  afterEach(() => void (process.env = { ...env }));

  test('the gate reads what it is granted by exact ARN, and gets AWS’s error for what it is not', async () => {
    const running = await runningWorld((world) => [createSecretsManager(world), createSsm(world)]);
    const made = async (Name: string) =>
      running.world.call<{ ARN: string }>(INTERNAL, 'secretsmanager', 'CreateSecret', {
        Name,
        SecretString: `of ${Name}`,
      });
    await running.world.call(INTERNAL, 'ssm', 'PutParameter', { Name: '/shop/key', Value: 'p', Type: 'SecureString' });
    const parameter = 'arn:aws:ssm:us-east-1:111111111111:parameter/shop/key';
    const [mine, other] = [await made('mine'), await made('other')];
    const keys = running.role(
      'gate',
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: mine.ARN },
      { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: parameter },
    );
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: running.client(keys).endpoint,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
    });
    const { signal } = new AbortController();
    expect(await smokeClients.readSecret(mine.ARN, signal)).toBe('of mine');
    expect(await smokeClients.readSecret(parameter, signal)).toBe('p');
    await expect(smokeClients.readSecret(other.ARN, signal)).rejects.toThrow(
      `secretsmanager.GetSecretValue: AccessDeniedException: User: arn:aws:sts::111111111111:assumed-role/gate/session is not authorized to perform: secretsmanager:GetSecretValue on resource: ${other.ARN}`,
    );
    await expect(smokeClients.readSecret(`${parameter}2`, signal)).rejects.toThrow('AccessDeniedException');
    await running.stop();
  });
});
