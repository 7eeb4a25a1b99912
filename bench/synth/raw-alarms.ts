import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

const DESCRIPTION =
  'More than 5 % of the requests to the blue tasks of the service ended in a 5xx. During a release it rolls back. ' +
  'Read the errors in the log of the service; a release that caused them must be fixed first.';

export function rawAlarms(
  scope: Construct,
  loadBalancer: elb.ApplicationLoadBalancer,
  groups: readonly elb.ApplicationTargetGroup[],
  dashboard: cloudwatch.Dashboard,
): cloudwatch.Alarm[] {
  const alarms = groups.flatMap((group) => {
    const metric = (metricName: string, statistic: string) => metricOf(loadBalancer, group, metricName, statistic);
    const requests = metric('RequestCount', 'Sum');
    const alarm = (id: string, watched: cloudwatch.IMetric, threshold: number, evaluationPeriods: number) =>
      new cloudwatch.Alarm(scope, `${group.node.id}${id}`, {
        metric: watched,
        threshold,
        evaluationPeriods,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        datapointsToAlarm: evaluationPeriods,
        alarmDescription: DESCRIPTION,
      });
    const errors = metric('HTTPCode_Target_5XX_Count', 'Sum');
    const latency = metric('TargetResponseTime', 'p99');
    const period = Duration.minutes(1);
    const lost = 'IF(FILL(bad, 0) + FILL(late, 0) > FILL(refused, 0), FILL(bad, 0) + FILL(late, 0), FILL(refused, 0))';
    const rate = `IF(requests >= 10, (FILL(errors, 0) + ${lost}) / requests * 100, 0)`;
    const counts = {
      requests,
      errors,
      success: metric('HTTPCode_Target_2XX_Count', 'Sum'),
      redirects: metric('HTTPCode_Target_3XX_Count', 'Sum'),
      clientErrors: metric('HTTPCode_Target_4XX_Count', 'Sum'),
      refused: metric('TargetConnectionErrorCount', 'Sum'),
      bad: metric('HTTPCode_ELB_502_Count', 'Sum'),
      late: metric('HTTPCode_ELB_504_Count', 'Sum'),
    };
    const slow = 'IF(requests >= 10, latency, 0)';
    const math = (expression: string, usingMetrics: Record<string, cloudwatch.IMetric>) =>
      new cloudwatch.MathExpression({ expression, usingMetrics, period });
    return [
      alarm('Rate', math(rate, counts), 5, 2),
      alarm('Severe', math(rate, counts), 40, 1),
      alarm('Latency', math(slow, { requests, latency }), 1, 2),
      alarm('Hosts', metric('UnHealthyHostCount', 'Maximum'), 0, 3),
    ];
  });
  rawDashboard(scope, loadBalancer, groups, alarms, dashboard);
  return alarms;
}

function rawDashboard(
  scope: Construct,
  loadBalancer: elb.ApplicationLoadBalancer,
  groups: readonly elb.ApplicationTargetGroup[],
  alarms: cloudwatch.Alarm[],
  dashboard: cloudwatch.Dashboard,
): void {
  const composite = new cloudwatch.CompositeAlarm(scope, 'Composite', {
    alarmDescription: DESCRIPTION,
    alarmRule: cloudwatch.AlarmRule.anyOf(...alarms),
  });
  const graph = (title: string, ...metrics: readonly (readonly [name: string, statistic: string])[]) =>
    new cloudwatch.GraphWidget({
      title,
      width: 12,
      left: groups.flatMap((group) =>
        metrics.map(([name, statistic]) =>
          metricOf(loadBalancer, group, name, statistic).with({ label: `${group.node.id} ${statistic}` }),
        ),
      ),
      leftYAxis: { min: 0, showUnits: false },
    });
  dashboard.addWidgets(new cloudwatch.AlarmStatusWidget({ alarms: [composite, ...alarms] }));
  dashboard.addWidgets(
    graph('Requests', ['RequestCount', 'Sum']),
    graph('Errors', ['HTTPCode_Target_5XX_Count', 'Sum']),
  );
  dashboard.addWidgets(
    graph('Latency', ['TargetResponseTime', 'p50'], ['TargetResponseTime', 'p99']),
    graph('Hosts', ['HealthyHostCount', 'Minimum'], ['UnHealthyHostCount', 'Maximum']),
  );
  const events = ['BeforeInstall', 'AfterAllowTestTraffic', 'AfterAllowTraffic'];
  const gates = ['GatePassed', 'ChecksPassed', 'GateDuration'].map(
    (metricName) =>
      new cloudwatch.GraphWidget({
        title: metricName,
        width: 8,
        left: events.map(
          (LifecycleEvent) =>
            new cloudwatch.Metric({
              namespace: 'Greenlight',
              metricName,
              dimensionsMap: { Service: scope.node.id, LifecycleEvent },
            }),
        ),
      }),
  );
  dashboard.addWidgets(...gates);
}

function metricOf(
  loadBalancer: elb.ApplicationLoadBalancer,
  group: elb.ApplicationTargetGroup,
  metricName: string,
  statistic: string,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensionsMap: { LoadBalancer: loadBalancer.loadBalancerFullName, TargetGroup: group.targetGroupFullName },
    statistic,
    period: Duration.minutes(1),
  });
}
