import { INTERNAL } from '../../../../rehearsal/core/service';
import { createSsm } from '../../../../rehearsal/services/ssm';
import { testWorld } from '../../../support/rehearsal/world';

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

test('what the CDK does with parameters that another region imports: tags, and many deleted at once', async () => {
  const world = testWorld();
  world.add(createSsm(world));
  const call = <T>(operation: string, input: object) => world.call<T>(INTERNAL, 'ssm', operation, input);
  await call('PutParameter', { Name: '/cdk/exports/Shop/a', Value: '1' });
  await call('PutParameter', { Name: '/cdk/exports/Shop/b/c', Value: '2' });
  const tagged = { ResourceType: 'Parameter', ResourceId: '/cdk/exports/Shop/a' };
  await call('AddTagsToResource', { ...tagged, Tags: [{ Key: 'aws-cdk:strong-ref:Shop', Value: 'true' }] });
  await call('AddTagsToResource', { ...tagged, Tags: [{ Key: 'team', Value: 'x' }] });
  await call('PutParameter', { Name: '/cdk/exports/Shop/a', Value: '3', Overwrite: true });
  await call('RemoveTagsFromResource', { ...tagged, TagKeys: ['team'] });
  expect(await call('ListTagsForResource', tagged)).toEqual({
    TagList: [{ Key: 'aws-cdk:strong-ref:Shop', Value: 'true' }],
  });
  const names = async (input: object) =>
    (await call<{ Parameters: { Name: string }[] }>('GetParametersByPath', input)).Parameters.map(({ Name }) => Name);
  expect(await names({ Path: '/cdk/exports/Shop' })).toEqual(['/cdk/exports/Shop/a']);
  expect(await names({ Path: '/cdk/exports/Shop/', Recursive: true })).toHaveLength(2);
  expect(await call('DeleteParameters', { Names: ['/cdk/exports/Shop/a', '/none'] })).toEqual({
    DeletedParameters: ['/cdk/exports/Shop/a'],
    InvalidParameters: ['/none'],
  });
  await expect(call('AddTagsToResource', { ...tagged, Tags: [] })).rejects.toMatchObject({ code: 'InvalidResourceId' });
});
