/** How long the handlers of custom resources repeat what AWS throttles or fails: the one rule of all of them. */
import { retry } from '../common/retry';
import { isUnavailable } from './calls';

/**
 * From the start of an invocation. A failure that comes while a stack rolls back leaves it in UPDATE_ROLLBACK_FAILED, so the
 * time is as long as it can be. A function has 15 minutes, and CloudFormation an hour for the whole of a release:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-customresource.html
 */
export const PATIENCE_MS = 600_000;

/** After that: the last call with its retries, and the response to CloudFormation. */
export const RESPONSE_RESERVE_MS = 120_000;

/** What is left of the time in one invocation. */
export class Patience {
  readonly endMs = Date.now() + PATIENCE_MS;

  /** Repeats `call` while AWS is not available. @throws what AWS said at last */
  outlast<T>(call: () => Promise<T>): Promise<T> {
    return retry(call, { retryable: isUnavailable, limitMs: this.endMs - Date.now() });
  }
}
