import { AwsError } from '../service';
import { type DecodedCall, type ErrorNames, namedByCode, type ResponseCodec } from './message';

/**
 * awsJson 1.0 and 1.1: the operation is in X-Amz-Target, times are seconds since the epoch.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 * @throws AwsError SerializationException
 */
export function decodeJson(
  target: string,
  contentType: string | undefined,
  body: Buffer,
  names?: ErrorNames,
): DecodedCall {
  const operation = target.slice(target.lastIndexOf('.') + 1);
  return { operation, input: parse(body), codec: jsonCodec(contentType, names) };
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw new AwsError('SerializationException', `the request body is not JSON: ${(error as Error).message}`);
  }
}

/**
 * @param contentType that of the request, which the response has too
 * @param names how errors are named; by default by their codes
 */
export function jsonCodec(contentType: string | undefined, names: ErrorNames = namedByCode): ResponseCodec {
  const [version = ''] = /^application\/x-amz-json-1\.[01]\b/.exec(contentType ?? '') ?? [];
  const own = version === '' ? 'application/x-amz-json-1.1' : version;
  const headers = (requestId: string) => ({ 'content-type': own, 'x-amzn-requestid': requestId });
  return {
    success: (output, requestId) => ({ status: 200, headers: headers(requestId), body: stringify(output ?? {}) }),
    failure: (error, requestId) => {
      const { type, headers: more } = names(error);
      return {
        // JSON services return 400 also where query services return 403 or 404.
        status: error.statusCode < 500 ? 400 : error.statusCode,
        headers: { ...headers(requestId), 'x-amzn-errortype': type, ...more },
        body: JSON.stringify({ __type: type, message: error.message }),
      };
    },
  };
}

/** JSON with times as seconds, to the millisecond. */
function stringify(value: unknown): string {
  return JSON.stringify(withSeconds(value));
}

function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withSeconds(inner)]));
}
