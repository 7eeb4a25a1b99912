import { signatureError, SignatureProblem } from '../../../../rehearsal/core/wire/signature-problem';

// The pages are named in the source.
test.each([
  ['s3', 'missing', 'AccessDenied', 403],
  ['s3', 'incomplete', 'AuthorizationHeaderMalformed', 400],
  ['s3', 'unknown-key', 'InvalidAccessKeyId', 403],
  ['s3', 'wrong-token', 'InvalidToken', 400],
  ['s3', 'expired-token', 'ExpiredToken', 400],
  ['s3', 'out-of-time', 'RequestTimeTooSkewed', 403],
  ['s3', 'mismatch', 'SignatureDoesNotMatch', 403],
  ['s3', 'payload', 'XAmzContentSHA256Mismatch', 400],
  ['ec2', 'missing', 'MissingAuthenticationToken', 403],
  ['ec2', 'unknown-key', 'AuthFailure', 401],
  ['ec2', 'expired-token', 'RequestExpired', 400],
  ['ec2', 'mismatch', 'AuthFailure', 401],
  ['query', 'missing', 'MissingAuthenticationToken', 403],
  ['query', 'incomplete', 'IncompleteSignature', 403],
  ['query', 'unknown-key', 'InvalidClientTokenId', 403],
  ['query', 'expired-token', 'ExpiredToken', 403],
  ['query', 'out-of-time', 'SignatureDoesNotMatch', 403],
  ['json', 'missing', 'MissingAuthenticationTokenException', 403],
  ['json', 'incomplete', 'IncompleteSignatureException', 403],
  ['json', 'unknown-key', 'UnrecognizedClientException', 403],
  ['json', 'expired-token', 'ExpiredTokenException', 403],
  ['json', 'mismatch', 'InvalidSignatureException', 403],
] as const)('%s says of a signature that is %s: %s', (dialect, kind, code, statusCode) => {
  expect(signatureError(new SignatureProblem(kind, 'why'), dialect)).toMatchObject({
    code,
    statusCode,
    message: 'why',
  });
});
