/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
import { createHash } from 'node:crypto';
import { AwsError, type Operation, type Operations, type World } from '../../core/service';
import { arnsOf, bucketOf } from './bucket-settings';
import { type Conditions, checkWrite } from './conditions';
import { ownerOf } from './listing';
import {
  type AtKey,
  checkDigest,
  type CopySource,
  describedBy,
  type PutInput,
  rangeOf,
  sourceOf,
  tagsOf,
} from './objects';
import { etagOf, type Part, type S3State, type Upload } from './state';

type MultipartWorld = Pick<World, 'ids' | 'region' | 'call'>;

interface InUpload extends AtKey {
  readonly UploadId: string;
}

type UploadPart = InUpload & { readonly PartNumber: number; readonly Body: Buffer; readonly ContentMD5?: string };
type UploadPartCopy = InUpload & CopySource & { readonly PartNumber: number; readonly CopySourceRange?: string };
type Complete = InUpload &
  Conditions & {
    readonly MultipartUpload?: { readonly Parts?: readonly { readonly PartNumber: number; readonly ETag: string }[] };
  };

/** Bytes; every part but the last has at least so many. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const PART_BYTES_MIN = 5 * 1024 * 1024;
const PART_NUMBER_MAX = 10_000;

export function multipartOperations(world: MultipartWorld, state: S3State): Operations {
  const { bucketArn, objectArn } = arnsOf(world);
  const write = { action: 's3:PutObject', resources: objectArn };
  return {
    CreateMultipartUpload: { ...write, handle: (input: PutInput) => create(world, state, input) },
    UploadPart: {
      ...write,
      handle: (input: UploadPart) => {
        checkDigest(input.Body, input.ContentMD5);
        return { ETag: addPart(state, input, input.Body).etag };
      },
    },
    UploadPartCopy: {
      ...write,
      handle: async (input: UploadPartCopy, call) => {
        uploadOf(state, input);
        const { body } = await sourceOf(world, state, input, call);
        const range = rangeOf(input.CopySourceRange, body.length);
        const part = addPart(state, input, range ? body.subarray(range.from, range.to + 1) : body);
        return { CopyPartResult: { ETag: part.etag, LastModified: new Date(part.modifiedAtMs) } };
      },
    } satisfies Operation<UploadPartCopy>,
    CompleteMultipartUpload: { ...write, handle: (input: Complete) => complete(state, input) },
    AbortMultipartUpload: {
      resources: objectArn,
      handle: (input: InUpload) => {
        uploadOf(state, input);
        state.uploads.delete(input.UploadId);
        return {};
      },
    },
    ListParts: {
      action: 's3:ListMultipartUploadParts',
      resources: objectArn,
      ownPages: true,
      handle: (input: InUpload & Page) => listParts(state, input),
    },
    ListMultipartUploads: {
      action: 's3:ListBucketMultipartUploads',
      resources: bucketArn,
      ownPages: true,
      handle: (input: { readonly Bucket: string; readonly Prefix?: string }) => listUploads(state, input),
    },
  };
}

function create(world: MultipartWorld, state: S3State, input: PutInput) {
  const UploadId = world.ids.hex(64);
  const { name } = bucketOf(state, input);
  const common = { bucket: name, key: input.Key, createdAtMs: state.nowMs(), parts: new Map<number, Part>() };
  state.uploads.set(UploadId, { ...common, described: describedBy(input), tags: tagsOf(input.Tagging) });
  return { Bucket: input.Bucket, Key: input.Key, UploadId };
}

/** @throws AwsError NoSuchUpload, also for an upload of another key */
function uploadOf(state: S3State, { Bucket, Key, UploadId }: InUpload): Upload {
  const upload = state.uploads.get(UploadId);
  if (upload?.bucket === Bucket && upload.key === Key) return upload;
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  throw new AwsError('NoSuchUpload', message, 404);
}

