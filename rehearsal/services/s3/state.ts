import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock';

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** Quoted, as S3 writes it. */
  readonly etag: string;
  readonly described: Description;
  /** AWS time, milliseconds since the epoch. */
  readonly modifiedAtMs: number;
  tags: readonly Tag[];
}

/** What a client says of an object and gets back with it, by the members of PutObject. */
export interface Description {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly Expires?: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

export interface Bucket {
  readonly name: string;
  readonly region: string;
  /** Of the owner. */
  readonly accountId: string;
  readonly createdAtMs: number;
  readonly objects: Map<string, StoredObject>;
  tags: readonly Tag[];
  /** As it was put: JSON text, or a document of a template. */
  policy?: unknown;
  /** The XML document that was put; nothing is delivered. */
  notifications?: object;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly described: Description;
  readonly tags: readonly Tag[];
  /** AWS time, milliseconds since the epoch. */
  readonly createdAtMs: number;
  readonly parts: Map<number, Part>;
}

export interface Part {
  readonly body: Buffer;
  readonly etag: string;
  readonly modifiedAtMs: number;
}

interface Put {
  readonly described?: Description;
  readonly tags?: readonly Tag[];
  /** Default: the MD5 of the content. */
  readonly etag?: string;
}

/** Quoted, as S3 writes it. */
export const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

/** Buckets; what is in an object lies on disk, because assets may be large. */
export class S3State {
  readonly buckets = new Map<string, Bucket>();
  readonly uploads = new Map<string, Upload>();

  constructor(
    private readonly clock: Clock,
    private readonly directory: string,
  ) {}

  addBucket(name: string, { region, accountId }: Pick<Bucket, 'region' | 'accountId'>): Bucket {
    const bucket: Bucket = { name, region, accountId, createdAtMs: this.nowMs(), objects: new Map(), tags: [] };
    this.buckets.set(name, bucket);
    return bucket;
  }

  nowMs(): number {
    return this.clock.now();
  }

  put(bucket: Bucket, key: string, body: Buffer, { described = {}, tags = [], etag }: Put = {}): StoredObject {
    const path = this.pathOf(bucket.name, key);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, body);
    const stored: StoredObject = {
      key,
      size: body.length,
      etag: etag ?? etagOf(body),
      described: { ...described, ContentType: described.ContentType ?? 'application/octet-stream' },
      modifiedAtMs: this.nowMs(),
      tags,
    };
    bucket.objects.set(key, stored);
    return stored;
  }

  /** @returns undefined when there is no such object */
  read(bucketName: string, key: string): Buffer | undefined {
    return this.buckets.get(bucketName)?.objects.has(key) ? readFileSync(this.pathOf(bucketName, key)) : undefined;
  }

  remove(bucket: Bucket, key: string): void {
    if (bucket.objects.delete(key)) rmSync(this.pathOf(bucket.name, key), { force: true });
  }

  /** Keys may hold anything, so file names are their digests. */
  private pathOf(bucket: string, key: string): string {
    return join(this.directory, bucket, createHash('sha256').update(key).digest('hex'));
  }
}
