import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Credentials } from '../../../../rehearsal/core/service';
import { createS3, type S3Service } from '../../../../rehearsal/services/s3';
import { type RunningWorld, runningWorld } from '../../../support/rehearsal/running-world';
import { signedFetch } from '../../../support/rehearsal/signed';

let running: RunningWorld;
let keys: Credentials;
let s3: S3Client;
const at = { Bucket: 'things', Key: 'folder/a b' };

beforeAll(async () => {
  running = await runningWorld((world) => [createS3(world)]);
  keys = running.role('all', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
  s3 = clientOf(keys);
  await s3.send(new CreateBucketCommand({ Bucket: at.Bucket }));
});
afterAll(async () => {
  s3.destroy();
  await running.stop();
});

const clientOf = (credentials: Credentials) => new S3Client({ ...running.client(credentials), forcePathStyle: true });
const contentOf = async (key = at.Key) =>
  (await s3.send(new GetObjectCommand({ ...at, Key: key }))).Body?.transformToString();
const put = (Key: string, Body: string | Buffer) => s3.send(new PutObjectCommand({ ...at, Key, Body }));
const raw = (path: string, method: string, headers: Record<string, string> = {}) =>
  signedFetch(`${running.world.endpoint}${path}`, keys, {
    method,
    headers,
    body: /GET|HEAD/.test(method) ? undefined : '',
  });

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
const OF_OBJECTS = [
  'acl',
  'attributes',
  'legal-hold',
  'retention',
  'torrent',
  'restore',
  'select',
  'renameObject',
  'encryption',
];
const OF_BUCKETS = [
  ...['abac', 'accelerate', 'acl', 'analytics', 'cors', 'intelligent-tiering', 'inventory', 'lifecycle', 'logging'],
  ...['metadataConfiguration', 'metadataTable', 'metrics', 'object-lock', 'ownershipControls', 'policyStatus'],
  ...['publicAccessBlock', 'replication', 'requestPayment', 'session', 'website', 'anything-new'],
];

describe('a sub-resource is never taken for the thing itself', () => {
  test.each(OF_OBJECTS)('%s of an object is NotImplemented, and the object stays as it is', async (name) => {
    await put('kept', 'content');
    for (const method of ['GET', 'PUT', 'POST', 'DELETE']) {
      const response = await raw(`/things/kept?${name}`, method);
      expect([method, response.status, await response.text()]).toEqual([
        method,
        501,
        expect.stringContaining('<Code>NotImplemented</Code>'),
      ]);
    }
    expect(await contentOf('kept')).toBe('content');
  });

  test.each(OF_BUCKETS)('%s of a bucket is NotImplemented, and the bucket stays', async (name) => {
    for (const method of ['GET', 'PUT', 'POST', 'DELETE']) {
      expect([method, (await raw(`/things?${name}`, method)).status]).toEqual([method, 501]);
    }
    expect((await raw('/things', 'HEAD')).status).toBe(200);
  });

  test('what would be stored otherwise than requested is refused: locks, grants, keys of the client, ACLs', async () => {
    const codes = [];
    for (const header of ['x-amz-object-lock-mode', 'x-amz-grant-read', 'x-amz-server-side-encryption-customer-key']) {
      codes.push((await raw('/things/none', 'PUT', { [header]: 'x' })).status);
    }
    const acl = await raw('/things/none', 'PUT', { 'x-amz-acl': 'public-read' });
    expect([codes, acl.status, await acl.text()]).toEqual([
      [501, 501, 501],
      400,
      expect.stringContaining('<Code>AccessControlListNotSupported</Code>'),
    ]);
    expect((await raw('/things/none', 'HEAD')).status).toBe(404);
  });
});

test('tags of an object are put and read; its content stays', async () => {
  await s3.send(new PutObjectCommand({ ...at, Body: 'content', Tagging: 'a=1&b=x%20y' }));
  const tags = async () => (await s3.send(new GetObjectTaggingCommand(at))).TagSet;
  expect(await tags()).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: 'x y' },
  ]);
  await s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [{ Key: 'c', Value: '3' }] } }));
  expect([await tags(), await contentOf()]).toEqual([[{ Key: 'c', Value: '3' }], 'content']);
});

