/** The limits and the retries of every call to AWS that a handler makes. */
import { nameOf } from '../common/errors';
import { retry } from '../common/retry';

/** Real time that one API call may take, the SDK's own retries included. AbortSignal's timers are real ones. */
const CALL_MS_MAX = 20_000;

/** IAM is eventually consistent: a role made by the same stack may be refused at first. FACTS: up to a minute. */
const IAM_SETTLES_MS = 60_000;

/** How long a call is repeated that AWS throttles or fails. */
const UNAVAILABLE_MS = 30_000;
const UNAVAILABLE =
  /^(Throttling|ThrottlingException|RequestLimitExceeded|ServiceUnavailable|InternalFailure|Http5\d\d)$/;

/** The options of every `client.send`: a hung endpoint must not hold a handler up. */
export function callLimits(signal?: AbortSignal): { abortSignal: AbortSignal } {
  // Not AbortSignal.any: it holds its sources weakly, and a collected timeout never fires (nodejs/node#54614).
  const controller = new AbortController();
  for (const source of [AbortSignal.timeout(CALL_MS_MAX), signal]) {
    if (source?.aborted) controller.abort(source.reason);
    source?.addEventListener('abort', () => controller.abort(source.reason), { once: true });
  }
  return { abortSignal: controller.signal };
}

/** CodeDeploy, ECS and CloudWatch say AccessDenied(Exception), EC2 says UnauthorizedOperation. */
export function isAccessDenied(error: unknown): boolean {
  return ['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'].includes(nameOf(error));
}

/** Whether AWS throttled the call, failed, or was not reached: the same call may succeed soon. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The SDK says whose fault an error is: https://smithy.io/2.0/spec/type-refinement-traits.html#error-trait
  return UNAVAILABLE.test(error.name) || 'syscall' in error || ('$fault' in error && error.$fault === 'server');
}

/**
 * Repeats a call that IAM denies for up to a minute.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export function whileIamSettles<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return retry(call, { retryable: isAccessDenied, limitMs: IAM_SETTLES_MS, signal });
}

/** Repeats a call for half a minute while AWS is not available, as the SDK's clients do for their own calls. */
export function whileUnavailable<T>(
  call: () => Promise<T>,
  signal?: AbortSignal,
  limitMs = UNAVAILABLE_MS,
): Promise<T> {
  return retry(call, { retryable: isUnavailable, limitMs, signal });
}
