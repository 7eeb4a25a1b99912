import { AwsError } from '../service';

/** What can be wrong with a signature, whatever the service. */
export type SignatureProblemKind =
  | 'missing'
  | 'incomplete'
  | 'unknown-key'
  | 'wrong-token'
  | 'expired-token'
  | 'out-of-time'
  | 'out-of-time-url'
  | 'unsigned-header'
  | 'mismatch'
  | 'payload';

export class SignatureProblem extends Error {
  constructor(
    readonly kind: SignatureProblemKind,
    message: string,
  ) {
    super(message);
  }
}

/** The family of error codes that a service belongs to. */
export type Dialect = 's3' | 'ec2' | 'query' | 'json';

type Code = readonly [code: string, statusCode: number];

const INCOMPLETE = ['IncompleteSignature', 403] as const;
const NO_MATCH = ['SignatureDoesNotMatch', 403] as const;
const NO_TOKEN = ['InvalidClientTokenId', 403] as const;
const AUTH_FAILURE = ['AuthFailure', 401] as const;
const INVALID = ['InvalidSignatureException', 403] as const;
const UNRECOGNIZED = ['UnrecognizedClientException', 403] as const;

/**
 * Codes by family. Status codes of JSON services are 400 whatever is said here.
 * - S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * - EC2: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * - query: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 * - JSON: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html
 */
const codes: Readonly<Record<Dialect, Readonly<Record<SignatureProblemKind, Code>>>> = {
  s3: {
    missing: ['AccessDenied', 403],
    incomplete: ['AuthorizationHeaderMalformed', 400],
    'unknown-key': ['InvalidAccessKeyId', 403],
    'wrong-token': ['InvalidToken', 400],
    'expired-token': ['ExpiredToken', 400],
    'out-of-time': ['RequestTimeTooSkewed', 403],
    'out-of-time-url': ['AccessDenied', 403],
    'unsigned-header': ['AccessDenied', 403],
    mismatch: NO_MATCH,
    payload: ['XAmzContentSHA256Mismatch', 400],
  },
  ec2: {
    missing: ['MissingAuthenticationToken', 403],
    incomplete: INCOMPLETE,
    'unknown-key': AUTH_FAILURE,
    'wrong-token': AUTH_FAILURE,
    'expired-token': ['RequestExpired', 400],
    'out-of-time': ['RequestExpired', 400],
    'out-of-time-url': ['RequestExpired', 400],
    'unsigned-header': AUTH_FAILURE,
    mismatch: AUTH_FAILURE,
    payload: AUTH_FAILURE,
  },
  query: {
    missing: ['MissingAuthenticationToken', 403],
    incomplete: INCOMPLETE,
    'unknown-key': NO_TOKEN,
    'wrong-token': NO_TOKEN,
    'expired-token': ['ExpiredToken', 403],
    'out-of-time': NO_MATCH,
    'out-of-time-url': NO_MATCH,
    'unsigned-header': NO_MATCH,
    mismatch: NO_MATCH,
    payload: NO_MATCH,
  },
  json: {
    missing: ['MissingAuthenticationTokenException', 403],
    incomplete: ['IncompleteSignatureException', 403],
    'unknown-key': UNRECOGNIZED,
    'wrong-token': UNRECOGNIZED,
    'expired-token': ['ExpiredTokenException', 403],
    'out-of-time': INVALID,
    'out-of-time-url': INVALID,
    'unsigned-header': INVALID,
    mismatch: INVALID,
    payload: INVALID,
  },
};

/** The problem as a service of that family says it. */
export function signatureError({ kind, message }: SignatureProblem, dialect: Dialect): AwsError {
  const [code, statusCode] = codes[dialect][kind];
  return new AwsError(code, message, statusCode);
}
