/** Conditions that a client sets for an object. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html */
import { AwsError } from '../../core/service';
import type { StoredObject } from './state';

export interface Conditions {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly IfModifiedSince?: string;
  readonly IfUnmodifiedSince?: string;
}

/**
 * An entity tag outranks a time: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @throws AwsError PreconditionFailed, 412, or NotModified, 304
 */
export function checkRead(object: StoredObject, conditions: Conditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined) {
    if (!matches(object, IfMatch)) throw preconditionFailed('If-Match');
  } else if (isModifiedSince(object, IfUnmodifiedSince) === true) throw preconditionFailed('If-Unmodified-Since');
  if (IfNoneMatch !== undefined) {
    if (matches(object, IfNoneMatch)) throw notModified();
  } else if (isModifiedSince(object, IfModifiedSince) === false) throw notModified();
}

/** @throws AwsError PreconditionFailed, 412; NoSuchKey for a tag of an object that is not there */
export function checkWrite(existing: StoredObject | undefined, { IfMatch, IfNoneMatch }: Conditions): void {
  if (IfNoneMatch !== undefined && existing && matches(existing, IfNoneMatch))
    throw preconditionFailed('If-None-Match');
  if (IfMatch === undefined) return;
  if (!existing) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  if (!matches(existing, IfMatch)) throw preconditionFailed('If-Match');
}

/** @throws AwsError PreconditionFailed, 412 */
export function checkCopySource(object: StoredObject, conditions: Conditions): void {
  try {
    checkRead(object, conditions);
  } catch (error) {
    throw error instanceof AwsError && error.code === 'NotModified'
      ? preconditionFailed('x-amz-copy-source-if')
      : error;
  }
}

function matches({ etag }: StoredObject, condition: string): boolean {
  return condition.split(',').some((each) => each.trim() === '*' || bare(each) === bare(etag));
}

const bare = (etag: string) => etag.trim().replace(/^W\//, '').replaceAll('"', '');

/** HTTP's times are whole seconds; one that is none is no condition. */
function isModifiedSince({ modifiedAtMs }: StoredObject, since: string | undefined): boolean | undefined {
  const sinceMs = Date.parse(since ?? '');
  return Number.isNaN(sinceMs) ? undefined : Math.floor(modifiedAtMs / 1000) * 1000 > sinceMs;
}

function preconditionFailed(condition: string): AwsError {
  const message = `At least one of the pre-conditions you specified did not hold (${condition})`;
  return new AwsError('PreconditionFailed', message, 412);
}

const notModified = () => new AwsError('NotModified', 'Not Modified', 304);
