import type { Operations, World } from '../../core/service';
import { arnsOf } from './bucket-settings';
import { type AtKey, objectOf } from './objects';
import type { S3State, Tag } from './state';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
export function objectTagOperations(world: Pick<World, 'region'>, state: S3State): Operations {
  const resources = arnsOf(world).objectArn;
  return {
    GetObjectTagging: { resources, handle: (input: AtKey) => ({ TagSet: objectOf(state, input).tags }) },
    PutObjectTagging: {
      resources,
      handle: (input: AtKey & { readonly Tagging: { readonly TagSet: readonly Tag[] } }) => {
        objectOf(state, input).tags = input.Tagging.TagSet;
        return {};
      },
    },
    DeleteObjectTagging: {
      resources,
      handle: (input: AtKey) => {
        objectOf(state, input).tags = [];
        return {};
      },
    },
  };
}
