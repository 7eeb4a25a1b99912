import type { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { GateEvent } from './gate-event';

/**
 * A function of your own as one more check of the gate. It is invoked with service, deployment, event, target URL and
 * deadline, and answers `{"outcome": "passed" | "failed" | "degraded", "message": "…"}`; an error of it is a failed
 * check. docs/gate.md has the contract.
 */
export interface CustomCheck {
  /** Names the check in verdicts; unique among the custom checks. */
  readonly name: string;
  /** What is invoked; the gate may invoke it and nothing else of yours. */
  readonly handler: IFunction;
  /** How long the gate waits for its answer, 1 s to 14 min; never longer than the gate's own limit. @default Duration.minutes(1) */
  readonly timeLimit?: Duration;
  /** When it is asked. @default [GateEvent.AFTER_ALLOW_TEST_TRAFFIC] */
  readonly events?: GateEvent[];
}

/** A header of every answer in which a service says which version it is. */
export interface VersionHeader {
  /** `x-version` */
  readonly name: string;
  /** What the candidate answers; it differs from release to release. */
  readonly value: string;
}
