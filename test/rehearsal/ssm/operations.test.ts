import { INTERNAL } from '../../../rehearsal/service';
import { createSsm } from '../../../rehearsal/ssm';
import { testWorld } from '../../support/world';

const ARN = 'arn:aws:ssm:us-east-1:111111111111:parameter';

test('a parameter is found by name and by ARN, and a SecureString shows its value to those who decrypt it', async () => {
  const world = testWorld();
  const service = createSsm(world);
  world.add(service);
  const call = <T>(operation: string, input: object) => world.call<T>(INTERNAL, 'ssm', operation, input);
  await call('PutParameter', { Name: '/a/b', Value: 'v', Type: 'SecureString' });
  await call('PutParameter', { Name: 'plain', Value: 'w' });
  const value = async (input: object) =>
    (await call<{ Parameter: { Value: string } }>('GetParameter', input)).Parameter.Value;
  expect(await value({ Name: `${ARN}/a/b`, WithDecryption: true })).toBe('v');
  expect(await value({ Name: '/a/b' })).not.toContain('v');
  expect(await value({ Name: `${ARN}/plain` })).toBe('w');
  expect(await call('GetParameters', { Names: [`${ARN}/plain`, `${ARN}/none`], WithDecryption: true })).toMatchObject({
    Parameters: [{ Name: 'plain', ARN: `${ARN}/plain` }],
    InvalidParameters: [`${ARN}/none`],
  });
  const { resources } = service.operations.GetParameter!;
  expect([resources!({ Name: '/a/b' }), resources!({ Name: `${ARN}/a/b` })]).toEqual([[`${ARN}/a/b`], [`${ARN}/a/b`]]);
});
