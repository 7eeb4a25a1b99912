import type { RestRequest } from '../../core/rest';
import { headerMembers, MEMBERS, partsOf, taggingOf } from './rest-input';
import {
  content,
  described,
  document,
  etag,
  headers,
  noContent,
  notModelled,
  type Output,
  type S3Route,
} from './rest-responses';

interface At {
  readonly Bucket: string;
  readonly Key: string;
}

type Route = (request: RestRequest, at: At) => S3Route;

/** Query parameters that choose no other operation: of presigned URLs, of signers, and overrides of response headers. */
const plain = /^(x-id|versionId|response-[a-z-]+|x-amz-.*|partNumber)$/i;

const tagSet = document('Tagging', ({ TagSet }) => ({ TagSet: { Tag: TagSet } }));

/** By method and subresource; none is ''. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html */
const routes: Readonly<Record<string, Route>> = {
  'GET ': (request, at) => ({
    operation: 'GetObject',
    input: read(request, at),
    respond: (output) => content(overridden(output, request)),
  }),
  'HEAD ': (request, at) => ({
    operation: 'HeadObject',
    input: read(request, at),
    respond: (output) => described(overridden(output, request)),
  }),
  'PUT ': (request, at) => (isCopy(request) ? copyRoute(request, at) : putRoute(request, at)),
  'DELETE ': (request, at) => ({
    operation: 'DeleteObject',
    input: { ...versioned(request, at), ...headerMembers(request, MEMBERS.bucket) },
    respond: noContent,
  }),
  'POST uploads': (request, at) => ({
    operation: 'CreateMultipartUpload',
    input: { ...at, ...headerMembers(request, MEMBERS.create) },
    respond: document('InitiateMultipartUploadResult', (output) => output),
  }),
  'PUT uploadId': (request, at) => (isCopy(request) ? partCopyRoute(request, at) : partRoute(request, at)),
  'POST uploadId': (request, at) => ({
    operation: 'CompleteMultipartUpload',
    input: { ...inUpload(request, at), ...partsOf(request), ...headerMembers(request, MEMBERS.complete) },
    respond: document('CompleteMultipartUploadResult', (output) => output),
  }),
  'DELETE uploadId': (request, at) => ({
    operation: 'AbortMultipartUpload',
    input: { ...inUpload(request, at), ...headerMembers(request, MEMBERS.bucket) },
    respond: noContent,
  }),
  'GET uploadId': (request, at) => ({
    operation: 'ListParts',
    input: {
      ...inUpload(request, at),
      MaxParts: numberOf(request, 'max-parts'),
      PartNumberMarker: request.query.get('part-number-marker') ?? undefined,
    },
    respond: document('ListPartsResult', ({ Parts, ...rest }) => ({ ...rest, Part: Parts })),
  }),
  'GET tagging': (request, at) => ({ operation: 'GetObjectTagging', input: versioned(request, at), respond: tagSet }),
  'PUT tagging': (request, at) => ({
    operation: 'PutObjectTagging',
    input: { ...versioned(request, at), ...taggingOf(request) },
    respond: () => ({ status: 200 }),
  }),
  'DELETE tagging': (request, at) => ({
    operation: 'DeleteObjectTagging',
    input: versioned(request, at),
    respond: noContent,
  }),
};

/** @throws AwsError NotImplemented for every subresource that is not modelled, whatever the method */
export function objectRoute(request: RestRequest, at: At): S3Route {
  const { method, query } = request;
  const pages = /^(max-parts|part-number-marker)$/;
  const [subresource = '', another] = [...query.keys()].filter((name) => !plain.test(name) && !pages.test(name));
  const name = `${method} ${subresource}`;
  const route = another === undefined && Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (!route || (query.has('partNumber') && subresource !== 'uploadId')) {
    const what = [...query.keys()].filter((each) => !/^x-/i.test(each)).join(', ');
    throw notModelled(method, what === '' ? 'object' : `object's ${what}`);
  }
  return route(request, at);
}

const isCopy = ({ headers: given }: RestRequest) => given['x-amz-copy-source'] !== undefined;

const versioned = ({ query }: RestRequest, at: At) => ({ ...at, VersionId: query.get('versionId') ?? undefined });

const read = (request: RestRequest, at: At) => ({ ...versioned(request, at), ...headerMembers(request, MEMBERS.read) });

const inUpload = ({ query }: RestRequest, at: At) => ({ ...at, UploadId: query.get('uploadId') ?? '' });

const numberOf = ({ query }: RestRequest, name: string) => (query.has(name) ? Number(query.get(name)) : undefined);

function putRoute(request: RestRequest, at: At): S3Route {
  const input = { ...at, Body: request.body, ...headerMembers(request, MEMBERS.put) };
  return { operation: 'PutObject', input, respond: headers(etag) };
}

function copyRoute(request: RestRequest, at: At): S3Route {
  const members = [...MEMBERS.put, ...MEMBERS.source, ...MEMBERS.copy];
  const input = { ...at, ...headerMembers(request, members) };
  return { operation: 'CopyObject', input, respond: document('CopyObjectResult', resultOf('CopyObjectResult')) };
}

const part = (request: RestRequest, at: At) => ({
  ...inUpload(request, at),
  PartNumber: numberOf(request, 'partNumber'),
});

function partRoute(request: RestRequest, at: At): S3Route {
  const input = { ...part(request, at), Body: request.body, ...headerMembers(request, MEMBERS.part) };
  return { operation: 'UploadPart', input, respond: headers(etag) };
}

function partCopyRoute(request: RestRequest, at: At): S3Route {
  const input = { ...part(request, at), ...headerMembers(request, [...MEMBERS.source, ...MEMBERS.partCopy]) };
  return { operation: 'UploadPartCopy', input, respond: document('CopyPartResult', resultOf('CopyPartResult')) };
}

const resultOf = (name: string) => (output: Output) => output[name] as Output;

const OVERRIDES = {
  'response-cache-control': 'CacheControl',
  'response-content-disposition': 'ContentDisposition',
  'response-content-encoding': 'ContentEncoding',
  'response-content-language': 'ContentLanguage',
  'response-content-type': 'ContentType',
  'response-expires': 'Expires',
} as const;

function overridden(output: Output, { query }: RestRequest): Output {
  const given = Object.entries(OVERRIDES).filter(([name]) => query.has(name));
  return { ...output, ...Object.fromEntries(given.map(([name, member]) => [member, query.get(name)])) };
}
