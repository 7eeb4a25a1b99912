/** Who signed a request, and for which service: the credential scope of Signature Version 4. */
export interface Scope {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name: `monitoring` for CloudWatch, else the IAM prefix. */
  readonly signingName: string;
}

/**
 * Reads the scope from the Authorization header or, for presigned URLs, from `X-Amz-Credential`. The signature itself
 * is not checked: on loopback the key id says who calls.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @returns undefined for an unsigned request
 */
export function signatureScope(authorization: string | undefined, query: URLSearchParams): Scope | undefined {
  const credential =
    /^AWS4-HMAC-SHA256 .*?Credential=([^,\s]+)/.exec(authorization ?? '')?.[1] ?? query.get('X-Amz-Credential');
  const [accessKeyId, , region, signingName, terminator] = credential?.split('/') ?? [];
  if (!accessKeyId || !region || !signingName || terminator !== 'aws4_request') return undefined;
  return { accessKeyId, region, signingName };
}
