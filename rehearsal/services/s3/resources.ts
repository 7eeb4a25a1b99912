import {
  AwsError,
  partitionOf,
  type ResourceState,
  type ResourceType,
  urlSuffixOf,
  type World,
} from '../../core/service';
import type { S3State, Tag } from './state';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export function bucketType(
  world: Pick<World, 'ids' | 'region' | 'accountId'>,
  state: S3State,
): ResourceType<{ readonly BucketName?: string; readonly Tags?: readonly Tag[] }> {
  const describe = (name: string): ResourceState => ({
    physicalId: name,
    attributes: {
      Arn: `arn:${partitionOf(world.region)}:s3:::${name}`,
      DomainName: `${name}.s3.${urlSuffixOf(world.region)}`,
      RegionalDomainName: `${name}.s3.${world.region}.${urlSuffixOf(world.region)}`,
    },
  });
  return {
    create: ({ stackName, logicalId, properties }) => {
      const suffix = world.ids.token(12, 'abcdefghijklmnopqrstuvwxyz0123456789');
      const name = properties.BucketName ?? `${stackName}-${logicalId}`.toLowerCase().slice(0, 50) + `-${suffix}`;
      if (state.buckets.has(name)) throw new AwsError('BucketAlreadyOwnedByYou', `${name} already exists`, 409);
      state.addBucket(name, world).tags = properties.Tags ?? [];
      return describe(name);
    },
    update: ({ current, properties }) => {
      const bucket = state.buckets.get(current.physicalId);
      if (bucket) bucket.tags = properties.Tags ?? [];
      return current;
    },
    delete: ({ current }) => {
      if (state.buckets.get(current.physicalId)?.objects.size) {
        throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
      }
      state.buckets.delete(current.physicalId);
    },
  };
}

interface BucketPolicyProperties {
  readonly Bucket: string;
  readonly PolicyDocument: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html */
export function bucketPolicyType(state: S3State): ResourceType<BucketPolicyProperties> {
  const put = ({ Bucket, PolicyDocument }: BucketPolicyProperties): ResourceState => {
    const bucket = state.buckets.get(Bucket);
    if (!bucket) throw new AwsError('NoSuchBucket', `The specified bucket ${Bucket} does not exist`, 404);
    bucket.policy = PolicyDocument;
    return { physicalId: Bucket, attributes: {} };
  };
  return {
    create: ({ properties }) => put(properties),
    update: ({ properties }) => put(properties),
    delete: ({ properties }) => void delete state.buckets.get(properties.Bucket)?.policy,
  };
}
