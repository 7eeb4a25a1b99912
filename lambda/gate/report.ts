import { describeError } from '../../common/errors';
import { isAccessDenied } from '../../aws/calls';
import { log } from '../shared/logger';
import { retry, within } from '../../common/retry';
import { UNREPORTED_KIND } from './types';

/**
 * Tells CodeDeploy, again and again within the time left: a hook that does not call back holds the deployment for an hour.
 * An event that is already completed has its answer.
 * @throws the last error when no report was taken; Lambda then invokes the hook again, as its call was asynchronous
 */
export async function reportWithin(limitMs: number, deploymentId: string, send: () => Promise<void>): Promise<void> {
  const attempt = () =>
    send().catch((error: unknown) => {
      if ((error as Error).name === 'LifecycleEventAlreadyCompletedException') return;
      const denied = isAccessDenied(error);
      // The release function looks for it: CodeDeploy itself would wait for an hour.
      const marks = denied ? { kind: UNREPORTED_KIND, deploymentId } : {};
      log('warn', 'the report was not taken', { error: describeError(error), denied, ...marks });
      throw error;
    });
  await persist(limitMs, attempt, 'no report was taken');
}

/** Repeats `attempt` until it succeeds or the time is over. @throws the last error, or one that begins with `what` */
export function persist(limitMs: number, attempt: () => Promise<void>, what: string): Promise<void> {
  return within(
    limitMs,
    (signal) => retry(attempt, { retryable: () => true, limitMs, signal }),
    () => Promise.reject(new Error(`${what} within ${Math.round(limitMs / 1_000)} s`)),
  );
}
