import { AwsError, type Operations, type World } from '../service';
import type { Bucket, S3State, StoredObject, Upload } from './state';

interface InBucket {
  readonly Bucket: string;
}
interface AtKey extends InBucket {
  readonly Key: string;
}
interface InUpload extends AtKey {
  readonly UploadId: string;
}

const bucketArn = ({ Bucket }: InBucket) => [`arn:aws:s3:::${Bucket}`];
const objectArn = ({ Bucket, Key }: AtKey) => [`arn:aws:s3:::${Bucket}/${Key}`];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export function s3Operations(world: Pick<World, 'region' | 'ids'>, state: S3State): Operations {
  return { ...bucketOperations(world, state), ...objectOperations(state), ...multipartOperations(world, state) };
}

function bucketOf(state: S3State, { Bucket }: InBucket): Bucket {
  const bucket = state.buckets.get(Bucket);
  if (!bucket) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  return bucket;
}

function bucketOperations(world: Pick<World, 'region'>, state: S3State): Operations {
  return {
    ListBuckets: {
      action: 's3:ListAllMyBuckets',
      handle: () => ({
        Buckets: [...state.buckets.values()].map(({ name, createdAtMs }) => ({
          Name: name,
          CreationDate: new Date(createdAtMs),
        })),
      }),
    },
    HeadBucket: {
      action: 's3:ListBucket',
      resources: bucketArn,
      handle: (input: InBucket) => ({ BucketRegion: bucketOf(state, input) && world.region }),
    },
    // The us-east-1 answer is an empty constraint: API_GetBucketLocation.
    GetBucketLocation: {
      resources: bucketArn,
      handle: (input: InBucket) => ({
        LocationConstraint: bucketOf(state, input) && world.region === 'us-east-1' ? '' : world.region,
      }),
    },
    GetBucketEncryption: {
      action: 's3:GetEncryptionConfiguration',
      resources: bucketArn,
      handle: (input: InBucket) => {
        bucketOf(state, input);
        const Rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false };
        return { ServerSideEncryptionConfiguration: { Rules: [Rule] } };
      },
    },
    ListObjectsV2: {
      action: 's3:ListBucket',
      resources: bucketArn,
      handle: (input: ListInput) => list(bucketOf(state, input), input),
    },
  };
}

interface ListInput extends InBucket {
  readonly Prefix?: string;
  readonly MaxKeys?: number;
  readonly ContinuationToken?: string;
  readonly StartAfter?: string;
}

function list(bucket: Bucket, { Prefix = '', MaxKeys = 1000, ContinuationToken, StartAfter = '' }: ListInput) {
  const after = ContinuationToken ?? StartAfter;
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(Prefix) && key > after).sort();
  const page = keys.slice(0, MaxKeys);
  const isTruncated = keys.length > page.length;
  return {
    Name: bucket.name,
    Prefix,
    MaxKeys,
    KeyCount: page.length,
    IsTruncated: isTruncated,
    ...(isTruncated && { NextContinuationToken: page.at(-1) }),
    Contents: page
      .map((key) => bucket.objects.get(key))
      .filter((object) => object !== undefined)
      .map(summary),
  };
}

const summary = (object: StoredObject) => ({
  Key: object.key,
  LastModified: new Date(object.modifiedAtMs),
  ETag: object.etag,
  Size: object.size,
  StorageClass: 'STANDARD',
});

function objectOperations(state: S3State): Operations {
  const head = (input: AtKey) => {
    const object = bucketOf(state, input).objects.get(input.Key);
    if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
    const { size, etag, contentType, modifiedAtMs } = object;
    return { ContentLength: size, ETag: etag, ContentType: contentType, LastModified: new Date(modifiedAtMs) };
  };
  return {
    HeadObject: { action: 's3:GetObject', resources: objectArn, handle: head },
    GetObject: {
      resources: objectArn,
      handle: (input: AtKey) => ({ ...head(input), Body: state.read(input.Bucket, input.Key) }),
    },
    PutObject: {
      resources: objectArn,
      handle: (input: AtKey & { Body?: Buffer | string; ContentType?: string }) => {
        const body = Buffer.from(input.Body ?? '');
        return { ETag: state.put(bucketOf(state, input), input.Key, body, input.ContentType).etag };
      },
    },
    DeleteObject: {
      resources: objectArn,
      handle: (input: AtKey) => {
        state.remove(bucketOf(state, input), input.Key);
        return {};
      },
    },
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
function multipartOperations(world: Pick<World, 'ids'>, state: S3State): Operations {
  const uploadOf = ({ UploadId }: InUpload): Upload => {
    const upload = state.uploads.get(UploadId);
    if (!upload) throw new AwsError('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
    return upload;
  };
  return {
    CreateMultipartUpload: {
      action: 's3:PutObject',
      resources: objectArn,
      handle: (input: AtKey & { ContentType?: string }) => {
        const UploadId = world.ids.hex(64);
        const { name } = bucketOf(state, input);
        const contentType = input.ContentType ?? 'application/octet-stream';
        state.uploads.set(UploadId, { bucket: name, key: input.Key, contentType, parts: new Map() });
        return { Bucket: input.Bucket, Key: input.Key, UploadId };
      },
    },
    UploadPart: {
      action: 's3:PutObject',
      resources: objectArn,
      handle: (input: InUpload & { PartNumber: number; Body: Buffer }) => {
        uploadOf(input).parts.set(input.PartNumber, input.Body);
        return { ETag: `"part-${input.PartNumber}"` };
      },
    },
    CompleteMultipartUpload: {
      action: 's3:PutObject',
      resources: objectArn,
      handle: (input: InUpload) => {
        const { parts, contentType } = uploadOf(input);
        const body = Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part));
        const { etag } = state.put(bucketOf(state, input), input.Key, body, contentType);
        state.uploads.delete(input.UploadId);
        return { Bucket: input.Bucket, Key: input.Key, ETag: etag };
      },
    },
    AbortMultipartUpload: {
      resources: objectArn,
      handle: (input: InUpload) => {
        uploadOf(input);
        state.uploads.delete(input.UploadId);
        return {};
      },
    },
  };
}
