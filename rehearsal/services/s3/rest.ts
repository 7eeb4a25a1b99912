import type { RestHandler, RestRequest } from '../../core/rest';
import { decodedSegment } from '../../core/wire/canonical';
import { bucketRoute } from './bucket-rest';
import { content, described, document, etag, headers, notModelled, type Output, type S3Route } from './rest-responses';

/** `/<bucket>/<key>?<subresource>` to operations. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html */
export const s3Rest: RestHandler = async (request, invoke) => {
  const route = routeOf(request);
  return route.respond((await invoke(route.operation, route.input)) as Output);
};

function routeOf(request: RestRequest): S3Route {
  const [, bucket = '', ...rest] = request.path.split('/').map(decodedSegment);
  const key = rest.join('/');
  if (!bucket) return { operation: 'ListBuckets', input: {}, respond: document('ListAllMyBucketsResult', bucketList) };
  return key ? objectRoute(request, { Bucket: bucket, Key: key }) : bucketRoute(request, { Bucket: bucket });
}

function objectRoute(request: RestRequest, at: { Bucket: string; Key: string }): S3Route {
  const { method, query } = request;
  const uploadId = query.get('uploadId');
  if (method === 'PUT' && uploadId) {
    const input = { ...at, UploadId: uploadId, PartNumber: Number(query.get('partNumber')), Body: request.body };
    return { operation: 'UploadPart', input, respond: headers(etag) };
  }
  if (method === 'PUT') {
    const input = { ...at, Body: request.body, ContentType: request.headers['content-type'] };
    return { operation: 'PutObject', input, respond: headers(etag) };
  }
  if (method === 'POST' && query.has('uploads')) {
    const input = { ...at, ContentType: request.headers['content-type'] };
    return {
      operation: 'CreateMultipartUpload',
      input,
      respond: document('InitiateMultipartUploadResult', (output) => output),
    };
  }
  if (method === 'POST' && uploadId) {
    const input = { ...at, UploadId: uploadId };
    return {
      operation: 'CompleteMultipartUpload',
      input,
      respond: document('CompleteMultipartUploadResult', (output) => output),
    };
  }
  if (method === 'DELETE' && uploadId) {
    return {
      operation: 'AbortMultipartUpload',
      input: { ...at, UploadId: uploadId },
      respond: () => ({ status: 204 }),
    };
  }
  if (method === 'DELETE') return { operation: 'DeleteObject', input: at, respond: () => ({ status: 204 }) };
  const input = { ...at, Range: request.headers['range'] };
  if (method === 'HEAD') return { operation: 'HeadObject', input, respond: described };
  if (method === 'GET') return { operation: 'GetObject', input, respond: content };
  throw notModelled(method, 'object');
}

const bucketList = (output: Output): Output => ({
  Buckets: { Bucket: (output['Buckets'] as Output[])[0] && output['Buckets'] },
});
