import { createHash } from 'node:crypto';
import { AwsError, type Call, type Operation, type Operations, type World } from '../../core/service';
import { arnsOf, bucketOf } from './bucket-settings';
import { type Conditions, checkCopySource, checkRead, checkWrite } from './conditions';
import type { Description, S3State, StoredObject, Tag } from './state';

export interface AtKey {
  readonly Bucket: string;
  readonly Key: string;
  /** Versioning is not modelled: each object has one version, whose id is null. */
  readonly VersionId?: string;
}

type ReadInput = AtKey & Conditions & { readonly Range?: string };

export type PutInput = AtKey &
  Conditions &
  Description & {
    readonly Body?: Buffer | string;
    readonly ContentMD5?: string;
    /** As a query: `a=1&b=2`. */
    readonly Tagging?: string;
  };

export interface CopySource {
  /** `bucket/key`, encoded as in a URL. */
  readonly CopySource: string;
  readonly CopySourceIfMatch?: string;
  readonly CopySourceIfNoneMatch?: string;
  readonly CopySourceIfModifiedSince?: string;
  readonly CopySourceIfUnmodifiedSince?: string;
}

type CopyInput = PutInput & CopySource & { readonly MetadataDirective?: string; readonly TaggingDirective?: string };

interface DeleteInput {
  readonly Bucket: string;
  readonly Delete: {
    readonly Objects?: readonly { readonly Key: string; readonly VersionId?: string }[];
    readonly Quiet?: boolean;
  };
}

type ObjectWorld = Pick<World, 'region' | 'call'>;

export function objectOperations(world: ObjectWorld, state: S3State): Operations {
  const { objectArn } = arnsOf(world);
  return {
    HeadObject: { action: 's3:GetObject', resources: objectArn, handle: (input: ReadInput) => head(state, input) },
    GetObject: { resources: objectArn, handle: (input: ReadInput) => read(state, input) },
    PutObject: { resources: objectArn, handle: (input: PutInput) => put(state, input) },
    CopyObject: {
      action: 's3:PutObject',
      resources: objectArn,
      handle: (input: CopyInput, call) => copy(world, state, input, call),
    } satisfies Operation<CopyInput>,
    DeleteObject: {
      resources: objectArn,
      handle: (input: AtKey) => {
        const bucket = bucketOf(state, input);
        if (isCurrent(input.VersionId)) state.remove(bucket, input.Key);
        return {};
      },
    },
    DeleteObjects: {
      action: 's3:DeleteObject',
      resources: ({ Bucket, Delete: { Objects = [] } }: DeleteInput) =>
        Objects.flatMap(({ Key }) => objectArn({ Bucket, Key })),
      handle: (input: DeleteInput) => {
        const bucket = bucketOf(state, input);
        const { Objects = [], Quiet } = input.Delete;
        for (const { Key, VersionId } of Objects) if (isCurrent(VersionId)) state.remove(bucket, Key);
        return { Deleted: Quiet ? [] : Objects };
      },
    },
  };
}

const isCurrent = (version: string | undefined) => version === undefined || version === 'null';

/** @throws AwsError NoSuchKey, NoSuchVersion */
export function objectOf(state: S3State, input: AtKey): StoredObject {
  const object = bucketOf(state, input).objects.get(input.Key);
  if (!isCurrent(input.VersionId)) throw new AwsError('NoSuchVersion', 'The specified version does not exist.', 404);
  if (!object) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  return object;
}

function head(state: S3State, input: ReadInput) {
  const object = objectOf(state, input);
  checkRead(object, input);
  const { size, etag, modifiedAtMs, tags } = object;
  const range = rangeOf(input.Range, size);
  return {
    ...object.described,
    AcceptRanges: 'bytes',
    ContentLength: range ? range.to - range.from + 1 : size,
    ...(range && { ContentRange: `bytes ${range.from}-${range.to}/${size}` }),
    ETag: etag,
    LastModified: new Date(modifiedAtMs),
    ServerSideEncryption: 'AES256',
    ...(tags.length > 0 && { TagCount: tags.length }),
  };
}

function read(state: S3State, input: ReadInput) {
  const described = head(state, input);
  const content = state.read(input.Bucket, input.Key);
  const range = rangeOf(input.Range, content?.length ?? 0);
  return { ...described, Body: range ? content?.subarray(range.from, range.to + 1) : content };
}

function put(state: S3State, input: PutInput) {
  const body = Buffer.from(input.Body ?? '');
  const bucket = bucketOf(state, input);
  checkWrite(bucket.objects.get(input.Key), input);
  checkDigest(body, input.ContentMD5);
  const stored = state.put(bucket, input.Key, body, { described: describedBy(input), tags: tagsOf(input.Tagging) });
  return { ETag: stored.etag, ServerSideEncryption: 'AES256' };
}

/** @throws AwsError BadDigest, InvalidDigest */
export function checkDigest(body: Buffer, expected: string | undefined): void {
  if (expected === undefined) return;
  if (!/^[A-Za-z0-9+/]{22}==$/.test(expected)) {
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  if (createHash('md5').update(body).digest('base64') === expected) return;
  throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
}

export function describedBy(input: Description): Description {
  const { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, Expires, Metadata } = input;
  const system = { ContentType, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, Expires };
  return { ...(JSON.parse(JSON.stringify(system)) as Description), ...(Metadata && { Metadata }) };
}

export function tagsOf(text: string | undefined): readonly Tag[] {
  return [...new URLSearchParams(text)].map(([Key, Value]) => ({ Key, Value }));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
async function copy(world: ObjectWorld, state: S3State, input: CopyInput, call: Call) {
  const bucket = bucketOf(state, input);
  const { source, body } = await sourceOf(world, state, input, call);
  const isOwn = source.key === input.Key && bucket.objects.get(input.Key) === source;
  const replaces = input.MetadataDirective === 'REPLACE';
  if (isOwn && !replaces) {
    const message =
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
      'metadata, storage class, website redirect location or encryption attributes.';
    throw new AwsError('InvalidRequest', message);
  }
  checkWrite(bucket.objects.get(input.Key), input);
  const described = replaces ? describedBy(input) : source.described;
  const tags = input.TaggingDirective === 'REPLACE' ? tagsOf(input.Tagging) : source.tags;
  const stored = state.put(bucket, input.Key, body, { described, tags });
  return { CopyObjectResult: { ETag: stored.etag, LastModified: new Date(stored.modifiedAtMs) } };
}

/**
 * What a copy reads, with the caller's permission to read it.
 * @throws AwsError InvalidArgument, NoSuchBucket, NoSuchKey, AccessDenied, PreconditionFailed
 */
export async function sourceOf(world: ObjectWorld, state: S3State, input: CopySource, call: Call) {
  const [path = '', query] = input.CopySource.split('?');
  const [, Bucket, Key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path)) ?? [];
  if (Bucket === undefined || Key === undefined) {
    throw new AwsError('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  const at = { Bucket, Key, VersionId: new URLSearchParams(query).get('versionId') ?? undefined };
  await world.call(call.principal, 's3', 'HeadObject', at);
  const source = objectOf(state, at);
  checkCopySource(source, {
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  });
  return { source, body: state.read(Bucket, Key) ?? Buffer.alloc(0) };
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
export function rangeOf(header: string | undefined, length: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  if (first !== '' && last !== '' && Number(last) < from) return undefined;
  if (from > to) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { from, to };
}
