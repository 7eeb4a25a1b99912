import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITwinEnvironments } from '../twins/imported-twin-environments';
import { balancerMetric, PERIOD, type Side, twinMetric } from '../twins/metrics';

const filled = (name: string) => `FILL(${name}, 0)`;
const larger = (one: string, other: string) => `IF(${one} > ${other}, ${one}, ${other})`;

/** Requests for which a target was chosen and that got no response of a target. */
const LEFT_OPEN = `(requests - ${['success', 'redirects', 'refusals', 'errors'].map(filled).join(' - ')})`;
/** The load balancer's own responses in place of a target's: of all its targets, as these counts have no target group. */
const REPLACED = `(${filled('bad')} + ${filled('late')})`;
/** Requests that got no response of this side: it broke the connection, was too slow, or took none. */
const LOST = `IF(${LEFT_OPEN} < ${REPLACED}, ${larger(LEFT_OPEN, filled('refused'))}, ${larger(REPLACED, filled('refused'))})`;

/**
 * Percent of requests to a side that failed: with a 5xx of a task, or with the load balancer's own 502 or 504 because a
 * task refused, reset or did not respond. The load balancer counts its own responses without a target group, so what one
 * side left unanswered decides which of them are this side's. A client that goes away leaves a request unanswered too, and
 * is not counted, as the load balancer then sends neither 502 nor 504. Counts of zero are not reported, so they are
 * filled; minutes without requests stay missing.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function errorRate(twins: ITwinEnvironments, side: Side, minRequests: number): MathExpression {
  const count = (name: string) => twinMetric(twins, side, name, 'Sum');
  return new MathExpression({
    expression: `IF(requests >= ${minRequests}, (${filled('errors')} + ${LOST}) / requests * 100, 0)`,
    usingMetrics: {
      requests: count('RequestCount'),
      success: count('HTTPCode_Target_2XX_Count'),
      redirects: count('HTTPCode_Target_3XX_Count'),
      refusals: count('HTTPCode_Target_4XX_Count'),
      errors: count('HTTPCode_Target_5XX_Count'),
      refused: count('TargetConnectionErrorCount'),
      bad: balancerMetric(twins, 'HTTPCode_ELB_502_Count', 'Sum'),
      late: balancerMetric(twins, 'HTTPCode_ELB_504_Count', 'Sum'),
    },
    label: `${side.toLowerCase()} 5xx rate, percent`,
    period: PERIOD,
  });
}

/** The 99th percentile of a side's response time, seconds. */
export function latency(twins: ITwinEnvironments, side: Side, minRequests: number): MathExpression {
  return new MathExpression({
    expression: `IF(requests >= ${minRequests}, latency, 0)`,
    usingMetrics: {
      requests: twinMetric(twins, side, 'RequestCount', 'Sum'),
      latency: twinMetric(twins, side, 'TargetResponseTime', 'p99'),
    },
    label: `${side.toLowerCase()} p99, seconds`,
    period: PERIOD,
  });
}
