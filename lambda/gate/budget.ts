/** How one invocation's time is spent, milliseconds. */
export interface Budget {
  /** Until the wait for the target and the checks must be over. */
  readonly checksMs: number;
  /** Until everything but the report must be over. */
  readonly workMs: number;
  /** Of it, kept back for the alarms that are read after the checks. */
  readonly alarmsMs: number;
}

const REPORT_MS = 30_000;
const ALARMS_MS = 15_000;

/**
 * Keeps 30 s back for the report, or a tenth of a shorter time: a hook that does not call back holds the deployment for
 * an hour. https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
 * @param remainingMs until Lambda ends the invocation
 */
export function budget(remainingMs: number, timeLimitMs: number): Budget {
  const workMs = Math.max(0, remainingMs - Math.min(REPORT_MS, remainingMs / 10));
  const alarmsMs = Math.min(ALARMS_MS, workMs / 10);
  return { checksMs: Math.min(timeLimitMs, workMs - alarmsMs), workMs, alarmsMs };
}
