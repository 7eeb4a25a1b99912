import { AwsError, type ResourceState, type ResourceType, type World } from '../service';
import type { S3State } from './state';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export function bucketType(
  world: Pick<World, 'ids' | 'region'>,
  state: S3State,
): ResourceType<{ readonly BucketName?: string }> {
  const describe = (name: string): ResourceState => ({
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${world.region}.amazonaws.com`,
    },
  });
  return {
    replaceOn: ['BucketName'],
    create: ({ stackName, logicalId, properties }) => {
      const suffix = world.ids.token(12, 'abcdefghijklmnopqrstuvwxyz0123456789');
      const name = properties.BucketName ?? `${stackName}-${logicalId}`.toLowerCase().slice(0, 50) + `-${suffix}`;
      if (state.buckets.has(name)) throw new AwsError('BucketAlreadyOwnedByYou', `${name} already exists`, 409);
      state.addBucket(name);
      return describe(name);
    },
    update: ({ current }) => current,
    delete: ({ current }) => {
      if (state.buckets.get(current.physicalId)?.objects.size) {
        throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
      }
      state.buckets.delete(current.physicalId);
    },
  };
}
