import type { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { LifecycleEvent } from './lifecycle-event';

/**
 * Your own function as one more check of the gate. It is invoked with service, deployment, event, target URL and
 * deadline, and returns `{"outcome": "passed" | "failed" | "degraded", "message": "…"}`; an error is a failed
 * check. docs/gate.md describes the payload.
 */
export interface CustomCheck {
  /** The name of the check in verdicts. It is unique among the custom checks. */
  readonly name: string;
  /** The function that is invoked. The gate may invoke none of your other functions. */
  readonly handler: IFunction;
  /** How long the gate waits for the result, 1 s to 14 min, and never longer than its own timeout. @default Duration.minutes(1) */
  readonly timeout?: Duration;
  /** The lifecycle events at which the check runs. @default [LifecycleEvent.AFTER_ALLOW_TEST_TRAFFIC] */
  readonly lifecycleEvents?: LifecycleEvent[];
}

/** The response header in which a service says which version it is. */
export interface VersionHeader {
  /** The name of the header: `x-version`. */
  readonly name: string;
  /** The value that green sends. It differs from release to release. */
  readonly value: string;
}