function addPart(state: S3State, input: InUpload & { readonly PartNumber: number }, body: Buffer): Part {
  const { PartNumber } = input;
  if (!(Number.isInteger(PartNumber) && PartNumber >= 1 && PartNumber <= PART_NUMBER_MAX)) {
    throw new AwsError('InvalidArgument', `Part number must be an integer between 1 and ${PART_NUMBER_MAX}, inclusive`);
  }
  const part = { body, etag: etagOf(body), modifiedAtMs: state.nowMs() };
  uploadOf(state, input).parts.set(PartNumber, part);
  return part;
}

/** The entity tag is the digest of the parts' digests, with their number. */
function complete(state: S3State, input: Complete) {
  const upload = uploadOf(state, input);
  const bucket = bucketOf(state, input);
  checkWrite(bucket.objects.get(input.Key), input);
  const parts = requestedParts(upload, input);
  const digests = parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex'));
  const etag = `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${parts.length}"`;
  const { described, tags } = upload;
  state.put(bucket, input.Key, Buffer.concat(parts.map(({ body }) => body)), { described, tags, etag });
  state.uploads.delete(input.UploadId);
  return { Location: `/${input.Bucket}/${input.Key}`, Bucket: input.Bucket, Key: input.Key, ETag: etag };
}

/** @throws AwsError MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall */
function requestedParts(upload: Upload, { MultipartUpload }: Complete): readonly Part[] {
  const requested = MultipartUpload?.Parts ?? [];
  if (requested.length === 0) throw new AwsError('MalformedXML', 'The XML you provided was not well-formed');
  const numbers = requested.map(({ PartNumber }) => Number(PartNumber));
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  return requested.map(({ PartNumber, ETag }, index) => {
    const part = upload.parts.get(Number(PartNumber));
    if (!part || part.etag.replaceAll('"', '') !== ETag.replaceAll('"', '')) {
      const message = 'One or more of the specified parts could not be found or its entity tag did not match.';
      throw new AwsError('InvalidPart', message);
    }
    if (index < requested.length - 1 && part.body.length < PART_BYTES_MIN) {
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    }
    return part;
  });
}

interface Page {
  readonly MaxParts?: number;
  readonly PartNumberMarker?: string;
}

function listParts(state: S3State, input: InUpload & Page) {
  const { Bucket, Key, UploadId, MaxParts = 1000, PartNumberMarker = '0' } = input;
  const later = [...uploadOf(state, input).parts].filter(([number]) => number > Number(PartNumberMarker));
  const page = later.sort(([a], [b]) => a - b).slice(0, MaxParts);
  return {
    Bucket,
    Key,
    UploadId,
    PartNumberMarker: Number(PartNumberMarker),
    NextPartNumberMarker: page.at(-1)?.[0] ?? 0,
    MaxParts,
    IsTruncated: later.length > page.length,
    Parts: page.map(([PartNumber, { body, etag, modifiedAtMs }]) => ({
      PartNumber,
      LastModified: new Date(modifiedAtMs),
      ETag: etag,
      Size: body.length,
    })),
    StorageClass: 'STANDARD',
  };
}

function listUploads(state: S3State, input: { readonly Bucket: string; readonly Prefix?: string }) {
  const bucket = bucketOf(state, input);
  const { Prefix = '' } = input;
  const own = [...state.uploads].filter(([, { bucket: name, key }]) => name === bucket.name && key.startsWith(Prefix));
  return {
    Bucket: bucket.name,
    KeyMarker: '',
    UploadIdMarker: '',
    Prefix,
    MaxUploads: 1000,
    IsTruncated: false,
    Uploads: own.map(([UploadId, { key, createdAtMs }]) => ({
      UploadId,
      Key: key,
      Initiated: new Date(createdAtMs),
      StorageClass: 'STANDARD',
      Owner: ownerOf(bucket),
      Initiator: ownerOf(bucket),
    })),
  };
}
