import { join } from 'node:path';
import type { Service, World } from '../service';
import { s3Operations } from './operations';
import { bucketType } from './resources';
import { s3Rest } from './rest';
import { S3State } from './state';

export interface S3Service extends Service {
  /** @returns undefined when there is no such object */
  getObject(bucket: string, key: string): Buffer | undefined;
  /** For what an account has before the first deployment. */
  addBucket(name: string): void;
}

export function createS3(world: Pick<World, 'clock' | 'ids' | 'region' | 'directory'>): S3Service {
  const state = new S3State(world.clock, join(world.directory, 's3'));
  return {
    prefix: 's3',
    protocol: { kind: 'rest', handle: s3Rest },
    operations: s3Operations(world, state),
    resourceTypes: { 'AWS::S3::Bucket': bucketType(world, state) },
    getObject: (bucket, key) => state.read(bucket, key),
    addBucket: (name) => void state.addBucket(name),
  };
}
