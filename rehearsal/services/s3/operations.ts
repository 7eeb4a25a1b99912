import { AwsError, type Operations, type World } from '../../core/service';
import { arnsOf, bucketOf, bucketSettings } from './bucket-settings';
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

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export function s3Operations(world: Pick<World, 'ids' | 'region'>, state: S3State): Operations {
  const arns = arnsOf(world);
  const operations = {
    ...bucketOperations(state, arns),
    ...listOperations(state, arns),
    ...objectOperations(state, arns),
    ...multipartOperations(world, state, arns),
    ...bucketSettings(world, state),
  };
  const resourcePolicy = ({ Bucket }: Partial<InBucket>) => state.buckets.get(Bucket ?? '')?.policy;
  const decided = Object.entries(operations).map(([name, operation]) => [name, { resourcePolicy, ...operation }]);
  return Object.fromEntries(decided) as Operations;
}

type Arns = ReturnType<typeof arnsOf>;

function bucketOperations(state: S3State, { bucketArn }: Arns): Operations {
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
      handle: (input: InBucket) => ({ BucketRegion: bucketOf(state, input).region }),
    },
    // us-east-1 has no constraint: API_GetBucketLocation.
    GetBucketLocation: {
      resources: bucketArn,
      handle: (input: InBucket) => {
        const { region } = bucketOf(state, input);
        return region === 'us-east-1' ? {} : { LocationConstraint: region };
      },
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
  };
}

function listOperations(state: S3State, { bucketArn }: Arns): Operations {
  return {
    ListObjectsV2: {
      action: 's3:ListBucket',
      resources: bucketArn,
      ownPages: true,
      handle: (input: ListInput) => list(bucketOf(state, input), input),
    },
    ListObjects: {
      action: 's3:ListBucket',
      resources: bucketArn,
      ownPages: true,
      handle: ({ Marker = '', ...input }: ListInput & { Marker?: string }) => {
        const page = list(bucketOf(state, input), { ...input, StartAfter: Marker });
        const own = { Marker, NextMarker: page.NextContinuationToken };
        return { ...page, ...own, KeyCount: undefined, NextContinuationToken: undefined };
      },
    },
    // Versioning is not modelled: each object has one version, whose id is null.
    ListObjectVersions: {
      action: 's3:ListBucketVersions',
      resources: bucketArn,
      ownPages: true,
      handle: (input: ListInput & { KeyMarker?: string }) => listVersions(bucketOf(state, input), input),
    },
  };
}

interface DeleteInput extends InBucket {
  readonly Delete: { readonly Objects: readonly { readonly Key: string }[]; readonly Quiet?: boolean };
}

interface ListInput extends InBucket {
  readonly Prefix?: string;
  /** Keys that have it behind the prefix are listed as one: the prefix up to it. */
  readonly Delimiter?: string;
  readonly MaxKeys?: number;
  readonly ContinuationToken?: string;
  readonly StartAfter?: string;
}

function list(bucket: Bucket, input: ListInput) {
  const { Prefix = '', Delimiter, MaxKeys = 1000, ContinuationToken, StartAfter = '' } = input;
  const after = ContinuationToken ?? StartAfter;
  const entryOf = (key: string) => {
    const at = Delimiter ? key.indexOf(Delimiter, Prefix.length) : -1;
    return at < 0 ? key : key.slice(0, at + (Delimiter ?? '').length);
  };
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(Prefix));
  const entries = [...new Set(keys.map(entryOf))].filter((entry) => entry > after).sort();
  const page = entries.slice(0, MaxKeys);
  const isTruncated = entries.length > page.length;
  const objects = page.map((key) => bucket.objects.get(key)).filter((object) => object !== undefined);
  const commonPrefixes = Delimiter ? page.filter((entry) => entry.endsWith(Delimiter) && entry !== Prefix) : [];
  return {
    Name: bucket.name,
    Prefix,
    ...(Delimiter && { Delimiter }),
    MaxKeys,
    KeyCount: page.length,
    IsTruncated: isTruncated,
    ...(isTruncated && { NextContinuationToken: page.at(-1) }),
    Contents: objects.filter(({ key }) => !commonPrefixes.includes(key)).map(summary),
    CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: prefix })),
  };
}

function listVersions(bucket: Bucket, { Prefix, MaxKeys, KeyMarker }: ListInput & { KeyMarker?: string }) {
  const page = list(bucket, { Bucket: bucket.name, Prefix, MaxKeys, ContinuationToken: KeyMarker });
  return {
    Name: bucket.name,
    Prefix: page.Prefix,
    MaxKeys: page.MaxKeys,
    IsTruncated: page.IsTruncated,
    ...(page.IsTruncated && { NextKeyMarker: page.NextContinuationToken, NextVersionIdMarker: 'null' }),
    Versions: page.Contents.map((object) => ({ ...object, VersionId: 'null', IsLatest: true })),
  };
}

const summary = (object: StoredObject) => ({
  Key: object.key,
  LastModified: new Date(object.modifiedAtMs),
  ETag: object.etag,
  Size: object.size,
  StorageClass: 'STANDARD',
});

interface RangedKey extends AtKey {
  readonly Range?: string;
}

function head(state: S3State, input: RangedKey) {
  const object = bucketOf(state, input).objects.get(input.Key);
  if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  const { size, etag, contentType, modifiedAtMs } = object;
  const range = rangeOf(input.Range, size);
  return {
    ContentLength: range ? range.to - range.from + 1 : size,
    ...(range && { ContentRange: `bytes ${range.from}-${range.to}/${size}` }),
    ETag: etag,
    ContentType: contentType,
    LastModified: new Date(modifiedAtMs),
  };
}

function read(state: S3State, input: RangedKey) {
  const described = head(state, input);
  const content = state.read(input.Bucket, input.Key);
  const range = rangeOf(input.Range, content?.length ?? 0);
  return { ...described, Body: range ? content?.subarray(range.from, range.to + 1) : content };
}

function objectOperations(state: S3State, { objectArn }: Arns): Operations {
  return {
    HeadObject: { action: 's3:GetObject', resources: objectArn, handle: (input: RangedKey) => head(state, input) },
    GetObject: { resources: objectArn, handle: (input: RangedKey) => read(state, input) },
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
    DeleteObjects: {
      action: 's3:DeleteObject',
      resources: ({ Bucket, Delete }: DeleteInput) => Delete.Objects.flatMap(({ Key }) => objectArn({ Bucket, Key })),
      handle: (input: DeleteInput) => {
        const bucket = bucketOf(state, input);
        const { Objects, Quiet } = input.Delete;
        for (const { Key } of Objects) state.remove(bucket, Key);
        return { Deleted: Quiet ? [] : Objects.map(({ Key }) => ({ Key })) };
      },
    },
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
function multipartOperations(world: Pick<World, 'ids'>, state: S3State, { objectArn }: Arns): Operations {
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

interface ByteRange {
  /** The first and the last byte. */
  readonly from: number;
  readonly to: number;
}

/**
 * One range of bytes: S3 takes no more, and gives the whole object where the header is none.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, https://www.rfc-editor.org/rfc/rfc9110#name-range
 * @throws AwsError InvalidRange, 416
 */
function rangeOf(header: string | undefined, length: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  if (first !== '' && last !== '' && Number(last) < from) return undefined;
  if (from > to) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { from, to };
}
