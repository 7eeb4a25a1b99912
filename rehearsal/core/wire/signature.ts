import type { RestRequest } from '../rest';
import { SignatureProblem } from './signature-problem';

/** Who signed a request, and for which service: the credential scope of Signature Version 4. */
export interface Scope {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  /** The signing name: `monitoring` for CloudWatch, else the IAM prefix. */
  readonly signingName: string;
}

/** A signature as it was sent. */
export interface Signature {
  readonly scope: Scope;
  readonly form: 'header' | 'query';
  /** `20260102T030405Z` */
  readonly time: string;
  readonly atMs: number;
  /** Of a presigned URL. */
  readonly expiresSeconds?: number;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken?: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** A week. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const EXPIRES_SECONDS_MAX = 604_800;

type Signed = Pick<RestRequest, 'headers' | 'query'>;

/**
 * Reads the scope from the Authorization header or, for presigned URLs, from `X-Amz-Credential`. It only says what the
 * sender claims: `verify` proves it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @returns undefined for an unsigned request
 */
export function signatureScope({ headers, query }: Signed): Scope | undefined {
  const credential = fields(headers.authorization ?? '').get('Credential') ?? query.get('X-Amz-Credential');
  const [accessKeyId, date, region, signingName, terminator, ...more] = credential?.split('/') ?? [];
  if (!accessKeyId || !date || !region || !signingName || terminator !== 'aws4_request' || more.length > 0) {
    return undefined;
  }
  return { accessKeyId, date, region, signingName };
}

/** Milliseconds since the epoch at which the request says it was signed; undefined when it does not say. */
export function signedAtMs({ headers, query }: Signed): number | undefined {
  const [time] = [headers['x-amz-date'] ?? query.get('X-Amz-Date') ?? headers.date].flat();
  const atMs = millisecondsOf(time ?? '');
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** @throws SignatureProblem `incomplete` */
export function readSignature(request: Signed, scope: Scope): Signature {
  const { headers, query } = request;
  if (headers.authorization !== undefined && query.has('X-Amz-Algorithm')) {
    throw new SignatureProblem('incomplete', 'Only one auth mechanism allowed');
  }
  const atMs = signedAtMs(request);
  if (atMs === undefined) {
    throw new SignatureProblem(
      'incomplete',
      "Authorization requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  const time = new Date(atMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  return { scope, time, atMs, ...(headers.authorization === undefined ? fromQuery(query) : fromHeaders(headers)) };
}

type Found = Omit<Signature, 'scope' | 'time' | 'atMs'>;

function fromHeaders(headers: RestRequest['headers']): Found {
  const found = fields(headers.authorization ?? '');
  const [sessionToken] = [headers['x-amz-security-token']].flat();
  return {
    form: 'header',
    ...named((name) => found.get(name), ['SignedHeaders', 'Signature']),
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

function fromQuery(query: URLSearchParams): Found {
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) {
    throw new SignatureProblem('incomplete', `X-Amz-Algorithm only supports "${ALGORITHM}"`);
  }
  const expiresSeconds = Number(query.get('X-Amz-Expires') ?? NaN);
  if (!(Number.isInteger(expiresSeconds) && expiresSeconds >= 0 && expiresSeconds <= EXPIRES_SECONDS_MAX)) {
    throw new SignatureProblem(
      'incomplete',
      `X-Amz-Expires must be a number of seconds from 0 to ${EXPIRES_SECONDS_MAX}`,
    );
  }
  const sessionToken = query.get('X-Amz-Security-Token');
  return {
    form: 'query',
    expiresSeconds,
    ...named((name) => query.get(name), ['X-Amz-SignedHeaders', 'X-Amz-Signature']),
    ...(sessionToken !== null && { sessionToken }),
  };
}

function named(get: (name: string) => string | null | undefined, [headersName, signatureName]: [string, string]) {
  const signedHeaders = get(headersName)?.split(';') ?? [];
  const signature = get(signatureName);
  if (!signature || !signedHeaders.includes('host')) {
    const lacking = signature
      ? `'Host' must be a signed header`
      : `Authorization requires '${signatureName}' parameter`;
    throw new SignatureProblem('incomplete', `${lacking}.`);
  }
  return { signedHeaders, signature };
}

/** `AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...` */
function fields(authorization: string | readonly string[]): ReadonlyMap<string, string> {
  const text = String(authorization);
  if (!text.startsWith(`${ALGORITHM} `)) return new Map();
  const pairs = text
    .slice(ALGORITHM.length)
    .split(',')
    .map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
}

/** Of `20260102T030405Z`, or of an HTTP date. */
function millisecondsOf(time: string): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  if (parts.length === 0) return /^[A-Z][a-z]{2}, .* GMT$/.test(time) ? Date.parse(time) : NaN;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
