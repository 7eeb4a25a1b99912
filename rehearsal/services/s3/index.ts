import { join } from 'node:path';
import { covered } from '../../core/coverage';
import { s3Coverage } from './coverage';
import type { Service, World } from '../../core/service';
import { s3Operations } from './operations';
import { bucketPolicyType, bucketType } from './resources';
import { s3Rest } from './rest';
import { S3State } from './state';

export interface S3Service extends Service {
  /** @returns undefined when there is no such object */
  getObject(bucket: string, key: string): Buffer | undefined;
  /** For what an account has before the first deployment. */
  addBucket(name: string): void;
  hasBucket(name: string): boolean;
}

export { S3State } from './state';

/** @param state the buckets of all accounts and regions */
export function createS3(
  world: Pick<World, 'clock' | 'ids' | 'region' | 'accountId' | 'directory' | 'call'>,
  state = new S3State(world.clock, join(world.directory, 's3')),
): S3Service {
  return {
    prefix: 's3',
    protocol: { kind: 'rest', handle: s3Rest },
    operations: s3Operations(world, state),
    resourceTypes: covered(
      { 'AWS::S3::Bucket': bucketType(world, state), 'AWS::S3::BucketPolicy': bucketPolicyType(state) },
      s3Coverage,
    ),
    getObject: (bucket, key) => state.read(bucket, key),
    hasBucket: (name) => state.buckets.has(name),
    addBucket: (name) => void state.addBucket(name, world),
  };
}
