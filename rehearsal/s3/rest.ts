import { AwsError, type RestHandler, type RestRequest, type RestResponse } from '../service';
import { styled, toXml } from '../wire/xml';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** What a request in path style is: its operation and input, and how its answer is written. */
interface S3Route {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly answer: (output: Output) => RestResponse;
}

type Output = Readonly<Record<string, unknown>>;

/** `/<bucket>/<key>?<subresource>` to operations. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html */
export const s3Rest: RestHandler = async (request, invoke) => {
  const route = routeOf(request);
  return route.answer((await invoke(route.operation, route.input)) as Output);
};

function routeOf(request: RestRequest): S3Route {
  const [, bucket = '', ...rest] = request.path.split('/').map(decodeURIComponent);
  const key = rest.join('/');
  if (!bucket) return { operation: 'ListBuckets', input: {}, answer: document('ListAllMyBucketsResult', bucketList) };
  return key ? objectRoute(request, { Bucket: bucket, Key: key }) : bucketRoute(request, { Bucket: bucket });
}

function bucketRoute({ method, query }: RestRequest, input: { Bucket: string }): S3Route {
  if (method === 'HEAD') return { operation: 'HeadBucket', input, answer: headers(() => ({})) };
  if (method !== 'GET') throw notModelled(method, 'bucket');
  if (query.has('location')) {
    const answer = (output: Output) =>
      xml(toXml('LocationConstraint', { '#text': output['LocationConstraint'] }, NAMESPACE));
    return { operation: 'GetBucketLocation', input, answer };
  }
  if (query.has('encryption')) {
    return {
      operation: 'GetBucketEncryption',
      input,
      answer: document('ServerSideEncryptionConfiguration', encryption),
    };
  }
  const list = {
    ...input,
    Prefix: query.get('prefix') ?? undefined,
    MaxKeys: query.has('max-keys') ? Number(query.get('max-keys')) : undefined,
    ContinuationToken: query.get('continuation-token') ?? undefined,
    StartAfter: query.get('start-after') ?? undefined,
  };
  return { operation: 'ListObjectsV2', input: list, answer: document('ListBucketResult', (output) => output) };
}

function objectRoute(request: RestRequest, at: { Bucket: string; Key: string }): S3Route {
  const { method, query } = request;
  const uploadId = query.get('uploadId');
  if (method === 'PUT' && uploadId) {
    const input = { ...at, UploadId: uploadId, PartNumber: Number(query.get('partNumber')), Body: request.body };
    return { operation: 'UploadPart', input, answer: headers(etag) };
  }
  if (method === 'PUT') {
    const input = { ...at, Body: request.body, ContentType: request.headers['content-type'] };
    return { operation: 'PutObject', input, answer: headers(etag) };
  }
  if (method === 'POST' && query.has('uploads')) {
    const input = { ...at, ContentType: request.headers['content-type'] };
    return {
      operation: 'CreateMultipartUpload',
      input,
      answer: document('InitiateMultipartUploadResult', (output) => output),
    };
  }
  if (method === 'POST' && uploadId) {
    const input = { ...at, UploadId: uploadId };
    return {
      operation: 'CompleteMultipartUpload',
      input,
      answer: document('CompleteMultipartUploadResult', (output) => output),
    };
  }
  if (method === 'DELETE' && uploadId) {
    return { operation: 'AbortMultipartUpload', input: { ...at, UploadId: uploadId }, answer: () => ({ status: 204 }) };
  }
  if (method === 'DELETE') return { operation: 'DeleteObject', input: at, answer: () => ({ status: 204 }) };
  if (method === 'HEAD') return { operation: 'HeadObject', input: at, answer: headers(describe) };
  if (method === 'GET') return { operation: 'GetObject', input: at, answer: content };
  throw notModelled(method, 'object');
}

function notModelled(method: string, what: string): AwsError {
  return new AwsError('NotImplemented', `the rehearsal's S3 has no ${method} on a ${what} with these parameters`, 501);
}

const etag = (output: Output) => ({ etag: String(output['ETag']) });

const describe = (output: Output) => ({
  'content-length': String(output['ContentLength']),
  'content-type': String(output['ContentType']),
  etag: String(output['ETag']),
  'last-modified': (output['LastModified'] as Date).toUTCString(),
});

const headers =
  (of: (output: Output) => Record<string, string>) =>
  (output: Output): RestResponse => ({
    status: 200,
    headers: of(output),
  });

const content = (output: Output): RestResponse => ({
  status: 200,
  headers: describe(output),
  body: output['Body'] as Buffer,
});

/** S3's lists are flattened: an element of the list's own name for each item. */
const document =
  (root: string, of: (output: Output) => Output) =>
  (output: Output): RestResponse => {
    const flattened = Object.fromEntries(
      Object.entries(of(output)).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map((item) => styled(item, style)) : styled(value, style),
      ]),
    );
    return xml(toXml(root, flattened, NAMESPACE));
  };

const style = { listItem: 'member', name: (name: string) => name };
const xml = (body: string): RestResponse => ({ status: 200, headers: { 'content-type': 'application/xml' }, body });
const bucketList = (output: Output): Output => ({
  Buckets: { Bucket: (output['Buckets'] as Output[])[0] && output['Buckets'] },
});
const encryption = (output: Output): Output => {
  const { Rules } = output['ServerSideEncryptionConfiguration'] as { Rules: unknown[] };
  return { Rule: Rules };
};
