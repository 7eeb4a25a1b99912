import type { RestHandler, RestRequest } from '../../core/rest';
import { decodedSegment } from '../../core/wire/canonical';
import { bucketRoute } from './bucket-rest';
import { objectRoute } from './object-rest';
import { document, notModelled, type Output, type S3Route } from './rest-responses';

/** `/<bucket>/<key>?<subresource>` to operations. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html */
export const s3Rest: RestHandler = async (request, invoke) => {
  const route = routeOf(request);
  return route.respond((await invoke(route.operation, route.input)) as Output);
};

function routeOf(request: RestRequest): S3Route {
  const [, bucket = '', ...rest] = request.path.split('/').map(decodedSegment);
  const key = rest.join('/');
  if (!bucket) return accountRoute(request);
  return key ? objectRoute(request, { Bucket: bucket, Key: key }) : bucketRoute(request, { Bucket: bucket });
}

/** @throws AwsError NotImplemented */
function accountRoute({ method, query }: RestRequest): S3Route {
  const parameters = ['x-id', 'prefix', 'max-buckets', 'continuation-token', 'bucket-region'];
  if (method !== 'GET' || [...query.keys()].some((name) => !parameters.includes(name))) {
    throw notModelled(method, 'account');
  }
  const text = (name: string) => query.get(name) ?? undefined;
  const input = {
    Prefix: text('prefix'),
    MaxBuckets: query.has('max-buckets') ? Number(query.get('max-buckets')) : undefined,
    ContinuationToken: text('continuation-token'),
    BucketRegion: text('bucket-region'),
  };
  const respond = document('ListAllMyBucketsResult', ({ Buckets, ...rest }) => ({
    ...rest,
    Buckets: (Buckets as Output[]).length === 0 ? '' : { Bucket: Buckets },
  }));
  return { operation: 'ListBuckets', input, respond };
}
