import { createHash } from 'node:crypto';
import type { ImageSource, LocalImage } from '../../images';
import { SecretPath } from '../../core/secret';

/** An image as the Docker client of a rehearsal has it. */
export type StoredImage = Omit<LocalImage, 'uri'>;

export interface PushedImage {
  readonly digest: string;
  readonly tag: string;
  readonly image: StoredImage;
  /** AWS time, milliseconds since the epoch. */
  readonly pushedAtMs: number;
}

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly uri: string;
  readonly createdAtMs: number;
  /** By tag. */
  readonly images: Map<string, PushedImage>;
}

/** The registries of all accounts and regions, and the one Docker client's own store. */
export class EcrRegistries implements ImageSource {
  readonly byName = new Map<string, EcrState>();
  /** Built and perhaps not pushed, by the reference it was tagged with. */
  readonly local = new Map<string, StoredImage>();

  /** Where the rehearsal's docker program sends its command line. */
  readonly dockerRoute = new SecretPath('/_rehearsal/docker/');
  /** Where an image's description can be downloaded, by its digest: a presigned URL on AWS. */
  readonly layerRoute = new SecretPath('/_rehearsal/images/');

  /** @param uri `<registry>/<repository>:<tag>` or `@<digest>` */
  find(uri: string): LocalImage | undefined {
    const reference = parseReference(uri);
    const image = reference && this.byName.get(reference.registry)?.pushed(reference)?.image;
    return image && { uri, ...image };
  }
}

/** The repositories of one registry. */
export class EcrState {
  readonly repositories = new Map<string, Repository>();

  constructor(readonly registry: string) {}

  pushed({ repository, tag, digest }: Reference): PushedImage | undefined {
    const images = this.repositories.get(repository)?.images;
    if (!images) return undefined;
    return digest === undefined ? images.get(tag) : [...images.values()].find((image) => image.digest === digest);
  }
}

export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest?: string;
}

/** @returns undefined for a name without a registry */
export function parseReference(uri: string): Reference | undefined {
  const [, registry, repository, tag = 'latest', digest] =
    /^([^/]+)\/([^:@]+)(?::([^@]+))?(?:@(sha256:\w+))?$/.exec(uri) ?? [];
  if (!registry || !repository) return undefined;
  return { registry, repository, tag, ...(digest !== undefined && { digest }) };
}

export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
