import type { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** Makes each release wait for a person, after the smoke gate and before production traffic moves. */
export interface ReleaseApproval {
  /** How long a release waits, whole minutes from 1 to 50. Then it is stopped and rolled back. */
  readonly timeout: Duration;
  /** The topic that gets a message with the commands to continue or stop the release. @default - no message is sent */
  readonly topic?: ITopic;
}
