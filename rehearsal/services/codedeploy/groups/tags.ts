/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TagResource.html */
import type { Operations } from '../../../core/service';

export interface Tag {
  readonly Key: string;
  readonly Value?: string;
}

export class Tags {
  private readonly byArn = new Map<string, ReadonlyMap<string, string>>();

  of(arn: string): readonly Tag[] {
    return [...(this.byArn.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
  }

  add(arn: string, tags: readonly Tag[] = []): void {
    const given = tags.map(({ Key, Value = '' }) => [Key, Value] as const);
    this.byArn.set(arn, new Map([...(this.byArn.get(arn) ?? []), ...given]));
  }

  remove(arn: string, keys: readonly string[]): void {
    this.byArn.set(arn, new Map([...(this.byArn.get(arn) ?? [])].filter(([key]) => !keys.includes(key))));
  }
}

interface OnResource {
  readonly ResourceArn: string;
}

export function tagOperations(tags: Tags): Operations {
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
