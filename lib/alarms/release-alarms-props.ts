import type { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import type { ITwinEnvironments } from '../twins/imported-twin-environments';

/** The alarms that stop a release. */
export interface IReleaseAlarms extends IConstruct {
  /** Every alarm that stops a release. CodeDeploy supports only metric alarms. */
  readonly alarms: IAlarm[];
}

/** The thresholds of the alarms, also of those that `BlueGreenService` creates. */
export interface ReleaseAlarmsOptions {
  /** The share of failed requests above which the alarm fires, in percent, 0 to 100. @default 5 */
  readonly errorRatePercent?: number;
  /**
   * The share of requests that fail in a single minute above which the release is stopped at once, in percent, 0 to 100.
   * @default - 40, or `errorRatePercent` where that is more
   */
  readonly severeErrorRatePercent?: number;
  /** The 99th percentile of the response time above which the alarm fires. @default Duration.seconds(1) */
  readonly latencyP99?: Duration;
  /** The number of requests in a minute below which rate and latency are ignored. @default 10 */
  readonly minRequests?: number;
  /** How many minutes in a row errors or latency must be too high, 1 to 10. @default 2 */
  readonly evaluationPeriods?: number;
  /**
   * How long a task may fail its health check before the alarm fires, whole minutes up to a day. It should be longer than the
   * start of a task. @default - 3 minutes; in `BlueGreenService` also not less than its grace period and start timeout
   */
  readonly unhealthyAfter?: Duration;
  /** Your own metric alarms that stop a release too, up to 2, in the account and Region of the stack. @default - none */
  readonly additionalAlarms?: IAlarm[];
}

/** Construction properties of `ReleaseAlarms`. */
export interface ReleaseAlarmsProps extends ReleaseAlarmsOptions {
  /** The twin environments to monitor. */
  readonly twins: ITwinEnvironments;
  /** The name of the service in descriptions. @default - the id of the enclosing construct */
  readonly serviceName?: string;
}
