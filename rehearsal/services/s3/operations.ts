import { AwsError, type Operations, type World } from '../../core/service';
import { arnsOf, bucketOf, bucketSettings } from './bucket-settings';
import { type ListInput, listV1, listV2, listVersions, ownerOf } from './listing';
import { multipartOperations } from './multipart';
import { objectTagOperations } from './object-tags';
import { objectOperations } from './objects';
import type { S3State } from './state';

interface InBucket {
  readonly Bucket: string;
}

type S3World = Pick<World, 'ids' | 'region' | 'accountId' | 'call'>;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
export function s3Operations(world: S3World, state: S3State): Operations {
  const operations = {
    ...bucketOperations(world, state),
    ...listOperations(world, state),
    ...objectOperations(world, state),
    ...objectTagOperations(world, state),
    ...multipartOperations(world, state),
    ...bucketSettings(world, state),
  };
  const resourcePolicy = ({ Bucket }: Partial<InBucket>) => state.buckets.get(Bucket ?? '')?.policy;
  const decided = Object.entries(operations).map(([name, operation]) => [name, { resourcePolicy, ...operation }]);
  return Object.fromEntries(decided) as Operations;
}

function bucketOperations(world: S3World, state: S3State): Operations {
  const resources = arnsOf(world).bucketArn;
  return {
    ListBuckets: {
      action: 's3:ListAllMyBuckets',
      ownPages: true,
      handle: (input: ListBuckets) => listBuckets(world, state, input),
    },
    CreateBucket: {
      resources,
      handle: (input: InBucket & { CreateBucketConfiguration?: { LocationConstraint?: string } }) =>
        createBucket(world, state, input),
    },
    DeleteBucket: {
      resources,
      handle: (input: InBucket) => {
        if (bucketOf(state, input).objects.size > 0) {
          throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
        }
        state.buckets.delete(input.Bucket);
        return {};
      },
    },
    HeadBucket: {
      action: 's3:ListBucket',
      resources,
      handle: (input: InBucket) => ({ BucketRegion: bucketOf(state, input).region }),
    },
    // us-east-1 has no constraint: API_GetBucketLocation.
    GetBucketLocation: {
      resources,
      handle: (input: InBucket) => {
        const { region } = bucketOf(state, input);
        return region === 'us-east-1' ? {} : { LocationConstraint: region };
      },
    },
    GetBucketEncryption: {
      action: 's3:GetEncryptionConfiguration',
      resources,
      handle: (input: InBucket) => {
        bucketOf(state, input);
        const Rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false };
        return { ServerSideEncryptionConfiguration: { Rules: [Rule] } };
      },
    },
    // Versioning is not modelled, so no bucket has a status: API_GetBucketVersioning.
    GetBucketVersioning: { resources, handle: (input: InBucket) => (bucketOf(state, input), {}) },
  };
}

interface ListBuckets {
  readonly Prefix?: string;
  readonly MaxBuckets?: number;
  readonly ContinuationToken?: string;
  readonly BucketRegion?: string;
}

/** The caller's own: names are unique in all of AWS, a list has those of one account. */
function listBuckets({ accountId }: S3World, state: S3State, input: ListBuckets) {
  const { Prefix = '', MaxBuckets = 10_000, ContinuationToken = '', BucketRegion } = input;
  const own = [...state.buckets.values()]
    .filter((bucket) => bucket.accountId === accountId && bucket.name.startsWith(Prefix))
    .filter((bucket) => BucketRegion === undefined || bucket.region === BucketRegion)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter((bucket) => bucket.name > ContinuationToken);
  const page = own.slice(0, MaxBuckets);
  return {
    Owner: ownerOf({ accountId }),
    Buckets: page.map(({ name, createdAtMs, region }) => ({
      Name: name,
      CreationDate: new Date(createdAtMs),
      BucketRegion: region,
    })),
    ...(Prefix !== '' && { Prefix }),
    ...(own.length > page.length && { ContinuationToken: page.at(-1)?.name }),
  };
}

type CreateBucket = InBucket & { readonly CreateBucketConfiguration?: { readonly LocationConstraint?: string } };

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function createBucket(world: S3World, state: S3State, input: CreateBucket) {
  const { Bucket: name, CreateBucketConfiguration } = input;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
  }
  const constraint = CreateBucketConfiguration?.LocationConstraint || 'us-east-1';
  if (constraint !== world.region) {
    const message = `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`;
    throw new AwsError('IllegalLocationConstraintException', message);
  }
  const existing = state.buckets.get(name);
  if (existing && existing.accountId !== world.accountId) {
    throw new AwsError('BucketAlreadyExists', 'The requested bucket name is not available.', 409);
  }
  if (existing && world.region !== 'us-east-1') {
    const message = 'Your previous request to create the named bucket succeeded and you already own it.';
    throw new AwsError('BucketAlreadyOwnedByYou', message, 409);
  }
  if (!existing) state.addBucket(name, world);
  return { Location: `/${name}` };
}

function listOperations(world: S3World, state: S3State): Operations {
  const resources = arnsOf(world).bucketArn;
  return {
    ListObjectsV2: {
      action: 's3:ListBucket',
      resources,
      ownPages: true,
      handle: (input: ListInput) => listV2(bucketOf(state, input), input),
    },
    ListObjects: {
      action: 's3:ListBucket',
      resources,
      ownPages: true,
      handle: (input: ListInput & { Marker?: string }) => listV1(bucketOf(state, input), input),
    },
    ListObjectVersions: {
      action: 's3:ListBucketVersions',
      resources,
      ownPages: true,
      handle: (input: ListInput & { KeyMarker?: string }) => listVersions(bucketOf(state, input), input),
    },
  };
}
