/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TagResource.html */
import type { Operations } from '../../../core/service';
import type { TagForm, Tags } from '../../../core/tags';

export interface Tag {
  readonly Key: string;
  readonly Value?: string;
}

export const tagForm: TagForm<Tag> = {
  read: ({ Key, Value = '' }) => [Key, Value],
  write: (Key, Value) => ({ Key, Value }),
};

interface OnResource {
  readonly ResourceArn: string;
}

export function tagOperations(tags: Tags<Tag>): Operations {
  const resources = ({ ResourceArn }: OnResource) => [ResourceArn];
  return {
    ListTagsForResource: { resources, handle: ({ ResourceArn }: OnResource) => ({ Tags: tags.of(ResourceArn) }) },
    TagResource: {
      resources,
      handle: ({ ResourceArn, Tags: added }: OnResource & { readonly Tags: readonly Tag[] }) => {
        tags.add(ResourceArn, added);
        return {};
      },
    },
    UntagResource: {
      resources,
      handle: ({ ResourceArn, TagKeys }: OnResource & { readonly TagKeys: readonly string[] }) => {
        tags.remove(ResourceArn, TagKeys);
        return {};
      },
    },
  };
}
