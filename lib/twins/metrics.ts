import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITwinEnvironments } from './imported-twin-environments';
import { targetGroupFullNameOf } from './listeners';

export type Side = 'Blue' | 'Green';

export const SIDES: readonly Side[] = ['Blue', 'Green'];

/** Load balancers report every minute. */
export const PERIOD = Duration.minutes(1);

/**
 * A metric of one target group. `ApplicationTargetGroup.metrics` supports only groups that a listener forwards to in the
 * template, and green gets its traffic from CodeDeploy.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function twinMetric(twins: ITwinEnvironments, side: Side, metricName: string, statistic: string): Metric {
  return new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensionsMap: {
      LoadBalancer: twins.loadBalancerFullName,
      TargetGroup: targetGroupFullNameOf(side === 'Blue' ? twins.blue : twins.green),
    },
    statistic,
    period: PERIOD,
  });
}

/** A metric of the whole load balancer: its own responses have no target group. */
export function balancerMetric(twins: ITwinEnvironments, metricName: string, statistic: string): Metric {
  return new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensionsMap: { LoadBalancer: twins.loadBalancerFullName },
    statistic,
    period: PERIOD,
  });
}
