import { AwsError } from '../service';
import { isSameSecret } from '../secret';
import { EMPTY_SHA256, hmac, type ReceivedRequest, scopeText, sha256, signingKey } from './canonical';
import { contentOf, type Framed, readChunks } from './chunked';
import type { Signature } from './signature';
import { SignatureProblem } from './signature-problem';

/** What a signature says about a body, and how the body is proved to be that one. */
export interface Payload {
  /** The last line of the canonical request. */
  readonly hash: string;
  /**
   * @returns the content, without framing
   * @throws SignatureProblem when it is not what was signed; AwsError IncompleteBody
   */
  readonly open: (secretAccessKey: string) => Buffer;
}

const UNSIGNED = 'UNSIGNED-PAYLOAD';
const SIGNED_CHUNKS = ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'];
const UNSIGNED_CHUNKS = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/**
 * The body of a request to S3, which may be signed whole, in chunks or not at all; other services sign it whole.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * @throws AwsError for a form that S3 does not take
 */
export function payloadOf(request: ReceivedRequest, signature: Signature): Payload {
  const { body } = request;
  if (signature.scope.signingName !== 's3') return { hash: sha256(body), open: () => body };
  const hash = declaredHash(request, signature);
  if (hash === UNSIGNED) return { hash, open: () => body };
  if (hash === UNSIGNED_CHUNKS) return { hash, open: () => contentOf(readChunks(body)) };
  if (SIGNED_CHUNKS.includes(hash)) return { hash, open: (secret) => openChunks(readChunks(body), signature, secret) };
  if (!/^[0-9a-f]{64}$/.test(hash)) {
    const forms = `${UNSIGNED}, ${UNSIGNED_CHUNKS}, ${SIGNED_CHUNKS.join(', ')} or a valid sha256 value`;
    throw new AwsError('InvalidArgument', `x-amz-content-sha256 must be ${forms}; it is ${JSON.stringify(hash)}.`);
  }
  return { hash, open: () => matching(body, hash) };
}

function declaredHash({ headers, query }: ReceivedRequest, { form }: Signature): string {
  const [header] = [headers['x-amz-content-sha256']].flat();
  if (header !== undefined) return header;
  if (form === 'query') return query.get('X-Amz-Content-Sha256') ?? UNSIGNED;
  throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
}

function matching(body: Buffer, hash: string): Buffer {
  if (isSameSecret(sha256(body), hash)) return body;
  throw new SignatureProblem('payload', "The provided 'x-amz-content-sha256' header does not match what was computed.");
}

/** Each chunk's signature covers the one before it, the first one's the request's. */
function openChunks(framed: Framed, signature: Signature, secretAccessKey: string): Buffer {
  const key = signingKey(signature.scope, secretAccessKey);
  const frame = (kind: string, before: string) =>
    [`AWS4-HMAC-SHA256-${kind}`, signature.time, scopeText(signature.scope), before].join('\n');
  let before = signature.signature;
  for (const { content, signature: given = '' } of framed.chunks) {
    const expected = hmac(key, `${frame('PAYLOAD', before)}\n${EMPTY_SHA256}\n${sha256(content)}`).toString('hex');
    before = same(given, expected);
  }
  const headers = framed.trailer.filter(([name]) => name !== 'x-amz-trailer-signature');
  if (headers.length > 0) {
    const given = framed.trailer.find(([name]) => name === 'x-amz-trailer-signature')?.[1] ?? '';
    const text = headers.map(([name, value]) => `${name}:${value}\n`).join('');
    same(given, hmac(key, `${frame('TRAILER', before)}\n${sha256(text)}`).toString('hex'));
  }
  return contentOf(framed);
}

function same(given: string, expected: string): string {
  if (isSameSecret(given, expected)) return given;
  throw new SignatureProblem('mismatch', NO_MATCH);
}

export const NO_MATCH =
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
