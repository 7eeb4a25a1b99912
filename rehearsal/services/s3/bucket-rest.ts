import type { RestRequest } from '../../core/rest';
import { toXml } from '../../core/wire/xml';
import { notificationDocument } from './notifications';
import { deletionOf, headerMembers, locationOf, MEMBERS, notificationOf, taggingOf } from './rest-input';
import { document, headers, NAMESPACE, noContent, notModelled, type Output, type S3Route, xml } from './rest-responses';

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
    input: { ...input, ...taggingOf(request) },
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
    respond: document('NotificationConfiguration', notificationDocument),
  }),
  'PUT notification': (request, input) => ({
    operation: 'PutBucketNotificationConfiguration',
    input: { ...input, ...notificationOf(request) },
    respond: () => ({ status: 200 }),
  }),
  'GET versions': (request, input) => ({
    operation: 'ListObjectVersions',
    input: { ...input, ...pageOf(request), KeyMarker: request.query.get('key-marker') ?? undefined },
    respond: document('ListVersionsResult', ({ Versions, ...rest }) => ({ ...rest, Version: Versions })),
  }),
  'GET versioning': (_, input) => ({
    operation: 'GetBucketVersioning',
    input,
    respond: document('VersioningConfiguration', () => ({})),
  }),
  'GET uploads': (request, input) => ({
    operation: 'ListMultipartUploads',
    input: { ...input, Prefix: request.query.get('prefix') ?? undefined },
    respond: document('ListMultipartUploadsResult', ({ Uploads, ...rest }) => ({ ...rest, Upload: Uploads })),
  }),
  'POST delete': (request, input) => ({
    operation: 'DeleteObjects',
    input: { ...input, ...deletionOf(request) },
    respond: document('DeleteResult', (output) => output),
  }),
};

/** Query parameters that choose no other operation. */
const plain =
  /^(x-id|list-type|prefix|max-keys|delimiter|marker|continuation-token|start-after|encoding-type|key-marker|fetch-owner|version-id-marker|max-uploads|upload-id-marker|x-amz-.*)$/i;

/** @throws AwsError NotImplemented for every subresource that is not modelled, whatever the method */
export function bucketRoute(request: RestRequest, at: { Bucket: string }): S3Route {
  const { method, query } = request;
  const input = { ...at, ...headerMembers(request, MEMBERS.bucket) };
  const [subresource, another] = [...query.keys()].filter((name) => !plain.test(name));
  if (subresource !== undefined) {
    const name = `${method} ${subresource}`;
    const route = another === undefined && Object.hasOwn(subresources, name) ? subresources[name] : undefined;
    if (!route) throw notModelled(method, `bucket's ${[subresource, another].filter(Boolean).join(', ')}`);
    return route(request, input);
  }
  switch (method) {
    case 'HEAD':
      return { operation: 'HeadBucket', input, respond: headers(regionHeader) };
    case 'PUT':
      return {
        operation: 'CreateBucket',
        input: { ...input, ...locationOf(request) },
        respond: headers(locationHeader),
      };
    case 'DELETE':
      return { operation: 'DeleteBucket', input, respond: noContent };
    case 'GET':
      return listRoute(request, input);
    default:
      throw notModelled(method, 'bucket');
  }
}

function listRoute(request: RestRequest, input: { Bucket: string }): S3Route {
  const { query } = request;
  const list = { ...input, ...pageOf(request) };
  const respond = document('ListBucketResult', (output) => output);
  if (query.get('list-type') !== '2') {
    return { operation: 'ListObjects', input: { ...list, Marker: query.get('marker') ?? undefined }, respond };
  }
  const from = {
    ContinuationToken: query.get('continuation-token') ?? undefined,
    StartAfter: query.get('start-after') ?? undefined,
    FetchOwner: query.get('fetch-owner') === 'true' || undefined,
  };
  return { operation: 'ListObjectsV2', input: { ...list, ...from }, respond };
}

function pageOf({ query }: RestRequest) {
  return {
    Prefix: query.get('prefix') ?? undefined,
    Delimiter: query.get('delimiter') || undefined,
    EncodingType: query.get('encoding-type') ?? undefined,
    MaxKeys: query.has('max-keys') ? Number(query.get('max-keys')) : undefined,
  };
}

const locationHeader = ({ Location }: Output) => ({ location: String(Location) });
const regionHeader = ({ BucketRegion }: Output) => ({ 'x-amz-bucket-region': String(BucketRegion) });

const encryption = (output: Output): Output => {
  const { Rules } = output['ServerSideEncryptionConfiguration'] as { Rules: unknown[] };
  return { Rule: Rules };
};
