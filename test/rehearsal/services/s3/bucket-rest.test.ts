import {
  DeleteObjectsCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createS3 } from '../../../../rehearsal/services/s3';
import { type RunningWorld, runningWorld } from '../../../support/rehearsal/running-world';

let running: RunningWorld;
beforeAll(async () => {
  running = await runningWorld((world) => [createS3(world)]);
  const request = { stackName: 's', stackId: 's', logicalId: 'B', signal: new AbortController().signal };
  const Tags = [{ Key: 'aws-cdk:auto-delete-objects', Value: 'true' }];
  for (const BucketName of ['b', 'other']) {
    await running.world
      .service('s3')!
      .resourceTypes!['AWS::S3::Bucket']!.create({ ...request, properties: { BucketName, Tags } });
  }
});
afterAll(() => running.stop());

const as = (...role: Parameters<RunningWorld['role']>) =>
  new S3Client({ ...running.client(running.role(...role)), forcePathStyle: true });

test('auto-deletion: tags, versions page by page, and the deletion of many objects', async () => {
  const s3 = as('all', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
  const at = { Bucket: 'b' };
  expect((await s3.send(new GetBucketTaggingCommand(at))).TagSet).toEqual([
    { Key: 'aws-cdk:auto-delete-objects', Value: 'true' },
  ]);
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toMatchObject([{ Name: 'b' }, { Name: 'other' }]);
  for (const Key of ['a & b', 'c', 'd']) await s3.send(new PutObjectCommand({ ...at, Key, Body: Key }));
  const first = await s3.send(new ListObjectVersionsCommand({ ...at, MaxKeys: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, Versions: [{ Key: 'a & b', VersionId: 'null' }, { Key: 'c' }] });
  const rest = await s3.send(new ListObjectVersionsCommand({ ...at, KeyMarker: first.NextKeyMarker }));
  expect(rest).toMatchObject({ IsTruncated: false, Versions: [{ Key: 'd' }] });
  const Objects = [{ Key: 'a & b' }, { Key: 'd', VersionId: 'null' }];
  const { Deleted } = await s3.send(new DeleteObjectsCommand({ ...at, Delete: { Objects } }));
  expect(Deleted).toMatchObject([{ Key: 'a & b' }, { Key: 'd' }]);
  expect((await s3.send(new ListObjectVersionsCommand(at))).Versions).toMatchObject([{ Key: 'c' }]);
});

test('notifications come back as they were put: every kind of target, filters, several events', async () => {
  const s3 = as('notifier', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
  const Bucket = 'b';
  const arnOf = (service: string) => `arn:aws:${service}:us-east-1:111111111111:x`;
  const FilterRules = [
    { Name: 'prefix' as const, Value: 'in & out/' },
    { Name: 'suffix' as const, Value: '.jpg' },
  ];
  const NotificationConfiguration = {
    LambdaFunctionConfigurations: [
      {
        Id: 'one',
        LambdaFunctionArn: arnOf('lambda'),
        Events: ['s3:ObjectCreated:*' as const, 's3:ObjectRemoved:*' as const],
        Filter: { Key: { FilterRules } },
      },
    ],
    TopicConfigurations: [{ Id: 'two', TopicArn: arnOf('sns'), Events: ['s3:ObjectCreated:Put' as const] }],
    QueueConfigurations: [
      { Id: 'three', QueueArn: arnOf('sqs'), Events: ['s3:ObjectCreated:Copy' as const] },
      { Id: 'four', QueueArn: arnOf('sqs'), Events: ['s3:ObjectRemoved:Delete' as const] },
    ],
    EventBridgeConfiguration: {},
  };
  const read = () => s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  expect(await read()).toMatchObject(NotificationConfiguration);
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }));
  expect((await read()).LambdaFunctionConfigurations).toBeUndefined();
});

test('a bucket policy allows a role that has no policy of its own, and denies one that has', async () => {
  const owner = as('owner', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
  const stranger = as('stranger');
  const put = (client: S3Client) => client.send(new PutObjectCommand({ Bucket: 'other', Key: 'k', Body: 'x' }));
  await expect(put(stranger)).rejects.toThrow('no identity-based policy allows the s3:PutObject action');
  const statement = { Action: 's3:PutObject', Resource: 'arn:aws:s3:::other/*' };
  const Policy = JSON.stringify({
    Statement: [
      { ...statement, Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111111111111:role/stranger' } },
      { ...statement, Effect: 'Deny', Principal: { AWS: 'arn:aws:iam::111111111111:role/owner' } },
    ],
  });
  await owner.send(new PutBucketPolicyCommand({ Bucket: 'other', Policy }));
  expect((await owner.send(new GetBucketPolicyCommand({ Bucket: 'other' }))).Policy).toBe(Policy);
  await put(stranger);
  await expect(put(owner)).rejects.toThrow('explicit deny in a resource-based policy');
});
