import type { RestResponse } from '../rest';
import type { WireError } from './message';
import { toXml, xmlText } from './xml';

/** S3's error document is the bare `<Error>`: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function s3Failure(
  { code, message, statusCode }: WireError,
  requestId: string,
  resource?: string,
): RestResponse {
  const Resource = resource === undefined ? undefined : xmlText(resource);
  const values = { Code: xmlText(code), Message: xmlText(message), Resource, RequestId: requestId, HostId: requestId };
  return {
    status: statusCode,
    headers: { 'content-type': 'application/xml', ...s3Ids(requestId) },
    // A response to a condition has no content: https://www.rfc-editor.org/rfc/rfc9110#name-304-not-modified
    ...(statusCode !== 304 && { body: toXml('Error', values) }),
  };
}

/** S3 has two ids of a request; support asks for both. */
export const s3Ids = (requestId: string) => ({ 'x-amz-request-id': requestId, 'x-amz-id-2': requestId });

/** restJson1, with the members that Lambda's errors have: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function restJsonFailure({ code, message, statusCode }: WireError, requestId: string): RestResponse {
  return {
    status: statusCode,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': code },
    body: JSON.stringify({ Type: statusCode < 500 ? 'User' : 'Service', message, Message: message }),
  };
}
