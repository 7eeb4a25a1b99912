import { XMLParser } from 'fast-xml-parser';
import { AwsError } from '../../core/service';
import type { RestRequest, RestResponse } from '../../core/rest';
import { toXml } from '../../core/wire/xml';
import { document, headers, NAMESPACE, notModelled, type Output, type S3Route, xml } from './rest-responses';

const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Object' || name === 'Tag' });

const noContent = (): RestResponse => ({ status: 204 });

type Route = (request: RestRequest, input: { Bucket: string }) => S3Route;

/** By method and subresource. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html */
const subresources: Readonly<Record<string, Route>> = {
  'GET location': (_, input) => ({
    operation: 'GetBucketLocation',
    input,
    respond: (output) => xml(toXml('LocationConstraint', { '#text': output['LocationConstraint'] ?? '' }, NAMESPACE)),
  }),
  'GET encryption': (_, input) => ({
    operation: 'GetBucketEncryption',
    input,
    respond: document('ServerSideEncryptionConfiguration', encryption),
  }),
  'GET tagging': (_, input) => ({
    operation: 'GetBucketTagging',
    input,
    respond: document('Tagging', ({ TagSet }) => ({ TagSet: { Tag: TagSet } })),
  }),
  'PUT tagging': (request, input) => ({
    operation: 'PutBucketTagging',
    input: { ...input, TagSet: tagsIn(request.body) },
    respond: noContent,
  }),
  'DELETE tagging': (_, input) => ({ operation: 'DeleteBucketTagging', input, respond: noContent }),
  'GET policy': (_, input) => ({
    operation: 'GetBucketPolicy',
    input,
    respond: ({ Policy }) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: String(Policy) }),
  }),
  'PUT policy': ({ body }, input) => ({
    operation: 'PutBucketPolicy',
    input: { ...input, Policy: body.toString('utf8') },
    respond: noContent,
  }),
  'DELETE policy': (_, input) => ({ operation: 'DeleteBucketPolicy', input, respond: noContent }),
  'GET notification': (_, input) => ({
    operation: 'GetBucketNotificationConfiguration',
    input,
    respond: ({ Document }) =>
      xml(typeof Document === 'string' ? Document : toXml('NotificationConfiguration', {}, NAMESPACE)),
  }),
  'PUT notification': ({ body }, input) => ({
    operation: 'PutBucketNotificationConfiguration',
    input: { ...input, Document: body.toString('utf8') },
    respond: () => ({ status: 200 }),
  }),
  'GET versions': (request, input) => ({
    operation: 'ListObjectVersions',
    input: { ...pageOf(request), ...input, KeyMarker: request.query.get('key-marker') ?? undefined },
    respond: document('ListVersionsResult', ({ Versions, ...rest }) => ({ ...rest, Version: Versions })),
  }),
  'POST delete': (request, input) => ({
    operation: 'DeleteObjects',
    input: { ...input, ...deletionIn(request.body) },
    respond: document('DeleteResult', (output) => output),
  }),
};

/** Query parameters that choose no other operation. */
const plain =
  /^(x-id|list-type|prefix|max-keys|delimiter|marker|continuation-token|start-after|encoding-type|key-marker|fetch-owner)$/;

/** @throws AwsError NotImplemented */
export function bucketRoute(request: RestRequest, input: { Bucket: string }): S3Route {
  const { method, query } = request;
  const subresource = [...query.keys()].find((name) => !plain.test(name) && !/^x-amz-/i.test(name));
  if (subresource !== undefined) {
    const name = `${method} ${subresource}`;
    const route = Object.hasOwn(subresources, name) ? subresources[name] : undefined;
    if (!route) throw notModelled(method, `bucket's ${subresource}`);
    return route(request, input);
  }
  if (method === 'HEAD') return { operation: 'HeadBucket', input, respond: headers(regionHeader) };
  if (method !== 'GET') throw notModelled(method, 'bucket');
  const list = { ...input, ...pageOf(request), Delimiter: query.get('delimiter') ?? undefined };
  const respond = document('ListBucketResult', (output) => output);
  if (query.get('list-type') !== '2') {
    return { operation: 'ListObjects', input: { ...list, Marker: query.get('marker') ?? undefined }, respond };
  }
  const from = {
    ContinuationToken: query.get('continuation-token') ?? undefined,
    StartAfter: query.get('start-after') ?? undefined,
  };
  return { operation: 'ListObjectsV2', input: { ...list, ...from }, respond };
}

function pageOf({ query }: RestRequest) {
  return {
    Prefix: query.get('prefix') ?? undefined,
    MaxKeys: query.has('max-keys') ? Number(query.get('max-keys')) : undefined,
  };
}

const regionHeader = ({ BucketRegion }: Output) => ({ 'x-amz-bucket-region': String(BucketRegion) });

const encryption = (output: Output): Output => {
  const { Rules } = output['ServerSideEncryptionConfiguration'] as { Rules: unknown[] };
  return { Rule: Rules };
};

interface Body {
  readonly Delete?: { readonly Object?: readonly { readonly Key: string }[]; readonly Quiet?: string };
  readonly Tagging?: { readonly TagSet?: { readonly Tag?: readonly { Key: string; Value: string }[] } | '' };
}

/** @throws AwsError MalformedXML */
function parsed(body: Buffer): Body {
  try {
    return parser.parse(body.toString('utf8')) as Body;
  } catch {
    throw new AwsError('MalformedXML', 'The XML you provided was not well-formed', 400);
  }
}

function deletionIn(body: Buffer) {
  const { Object: objects = [], Quiet } = parsed(body).Delete ?? {};
  return { Delete: { Objects: objects.map(({ Key }) => ({ Key })), Quiet: Quiet === 'true' } };
}

function tagsIn(body: Buffer): readonly unknown[] {
  const set = parsed(body).Tagging?.TagSet;
  return (set === '' ? [] : set?.Tag) ?? [];
}
