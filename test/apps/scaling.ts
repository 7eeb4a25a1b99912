import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Alarm, Dashboard, GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { image, PORT } from './service';

/** Operations: capacity by schedule and in steps, alarms that notify people, a dashboard. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Scaling');
  const web = new ApplicationLoadBalancedFargateService(stack, 'Web', {
    taskImageOptions: { image: image(), containerPort: PORT, environment: { VERSION: version } },
    minHealthyPercent: 100,
    desiredCount: 1,
  });
  const scaling = web.service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 6 });
  scaling.scaleOnSchedule('Morning', { schedule: Schedule.cron({ hour: '8', minute: '0' }), minCapacity: 2 });
  scaling.scaleOnSchedule('Night', { schedule: Schedule.cron({ hour: '20', minute: '0' }), minCapacity: 1 });
  const latency = web.loadBalancer.metrics.targetResponseTime({ period: Duration.minutes(1) });
  scaling.scaleOnMetric('Latency', {
    metric: latency,
    scalingSteps: [
      { upper: 0.1, change: -1 },
      { lower: 1, change: +1 },
      { lower: 3, change: +3 },
    ],
  });
  const topic = new Topic(stack, 'Operations');
  topic.addSubscription(new EmailSubscription('operations@example.com'));
  const errors = web.targetGroup.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT);
  new Alarm(stack, 'Slow', { metric: latency, threshold: 5, evaluationPeriods: 3 }).addAlarmAction(
    new SnsAction(topic),
  );
  new Dashboard(stack, 'Dashboard').addWidgets(new GraphWidget({ left: [latency, errors] }));
}