test('metadata and headers of an object come back with it; a response can override them', async () => {
  const described = { ContentType: 'text/x', CacheControl: 'max-age=5', Metadata: { own: 'v' } };
  await s3.send(new PutObjectCommand({ ...at, Body: 'x', ...described }));
  expect(await s3.send(new HeadObjectCommand(at))).toMatchObject(described);
  const { ContentType } = await s3.send(new GetObjectCommand({ ...at, ResponseContentType: 'text/y' }));
  expect(ContentType).toBe('text/y');
});

test('a copy has the content, the metadata and the tags of its source, and needs permission to read it', async () => {
  await s3.send(new PutObjectCommand({ ...at, Body: 'source', Metadata: { m: '1' }, Tagging: 't=1' }));
  const copy = { Bucket: at.Bucket, Key: 'copy', CopySource: 'things/folder/a%20b' };
  const { CopyObjectResult } = await s3.send(new CopyObjectCommand(copy));
  expect(CopyObjectResult?.ETag).toMatch(/^"[0-9a-f]{32}"$/);
  expect(await contentOf('copy')).toBe('source');
  expect((await s3.send(new HeadObjectCommand({ ...at, Key: 'copy' }))).Metadata).toEqual({ m: '1' });
  await expect(s3.send(new CopyObjectCommand({ ...at, CopySource: 'things/folder/a%20b' }))).rejects.toThrow('itself');
  await expect(s3.send(new CopyObjectCommand({ ...copy, CopySource: 'things/none' }))).rejects.toThrow(
    'does not exist',
  );
  const writer = clientOf(running.role('writer', { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' }));
  await expect(writer.send(new CopyObjectCommand(copy))).rejects.toThrow('s3:GetObject on resource');
  writer.destroy();
});

test('conditions: an object that changed, one that did not, one that exists already', async () => {
  const { ETag = '' } = await put('c', 'x');
  const get = (more: object) => s3.send(new GetObjectCommand({ ...at, Key: 'c', ...more }));
  await expect(get({ IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(get({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await expect(get({ IfModifiedSince: new Date(running.clock.now() + 5_000) })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await expect(get({ IfUnmodifiedSince: new Date(0) })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect((await get({ IfMatch: ETag, IfUnmodifiedSince: new Date(0) })).ETag).toBe(ETag);
  const write = (more: object) => s3.send(new PutObjectCommand({ ...at, Key: 'c', Body: 'y', ...more }));
  await expect(write({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(write({ IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await write({ IfMatch: ETag });
  expect(await contentOf('c')).toBe('y');
});

test('a version that no object has is NoSuchVersion; the version null is the object', async () => {
  await put('v', 'x');
  const get = (VersionId: string) => s3.send(new GetObjectCommand({ ...at, Key: 'v', VersionId }));
  await expect(get('other')).rejects.toMatchObject({ name: 'NoSuchVersion' });
  expect((await get('null')).ContentLength).toBe(1);
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket: at.Bucket }))).Status).toBeUndefined();
});

test('a multipart upload is checked part by part, listed, and has the entity tag of its parts', async () => {
  const Key = 'large';
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...at, Key, Metadata: { m: '2' } }));
  const upload = { ...at, Key, UploadId };
  const [first, last] = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('end')];
  await put('source', last);
  const one = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: first }));
  const copied = await s3.send(new UploadPartCopyCommand({ ...upload, PartNumber: 2, CopySource: 'things/source' }));
  const parts = [
    { PartNumber: 1, ETag: one.ETag },
    { PartNumber: 2, ETag: copied.CopyPartResult?.ETag },
  ];
  expect((await s3.send(new ListPartsCommand(upload))).Parts).toMatchObject([{ Size: first.length }, { Size: 3 }]);
  expect((await s3.send(new ListMultipartUploadsCommand(at))).Uploads).toMatchObject([{ Key, UploadId }]);
  const complete = (Parts: object[]) =>
    s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  await expect(complete([...parts].reverse())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([{ PartNumber: 1, ETag: '"none"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
  expect((await complete(parts)).ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  expect(await s3.send(new HeadObjectCommand({ ...at, Key }))).toMatchObject({
    ContentLength: first.length + 3,
    Metadata: { m: '2' },
  });
  await expect(complete(parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('lists: from a key in the middle of a folder, with keys that XML cannot hold, in the order of bytes', async () => {
  const Bucket = 'listed';
  await s3.send(new CreateBucketCommand({ Bucket }));
  const keysOf = ['d/1', 'd/2', 'e', 'z', '\ud83d\ude00', '\uff5e', 'line\u0001'];
  for (const Key of keysOf) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const list = (more: object) => s3.send(new ListObjectsV2Command({ Bucket, ...more }));
  const folders = await list({ Delimiter: '/', StartAfter: 'd/1' });
  expect(folders.CommonPrefixes).toEqual([{ Prefix: 'd/' }]);
  expect(folders.KeyCount).toBe(6);
  const text = await (await raw('/listed?list-type=2&encoding-type=url&prefix=line', 'GET')).text();
  expect(text).toContain('<EncodingType>url</EncodingType>');
  expect(text).toContain('<Key>line%01</Key>');
  const order = await list({ StartAfter: 'line\u0001' });
  expect(order.Contents?.map(({ Key }) => Key)).toEqual(['z', '\uff5e', '\ud83d\ude00']);
  await expect(list({ ContinuationToken: '#' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  expect(await list({ MaxKeys: 0 })).toMatchObject({ IsTruncated: false, KeyCount: 0 });
});

test('buckets: own ones by page, none twice, none deleted while it has objects', async () => {
  const service = running.world.service('s3') as S3Service;
  service.addBucket('zz-last');
  const first = await s3.send(new ListBucketsCommand({ MaxBuckets: 1 }));
  expect([first.Buckets?.length, first.Owner?.ID]).toEqual([1, expect.stringMatching(/^[0-9a-f]{64}$/)]);
  const rest = await s3.send(new ListBucketsCommand({ ContinuationToken: first.ContinuationToken }));
  expect(rest.Buckets?.map(({ Name }) => Name)).toContain('zz-last');
  expect((await s3.send(new ListBucketsCommand({ Prefix: 'none' }))).Buckets ?? []).toEqual([]);
  await expect(s3.send(new CreateBucketCommand({ Bucket: 'Not_A_Name' }))).rejects.toMatchObject({
    name: 'InvalidBucketName',
  });
  await expect(s3.send(new DeleteBucketCommand({ Bucket: at.Bucket }))).rejects.toMatchObject({
    name: 'BucketNotEmpty',
  });
  await s3.send(new DeleteBucketCommand({ Bucket: 'zz-last' }));
  expect(service.hasBucket('zz-last')).toBe(false);
});

test('a bucket of another account than the client expects is denied, a damaged body refused', async () => {
  const expected = { ...at, ExpectedBucketOwner: '999999999999' };
  await expect(s3.send(new HeadObjectCommand(expected))).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  const damaged = await raw('/things/damaged', 'PUT', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' });
  expect(await damaged.text()).toContain('<Code>BadDigest</Code>');
});

test('a bucket policy that is no document is MalformedPolicy, and the bucket can be used as before', async () => {
  const policy = new PutBucketPolicyCommand({ Bucket: at.Bucket, Policy: 'none' });
  await expect(s3.send(policy)).rejects.toMatchObject({ name: 'MalformedPolicy' });
  await put('after', 'x');
  expect(await contentOf('after')).toBe('x');
});
