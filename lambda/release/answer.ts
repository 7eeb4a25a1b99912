import { createHash } from 'node:crypto';
import { shorten } from '../shared/text';
import { REASON_LENGTH_MAX } from './sentence';

/** What CloudFormation sends. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  /** Absent on Create. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
}

/** Whom to answer: what must be copied from the request. */
export interface Addressee {
  readonly responseUrl: string;
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalResourceId: string;
  readonly physicalResourceId: string;
}

export interface Answer {
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

/** The answer's body, its reason cut until it fits. */
export function answerBody(addressee: Addressee, answer: Answer): string {
  const body = (reason: string) =>
    JSON.stringify({
      Status: answer.status,
      Reason: reason,
      PhysicalResourceId: addressee.physicalResourceId,
      StackId: addressee.stackId,
      RequestId: addressee.requestId,
      LogicalResourceId: addressee.logicalResourceId,
      Data: answer.data,
    });
  let length = REASON_LENGTH_MAX;
  let text = body(shorten(answer.reason, length));
  // A character can take four bytes, or six when JSON escapes it.
  while (Buffer.byteLength(text) > BODY_BYTES_MAX && length > 50) text = body(shorten(answer.reason, (length -= 50)));
  return text;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
