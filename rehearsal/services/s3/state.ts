import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock';

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** Quoted, as S3 writes it. */
  readonly etag: string;
  readonly contentType: string;
  /** AWS time, milliseconds since the epoch. */
  readonly modifiedAtMs: number;
}

export interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly createdAtMs: number;
  readonly objects: Map<string, StoredObject>;
  tags: readonly Tag[];
  /** As it was put: JSON text, or a document of a template. */
  policy?: unknown;
  /** The XML document that was put; nothing is delivered. */
  notifications?: string;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly parts: Map<number, Buffer>;
}

/** Buckets; what is in an object lies on disk, because assets may be large. */
export class S3State {
  readonly buckets = new Map<string, Bucket>();
  readonly uploads = new Map<string, Upload>();

  constructor(
    private readonly clock: Clock,
    private readonly directory: string,
  ) {}

  addBucket(name: string, region: string): Bucket {
    const bucket: Bucket = { name, region, createdAtMs: this.clock.now(), objects: new Map(), tags: [] };
    this.buckets.set(name, bucket);
    return bucket;
  }

  put(bucket: Bucket, key: string, body: Buffer, contentType = 'application/octet-stream'): StoredObject {
    const path = this.pathOf(bucket.name, key);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, body);
    const stored: StoredObject = {
      key,
      size: body.length,
      etag: `"${createHash('md5').update(body).digest('hex')}"`,
      contentType,
      modifiedAtMs: this.clock.now(),
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
