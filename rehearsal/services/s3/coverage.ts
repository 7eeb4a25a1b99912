import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of S3. */
export const s3Coverage: Readonly<Record<string, Coverage>> = {
  'AWS::S3::Bucket': {
    acts: ['BucketName', 'Tags'],
    ignores: {
      VersioningConfiguration: 'objects have one version',
      LifecycleConfiguration: 'nothing expires',
      NotificationConfiguration: 'no event is sent',
      ReplicationConfiguration: 'nothing is replicated',
      WebsiteConfiguration: 'there is no website',
      PublicAccessBlockConfiguration: 'nothing is public anyway',
    },
  },
  'AWS::S3::BucketPolicy': {
    acts: ['Bucket', 'PolicyDocument'],
  },
};
