/** How a service writes a tag: `{ Key, Value }`, or `{ key, value }`. */
export interface TagForm<Tag> {
  /** A tag without a value has the empty one. */
  readonly read: (tag: Tag) => readonly [key: string, value: string];
  readonly write: (key: string, value: string) => Tag;
}

/** The tags of one service's resources, by ARN. A key is there once, with the value that was given last. */
export class Tags<Tag> {
  private readonly byArn = new Map<string, ReadonlyMap<string, string>>();

  constructor(private readonly form: TagForm<Tag>) {}

  of(arn: string): readonly Tag[] {
    return [...(this.byArn.get(arn) ?? [])].map(([key, value]) => this.form.write(key, value));
  }

  add(arn: string, tags: readonly Tag[] = []): void {
    this.byArn.set(arn, new Map([...(this.byArn.get(arn) ?? []), ...tags.map(this.form.read)]));
  }

  remove(arn: string, keys: readonly string[]): void {
    this.byArn.set(arn, new Map([...(this.byArn.get(arn) ?? [])].filter(([key]) => !keys.includes(key))));
  }
}
