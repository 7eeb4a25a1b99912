import type { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** Makes each release wait for a person, after the smoke gate and before production traffic moves. */
export interface ReleaseApproval {
  /** How long a release waits, whole minutes from 1 to 50; then it is stopped and rolled back. */
  readonly timeLimit: Duration;
  /** Gets a message that says how to continue or stop. @default - nobody is told */
  readonly topic?: ITopic;
}
