import { createHash } from 'node:crypto';
import { REASON_LENGTH_MAX } from '../../aws/stack';
import { exchange } from '../../common/http';
import { log } from './logger';
import { retry } from '../../common/retry';
import { shorten } from '../../common/text';

/** What CloudFormation sends. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** `Custom::...` */
  readonly ResourceType?: string;
  /** Absent on Create. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  /** Only on Update: what the resource has now. */
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

/** Where the response goes: what must be copied from the request. */
export interface Addressee {
  readonly responseUrl: string;
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalResourceId: string;
  readonly physicalResourceId: string;
}

export interface ResourceResponse {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
const BODY_BYTES_MAX = 4_096;

/** The physical id stays what it was, or CloudFormation would take the update for a replacement and delete the old one. */
export function addresseeOf(event: CustomResourceEvent): Addressee {
  const made = `${event.LogicalResourceId}-${sha256(event.StackId).slice(0, 12)}`;
  return {
    responseUrl: event.ResponseURL,
    stackId: event.StackId,
    requestId: event.RequestId,
    logicalResourceId: event.LogicalResourceId,
    physicalResourceId: event.PhysicalResourceId ?? made,
  };
}

/** The body of the response, its reason cut until it fits. */
export function responseBody(addressee: Addressee, response: ResourceResponse): string {
  const body = (reason: string) =>
    JSON.stringify({
      Status: response.status,
      Reason: reason,
      PhysicalResourceId: addressee.physicalResourceId,
      StackId: addressee.stackId,
      RequestId: addressee.requestId,
      LogicalResourceId: addressee.logicalResourceId,
      Data: response.data,
    });
  let length = REASON_LENGTH_MAX;
  let text = body(shorten(response.reason, length));
  // A character can take four bytes, or six when JSON escapes it.
  while (Buffer.byteLength(text) > BODY_BYTES_MAX && length > 50) text = body(shorten(response.reason, (length -= 50)));
  return text;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const RESPONSE_MS_MAX = 60_000;
const PUT_MS_MAX = 10_000;

/** Puts a body to CloudFormation's URL. @throws Error when the URL does not take it */
export type Put = (url: string, body: string) => Promise<void>;

/** @throws the last error when CloudFormation's URL took nothing for a minute */
export async function deliver(addressee: Addressee, response: ResourceResponse, put: Put = putResponse): Promise<void> {
  const body = responseBody(addressee, response);
  log('info', 'response to CloudFormation', { status: response.status, reason: response.reason });
  await retry(() => put(addressee.responseUrl, body), { retryable: () => true, limitMs: RESPONSE_MS_MAX });
}

export async function putResponse(url: string, body: string): Promise<void> {
  const response = await exchange({
    method: 'PUT',
    url: new URL(url),
    // The presigned URL is signed for no content type.
    headers: { 'content-type': '' },
    body,
    timeoutMs: PUT_MS_MAX,
  });
  if (response.status < 200 || response.status > 299)
    throw new Error(`CloudFormation did not take the response: ${response.status}`);
}
