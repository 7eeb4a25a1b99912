import { METRIC_NAMESPACE, METRICS, type Verdict } from './types';

/**
 * What a verdict counts, in CloudWatch's embedded metric format: a line of its own in the log, from which CloudWatch
 * makes metrics per stack, service and lifecycle event, with no call and no permission.
 * @param stack where the service is; without it the metrics have no such dimension
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsOf(verdict: Verdict, atMs: number, stack?: string): object {
  const all = [...verdict.checks, ...(verdict.customChecks ?? [])];
  const count = (...outcomes: readonly string[]) => all.filter((check) => outcomes.includes(check.outcome)).length;
  const units = [METRICS.checksPassed, METRICS.checksFailed, METRICS.gatePassed, METRICS.gateFailed];
  return {
    _aws: {
      Timestamp: atMs,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[...(stack ? ['Stack'] : []), 'Service', 'LifecycleEvent']],
          Metrics: [
            ...units.map((Name) => ({ Name, Unit: 'Count' })),
            { Name: METRICS.duration, Unit: 'Milliseconds' },
          ],
        },
      ],
    },
    ...(stack && { Stack: stack }),
    Service: verdict.service,
    LifecycleEvent: verdict.lifecycleEvent,
    // Searchable, and no dimension: each deployment would be a metric of its own.
    DeploymentId: verdict.deploymentId,
    [METRICS.checksPassed]: count('passed', 'degraded'),
    [METRICS.checksFailed]: count('failed'),
    [METRICS.gatePassed]: verdict.outcome === 'Succeeded' ? 1 : 0,
    [METRICS.gateFailed]: verdict.outcome === 'Failed' ? 1 : 0,
    [METRICS.duration]: verdict.durationMs,
  };
}
