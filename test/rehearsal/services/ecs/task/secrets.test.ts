import { readSecrets } from '../../../../../rehearsal/services/ecs/task/secrets';
import { createSecretsManager } from '../../../../../rehearsal/services/secretsmanager';
import { INTERNAL } from '../../../../../rehearsal/core/service';
import { createSsm } from '../../../../../rehearsal/services/ssm';
import { testWorld } from '../../../../support/rehearsal/world';
import { EXECUTION_ROLE } from '../../../../support/rehearsal/ecs';

async function setup() {
  const world = testWorld();
  world.add(createSecretsManager(world));
  world.add(createSsm(world));
  const call = <T>(service: string, operation: string, input: object) =>
    world.call<T>(INTERNAL, service, operation, input);
  const { ARN } = await call<{ ARN: string }>('secretsmanager', 'CreateSecret', {
    Name: 'db',
    SecretString: '{"user":"u","port":5432}',
  });
  await call('secretsmanager', 'PutSecretValue', { SecretId: 'db', SecretString: '{"user":"v","port":5432}' });
  await call('ssm', 'PutParameter', { Name: '/shop/key', Value: 'k', Type: 'SecureString' });
  const role = world.principalOf(EXECUTION_ROLE, 'task');
  const read = (...valueFrom: string[]) => {
    const secrets = valueFrom.map((each, index) => ({ name: `S${index}`, valueFrom: each }));
    return readSecrets(world, role, { name: 'web', image: 'i', secrets }).then(Object.values);
  };
  return { ARN, read };
}

test('whole secrets, fields, stages, and parameters by name and ARN, as the services here hold them', async () => {
  const { ARN, read } = await setup();
  const parameter = 'arn:aws:ssm:us-east-1:111111111111:parameter/shop/key';
  expect(await read(ARN, `${ARN}:port::`, `${ARN}:user:AWSPREVIOUS:`, '/shop/key', parameter)).toEqual([
    '{"user":"v","port":5432}',
    '5432',
    'u',
    'k',
    'k',
  ]);
});

test.each([
  ['another secret', (arn: string) => `${arn}x`, "Secrets Manager can't find the specified secret."],
  ['another field', (arn: string) => `${arn}:no::`, 'did not contain json key no'],
  ['another parameter', () => '/none', 'invalid ssm parameters: /none'],
])('%s is a ResourceInitializationError', async (_name, valueFrom, why) => {
  const { ARN, read } = await setup();
  await expect(read(valueFrom(ARN))).rejects.toThrow(/^ResourceInitializationError: .* service call has been retried/);
  await expect(read(valueFrom(ARN))).rejects.toThrow(why);
});
