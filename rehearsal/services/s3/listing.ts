/** Lists of objects, page by page. Pure. */
import { AwsError } from '../../core/service';
import type { Bucket, StoredObject } from './state';

export interface ListInput {
  readonly Bucket: string;
  readonly Prefix?: string;
  /** Keys that have it behind the prefix are listed as one: the prefix up to it. */
  readonly Delimiter?: string;
  readonly MaxKeys?: number;
  readonly ContinuationToken?: string;
  readonly StartAfter?: string;
  readonly FetchOwner?: boolean;
  readonly EncodingType?: string;
}

const PAGE_MAX = 1000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listV2(bucket: Bucket, input: ListInput) {
  const { ContinuationToken, StartAfter, FetchOwner } = input;
  const afterEntry = ContinuationToken === undefined ? '' : keyOfToken(ContinuationToken);
  const page = pageOf(bucket, input, { afterEntry, afterKey: StartAfter ?? '' });
  const { next, ...listed } = page;
  return {
    ...listed,
    ...(ContinuationToken !== undefined && { ContinuationToken }),
    ...(StartAfter !== undefined && { StartAfter: encoded(StartAfter, input) }),
    KeyCount: page.Contents.length + page.CommonPrefixes.length,
    ...(next !== undefined && { NextContinuationToken: tokenOf(next) }),
    Contents: page.Contents.map((object) => ({ ...object, ...(FetchOwner && { Owner: ownerOf(bucket) }) })),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html: NextMarker only with a delimiter. */
export function listV1(bucket: Bucket, input: ListInput & { readonly Marker?: string }) {
  const { Marker = '' } = input;
  const { next, ...listed } = pageOf(bucket, input, { afterEntry: Marker, afterKey: Marker });
  const Contents = listed.Contents.map((object) => ({ ...object, Owner: ownerOf(bucket) }));
  const isGiven = next !== undefined && input.Delimiter !== undefined;
  return { ...listed, Marker: encoded(Marker, input), ...(isGiven && { NextMarker: encoded(next, input) }), Contents };
}

/** Versioning is not modelled: each object has one version, whose id is null. */
export function listVersions(bucket: Bucket, input: ListInput & { readonly KeyMarker?: string }) {
  const { KeyMarker = '' } = input;
  const { next, Contents, ...listed } = pageOf(bucket, input, { afterEntry: KeyMarker, afterKey: KeyMarker });
  return {
    ...listed,
    KeyMarker: encoded(KeyMarker, input),
    VersionIdMarker: '',
    ...(next !== undefined && { NextKeyMarker: encoded(next, input), NextVersionIdMarker: 'null' }),
    Versions: Contents.map((object) => ({
      ...object,
      VersionId: 'null',
      IsLatest: true,
      Owner: ownerOf(bucket),
    })),
  };
}

interface After {
  /** The last key or common prefix of the page before. */
  readonly afterEntry: string;
  /** Only keys behind it are considered. */
  readonly afterKey: string;
}

function pageOf(bucket: Bucket, input: ListInput, { afterEntry, afterKey }: After) {
  const { Prefix = '', Delimiter, EncodingType } = input;
  const max = Math.min(input.MaxKeys ?? PAGE_MAX, PAGE_MAX);
  if (max < 0)
    throw new AwsError('InvalidArgument', `Argument maxKeys must be an integer between 0 and ${2 ** 31 - 1}`);
  const entryOf = (key: string): string => {
    const at = Delimiter ? key.indexOf(Delimiter, Prefix.length) : -1;
    return at < 0 ? key : key.slice(0, at + (Delimiter ?? '').length);
  };
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(Prefix) && compare(key, afterKey) > 0);
  const entries = [...new Set(keys.map(entryOf))].filter((entry) => compare(entry, afterEntry) > 0).sort(compare);
  const page = entries.slice(0, max);
  const isTruncated = max > 0 && entries.length > page.length;
  const isKey = (entry: string) => entryOf(entry) === entry && !(Delimiter && isPrefix(entry, Prefix, Delimiter));
  const objects = page.filter(isKey).flatMap((key) => bucket.objects.get(key) ?? []);
  return {
    Name: bucket.name,
    Prefix: encoded(Prefix, input),
    ...(Delimiter && { Delimiter: encoded(Delimiter, input) }),
    ...(EncodingType && { EncodingType }),
    MaxKeys: max,
    IsTruncated: isTruncated,
    next: isTruncated ? page.at(-1) : undefined,
    Contents: objects.map((object) => summary(object, input)),
    CommonPrefixes: page.filter((entry) => !isKey(entry)).map((prefix) => ({ Prefix: encoded(prefix, input) })),
  };
}

const isPrefix = (entry: string, prefix: string, delimiter: string) =>
  entry.length > prefix.length && entry.endsWith(delimiter);

/** In the order of their UTF-8 bytes. */
const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const summary = (object: StoredObject, input: ListInput) => ({
  Key: encoded(object.key, input),
  LastModified: new Date(object.modifiedAtMs),
  ETag: object.etag,
  Size: object.size,
  StorageClass: 'STANDARD',
});

/** With encoding-type=url, for keys that XML cannot hold. */
function encoded(text: string, { EncodingType }: ListInput): string {
  return EncodingType === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+') : text;
}

/** The canonical id of an account: 64 hexadecimal digits. */
export const ownerOf = ({ accountId }: Pick<Bucket, 'accountId'>) => ({ ID: accountId.padStart(64, '0') });

const tokenOf = (key: string) => Buffer.from(key).toString('base64url');

/** @throws AwsError InvalidArgument */
export function keyOfToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString('utf8');
  if (token !== '' && tokenOf(key) === token) return key;
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
}
