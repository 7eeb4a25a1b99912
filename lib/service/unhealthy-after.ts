import { Duration } from 'aws-cdk-lib';
import type { BlueGreenServiceProps } from './blue-green-service-props';

const SHORTEST_MINUTES = 3;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: a day in all. */
const LONGEST_MINUTES = 24 * 60;

type Start = Pick<BlueGreenServiceProps, 'unhealthyAfter' | 'healthCheckGracePeriod' | 'startTimeLimit'>;

/** A task that starts may fail its health check for as long as the props give it: that must stop no release. */
export function unhealthyAfter({ unhealthyAfter: given, healthCheckGracePeriod, startTimeLimit }: Start): Duration {
  if (given) return given;
  const limits = [healthCheckGracePeriod, startTimeLimit].flatMap((limit) =>
    limit === undefined || limit.isUnresolved() ? [] : [Math.ceil(limit.toSeconds() / 60)],
  );
  return Duration.minutes(Math.min(LONGEST_MINUTES, Math.max(SHORTEST_MINUTES, ...limits)));
}
