/** Tags of ECS's resources, by ARN. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html */
import { AwsError, type Operations } from '../../core/service';
import type { TagForm, Tags } from '../../core/tags';

export interface Tag {
  readonly key: string;
  readonly value?: string;
}

interface OnResource {
  readonly resourceArn: string;
}

export const tagForm: TagForm<Tag> = {
  read: ({ key, value = '' }) => [key, value],
  write: (key, value) => ({ key, value }),
};

interface Tagged {
  readonly tags: Tags<Tag>;
  exists(arn: string): boolean;
}

export function tagOperations(state: Tagged): Operations {
  const resources = ({ resourceArn }: OnResource) => [resourceArn];
  return {
    ListTagsForResource: {
      resources,
      handle: ({ resourceArn }: OnResource) => ({ tags: state.tags.of(known(state, resourceArn)) }),
    },
    TagResource: {
      resources,
      handle: ({ resourceArn, tags }: OnResource & { readonly tags: readonly Tag[] }) => {
        state.tags.add(known(state, resourceArn), tags);
        return {};
      },
    },
    UntagResource: {
      resources,
      handle: ({ resourceArn, tagKeys }: OnResource & { readonly tagKeys: readonly string[] }) => {
        state.tags.remove(known(state, resourceArn), tagKeys);
        return {};
      },
    },
  };
}

/** @throws AwsError InvalidParameterException for what does not exist */
function known(state: Tagged, arn: string): string {
  if (state.exists(arn)) return arn;
  throw new AwsError('InvalidParameterException', `The specified resource ${arn} could not be found.`);
}
