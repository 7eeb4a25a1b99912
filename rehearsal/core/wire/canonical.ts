import { createHash, createHmac } from 'node:crypto';
import { AwsError } from '../service';
import type { RestRequest } from '../rest';
import type { Scope, Signature } from './signature';

/**
 * The texts that a signature of Signature Version 4 is made of, from a request as it arrived. Written apart from the
 * signer in `lambda/shared`, so that an error in one of them shows.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

/** A request with what the signature covers: its path and headers as they were sent. */
export interface ReceivedRequest extends RestRequest {
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
}

export const EMPTY_SHA256 = sha256('');

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** @returns the signature that the holder of the secret key would give this request */
export function signatureOf(
  request: ReceivedRequest,
  { scope, time, signedHeaders }: Pick<Signature, 'scope' | 'time' | 'signedHeaders'>,
  { secretAccessKey, payloadHash }: { readonly secretAccessKey: string; readonly payloadHash: string },
): string {
  const canonical = [
    request.method,
    canonicalPath(request.path, scope.signingName),
    canonicalQuery(request.query),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(request.rawHeaders, name)}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
  // Node reads a header's bytes as Latin-1; everything else is ASCII.
  const text = ['AWS4-HMAC-SHA256', time, scopeText(scope), sha256(Buffer.from(canonical, 'latin1'))].join('\n');
  return hmac(signingKey(scope, secretAccessKey), text).toString('hex');
}

export function scopeText({ date, region, signingName }: Scope): string {
  return `${date}/${region}/${signingName}/aws4_request`;
}

export function signingKey(scope: Scope, secretAccessKey: string): Buffer {
  return scopeText(scope)
    .split('/')
    .reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secretAccessKey}`));
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** S3 encodes a path once and keeps it as it is; the others normalize it and encode what was sent again. */
function canonicalPath(path: string, signingName: string): string {
  if (signingName === 's3') return path.split('/').map(decodedSegment).map(encode).join('/');
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

/** One segment of a path as it was sent. @throws AwsError InvalidURI */
export function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** "Sort the parameter names by character code point", encoded ones. */
function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([name, value], [other, otherValue]) => compare(name, other) || compare(value, otherValue))
    .map((pair) => pair.join('='))
    .join('&');
}

function canonicalValue(rawHeaders: readonly string[], wanted: string): string {
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === wanted);
  return values.map((value) => value.trim().replace(/\s+/g, ' ')).join(',');
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** RFC 3986: encodeURIComponent leaves five characters that must be encoded. */
function encode(text: string): string {
  const escaped = encodeURIComponent(text);
  return escaped.replace(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`);
}
