import type { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/**
 * Makes each release wait for a person before production traffic moves: after the smoke gate with CodeDeploy, from the beginning
 * of the smoke gate with ECS, which moves traffic once gate and person agree. The first version of a service waits for nobody.
 */
export interface ReleaseApproval {
  /**
   * How long a release waits, whole minutes: up to 50 with CodeDeploy, and up to 1980 with ECS, shift and bake included. Then it
   * is stopped and rolled back.
   */
  readonly timeout: Duration;
  /** The topic that gets a message with the commands to continue or stop the release. @default - no message is sent */
  readonly topic?: ITopic;
}
