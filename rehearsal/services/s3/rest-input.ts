/** What headers and XML bodies of requests say, by the members of AWS's model. */
import { XMLParser } from 'fast-xml-parser';
import { AwsError } from '../../core/service';
import type { RestRequest } from '../../core/rest';
import { isRecord } from '../../../common/json/values';
import { NOTIFICATION_LISTS, notificationMembers } from './notifications';
import { notModelled } from './rest-responses';

const HEADERS = {
  'cache-control': 'CacheControl',
  'content-disposition': 'ContentDisposition',
  'content-language': 'ContentLanguage',
  'content-md5': 'ContentMD5',
  'content-type': 'ContentType',
  expires: 'Expires',
  'if-match': 'IfMatch',
  'if-modified-since': 'IfModifiedSince',
  'if-none-match': 'IfNoneMatch',
  'if-unmodified-since': 'IfUnmodifiedSince',
  range: 'Range',
  'x-amz-copy-source': 'CopySource',
  'x-amz-copy-source-if-match': 'CopySourceIfMatch',
  'x-amz-copy-source-if-modified-since': 'CopySourceIfModifiedSince',
  'x-amz-copy-source-if-none-match': 'CopySourceIfNoneMatch',
  'x-amz-copy-source-if-unmodified-since': 'CopySourceIfUnmodifiedSince',
  'x-amz-copy-source-range': 'CopySourceRange',
  'x-amz-expected-bucket-owner': 'ExpectedBucketOwner',
  'x-amz-metadata-directive': 'MetadataDirective',
  'x-amz-tagging': 'Tagging',
  'x-amz-tagging-directive': 'TaggingDirective',
} as const;

type Member = (typeof HEADERS)[keyof typeof HEADERS] | 'ContentEncoding' | 'Metadata';

const DESCRIPTION = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'Metadata',
] as const;
export const MEMBERS = {
  bucket: ['ExpectedBucketOwner'],
  read: ['ExpectedBucketOwner', 'Range', 'IfMatch', 'IfNoneMatch', 'IfModifiedSince', 'IfUnmodifiedSince'],
  create: ['ExpectedBucketOwner', 'Tagging', ...DESCRIPTION],
  put: ['ExpectedBucketOwner', 'Tagging', 'IfMatch', 'IfNoneMatch', 'ContentMD5', ...DESCRIPTION],
  part: ['ExpectedBucketOwner', 'ContentMD5'],
  complete: ['ExpectedBucketOwner', 'IfMatch', 'IfNoneMatch'],
  source: [
    'CopySource',
    'CopySourceIfMatch',
    'CopySourceIfNoneMatch',
    'CopySourceIfModifiedSince',
    'CopySourceIfUnmodifiedSince',
  ],
  copy: ['MetadataDirective', 'TaggingDirective'],
  partCopy: ['CopySourceRange'],
} as const satisfies Readonly<Record<string, readonly Member[]>>;

/**
 * The members that headers give.
 * @throws AwsError NotImplemented for a header that would change what is stored in a way that is not modelled
 */
export function headerMembers(request: RestRequest, wanted: readonly Member[]): Readonly<Record<string, unknown>> {
  refuseOthers(request);
  const given = Object.entries(HEADERS).map(([name, member]) => [member, header(request, name)] as const);
  const encoding = header(request, 'content-encoding')
    ?.split(',')
    .map((each) => each.trim());
  const own = encoding?.filter((each) => each !== 'aws-chunked' && each !== '').join(',');
  const all = new Map<string, unknown>([
    ...given,
    ['ContentEncoding', own === '' ? undefined : own],
    ['Metadata', metadataOf(request)],
  ]);
  const members = wanted.map((member) => [member, all.get(member)] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

const NOT_MODELLED = /^x-amz-(object-lock-|grant-|website-redirect-|server-side-encryption-customer-|write-offset-)/;

function refuseOthers(request: RestRequest): void {
  const name = Object.keys(request.headers).find((each) => NOT_MODELLED.test(each));
  if (name !== undefined) throw notModelled(request.method, `request with the header ${name}`);
  const acl = header(request, 'x-amz-acl');
  if (acl !== undefined && !['private', 'bucket-owner-full-control'].includes(acl)) {
    // As for every bucket made since 2023: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
}

function metadataOf({ headers }: RestRequest): Readonly<Record<string, string>> | undefined {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  if (own.length === 0) return undefined;
  return Object.fromEntries(own.map(([name, value]) => [name.slice('x-amz-meta-'.length), [value].flat().join(',')]));
}

function header({ headers }: RestRequest, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const LISTS = ['Object', 'Tag', 'Part', ...NOTIFICATION_LISTS];
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => LISTS.includes(name) });

/** @throws AwsError MalformedXML unless it is a document with that root */
function documentOf({ body }: RestRequest, root: string): Readonly<Record<string, unknown>> {
  try {
    const found = (parser.parse(body.toString('utf8'), true) as Readonly<Record<string, unknown>>)[root];
    if (found === '') return {};
    if (isRecord(found)) return found;
  } catch {
    // Said below.
  }
  throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our schema');
}

export function notificationOf(request: RestRequest) {
  return { NotificationConfiguration: notificationMembers(documentOf(request, 'NotificationConfiguration')) };
}

export function deletionOf(request: RestRequest) {
  const { Object: objects, Quiet } = documentOf(request, 'Delete');
  if (!Array.isArray(objects)) throw new AwsError('MalformedXML', 'The XML you provided has no Object to delete');
  return { Delete: { Objects: objects as unknown, Quiet: Quiet === 'true' } };
}

export function taggingOf(request: RestRequest) {
  const { TagSet } = documentOf(request, 'Tagging');
  return { Tagging: { TagSet: (isRecord(TagSet) ? TagSet['Tag'] : undefined) ?? [] } };
}

export function partsOf(request: RestRequest) {
  const { Part } = documentOf(request, 'CompleteMultipartUpload');
  const parts = (Array.isArray(Part) ? Part : []) as readonly Readonly<Record<string, string>>[];
  const read = parts.map(({ PartNumber, ETag }) => ({ PartNumber: Number(PartNumber), ETag: unescaped(ETag ?? '') }));
  return { MultipartUpload: { Parts: read } };
}

const unescaped = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&#34;', '"');

export function locationOf(request: RestRequest) {
  if (request.body.length === 0) return {};
  const { LocationConstraint } = documentOf(request, 'CreateBucketConfiguration');
  return { CreateBucketConfiguration: { LocationConstraint } };
}
