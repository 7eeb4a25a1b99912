import { AwsError } from '../service';
import type { DecodedCall, ResponseCodec } from './message';

/**
 * awsJson 1.0 and 1.1: the operation is in X-Amz-Target, times are seconds since the epoch.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 * @throws AwsError SerializationException
 */
export function decodeJson(target: string, contentType: string, body: Buffer): DecodedCall {
  const operation = target.slice(target.lastIndexOf('.') + 1);
  return { operation, input: parse(body), codec: jsonCodec(contentType.split(';')[0] || 'application/x-amz-json-1.1') };
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw new AwsError('SerializationException', `the request body is not JSON: ${(error as Error).message}`);
  }
}

export function jsonCodec(contentType: string): ResponseCodec {
  const headers = (requestId: string) => ({ 'content-type': contentType, 'x-amzn-requestid': requestId });
  return {
    success: (output, requestId) => ({ status: 200, headers: headers(requestId), body: stringify(output ?? {}) }),
    failure: (error, requestId) => ({
      // JSON services return 400 also where query services return 403 or 404.
      status: error.statusCode < 500 ? 400 : error.statusCode,
      headers: { ...headers(requestId), 'x-amzn-errortype': error.code },
      body: JSON.stringify({ __type: error.code, message: error.message }),
    }),
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
