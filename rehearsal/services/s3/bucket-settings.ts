import { isRecord } from '../../../common/json/values';
import { AwsError, type Operations, partitionOf, type World } from '../../core/service';
import type { Bucket, S3State, Tag } from './state';

interface InBucket {
  readonly Bucket: string;
  readonly ExpectedBucketOwner?: string;
}

/** ARNs of buckets and objects, which name neither region nor account. */
export function arnsOf({ region }: Pick<World, 'region'>) {
  const arn = (resource: string) => [`arn:${partitionOf(region)}:s3:::${resource}`];
  return {
    bucketArn: ({ Bucket }: InBucket) => arn(Bucket),
    objectArn: ({ Bucket, Key }: InBucket & { readonly Key: string }) => arn(`${Bucket}/${Key}`),
  };
}

/** @throws AwsError NoSuchBucket; AccessDenied for a bucket of another account than the client expects */
export function bucketOf(state: S3State, { Bucket, ExpectedBucketOwner }: InBucket): Bucket {
  const bucket = state.buckets.get(Bucket);
  if (!bucket) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== bucket.accountId) {
    throw new AwsError('AccessDenied', 'Access Denied', 403);
  }
  return bucket;
}

/** A bucket's tags and policy. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html */
export function bucketSettings(world: Pick<World, 'region'>, state: S3State): Operations {
  const resources = arnsOf(world).bucketArn;
  return {
    ...tagOperations(state, resources),
    ...policyOperations(state, resources),
    ...notificationOperations(state, resources),
  };
}

type Resources = (input: InBucket) => readonly string[];

function tagOperations(state: S3State, resources: Resources): Operations {
  const common = { resources };
  return {
    GetBucketTagging: {
      ...common,
      handle: (input: InBucket) => {
        const { tags } = bucketOf(state, input);
        if (tags.length === 0) throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', 404);
        return { TagSet: tags };
      },
    },
    PutBucketTagging: {
      ...common,
      handle: (input: InBucket & { Tagging: { TagSet: readonly Tag[] } }) => {
        bucketOf(state, input).tags = input.Tagging.TagSet;
        return {};
      },
    },
    DeleteBucketTagging: {
      ...common,
      action: 's3:PutBucketTagging',
      handle: (input: InBucket) => {
        bucketOf(state, input).tags = [];
        return {};
      },
    },
  };
}

function policyOperations(state: S3State, resources: Resources): Operations {
  const common = { resources };
  return {
    GetBucketPolicy: {
      ...common,
      handle: (input: InBucket) => {
        const { policy } = bucketOf(state, input);
        if (policy === undefined) throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404);
        return { Policy: typeof policy === 'string' ? policy : JSON.stringify(policy) };
      },
    },
    PutBucketPolicy: {
      ...common,
      handle: (input: InBucket & { Policy: string }) => {
        const bucket = bucketOf(state, input);
        bucket.policy = wellFormed(input.Policy);
        return {};
      },
    },
    DeleteBucketPolicy: {
      ...common,
      handle: (input: InBucket) => {
        delete bucketOf(state, input).policy;
        return {};
      },
    },
  };
}

/** @throws AwsError MalformedPolicy */
function wellFormed(policy: string): string {
  try {
    if (isRecord(JSON.parse(policy) as unknown)) return policy;
  } catch {
    // Said below.
  }
  throw new AwsError('MalformedPolicy', 'Policies must be valid JSON and the first byte must be "{"');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html */
function notificationOperations(state: S3State, resources: Resources): Operations {
  return {
    GetBucketNotificationConfiguration: {
      resources,
      action: 's3:GetBucketNotification',
      handle: (input: InBucket) => bucketOf(state, input).notifications ?? {},
    },
    PutBucketNotificationConfiguration: {
      resources,
      action: 's3:PutBucketNotification',
      handle: (input: InBucket & { readonly NotificationConfiguration: object }) => {
        bucketOf(state, input).notifications = input.NotificationConfiguration;
        return {};
      },
    },
  };
}
