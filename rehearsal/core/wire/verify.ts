import { isSameSecret } from '../secret';
import type { Credentials } from '../service';
import { type ReceivedRequest, signatureOf } from './canonical';
import { NO_MATCH, payloadOf } from './payload';
import type { Signature } from './signature';
import { SignatureProblem } from './signature-problem';

/** Both times that a client may sign with: rehearsed programs run on AWS time, others on the machine's. */
export interface Times {
  readonly awsMs: number;
  readonly realMs: number;
  /** AWS seconds in a second. */
  readonly speed: number;
}

/** S3 says 15 minutes; others say 5. https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html */
const SKEW_MS_MAX = 15 * 60_000;

/** How long a request may take from its signer to here: latency is real, so it is many AWS seconds. */
const LATENCY_MS_MAX = 60_000;

/** The time of the clock that the request was signed by, as far as the request shows it. */
export function clockOf(atMs: number | undefined, { awsMs, realMs }: Times): number {
  if (atMs === undefined) return awsMs;
  return Math.abs(atMs - realMs) < Math.abs(atMs - awsMs) ? realMs : awsMs;
}

/**
 * Proves that the holder of the credentials sent this request, now.
 * @returns the body's content, without framing
 * @throws SignatureProblem; AwsError for a body that cannot be read
 */
export function verify(request: ReceivedRequest, signature: Signature, credentials: Credentials, times: Times): Buffer {
  if (!isSameSecret(signature.sessionToken ?? '', credentials.sessionToken)) {
    throw new SignatureProblem('wrong-token', 'The security token included in the request is invalid.');
  }
  refuseUnsigned(request, signature);
  refuseOutOfTime(signature, times);
  const payload = payloadOf(request, signature);
  const { secretAccessKey } = credentials;
  const expected = signatureOf(request, signature, { secretAccessKey, payloadHash: payload.hash });
  if (!isSameSecret(signature.signature, expected)) throw new SignatureProblem('mismatch', NO_MATCH);
  return payload.open(secretAccessKey);
}

/** "The CanonicalHeaders list must include the HTTP host header" and "any x-amz-* headers": they decide what is done. */
function refuseUnsigned({ rawHeaders }: ReceivedRequest, { signedHeaders }: Signature): void {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const unsigned = names.filter((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
  if (unsigned.length === 0) return;
  throw new SignatureProblem(
    'unsigned-header',
    `There were headers present in the request which were not signed: ${unsigned.join(', ')}`,
  );
}

/** A presigned URL ends by the clock that it was signed by. */
function refuseOutOfTime(signature: Signature, { awsMs, realMs, speed }: Times): void {
  const { atMs, time, scope, form, expiresSeconds = 0 } = signature;
  if (time.slice(0, 8) !== scope.date) {
    throw new SignatureProblem(
      'mismatch',
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP',
    );
  }
  const latencyMs = speed > 1 ? LATENCY_MS_MAX * speed : 0;
  const validMs = form === 'query' ? expiresSeconds * 1000 : SKEW_MS_MAX;
  const clocks = [
    { nowMs: realMs, early: SKEW_MS_MAX, late: validMs },
    { nowMs: awsMs, early: Math.max(SKEW_MS_MAX, latencyMs), late: Math.max(validMs, latencyMs) },
  ];
  if (clocks.some(({ nowMs, early, late }) => atMs <= nowMs + early && nowMs <= atMs + late)) return;
  throw outOfTime(signature, clockOf(atMs, { awsMs, realMs, speed }));
}

function outOfTime({ atMs, time, form, scope }: Signature, nowMs: number): SignatureProblem {
  const isLate = atMs < nowMs;
  if (form === 'query') {
    return new SignatureProblem('out-of-time-url', isLate ? 'Request has expired' : 'Request is not valid yet');
  }
  const now = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const sentence = isLate
    ? `Signature expired: ${time} is now earlier than ${now} - 15 min.`
    : `Signature not yet current: ${time} is still later than ${now} + 15 min.`;
  const s3 = "The difference between the request time and the server's time is too large.";
  return new SignatureProblem('out-of-time', scope.signingName === 's3' ? s3 : sentence);
}
