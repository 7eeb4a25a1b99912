import { type App, Duration, Stack } from 'aws-cdk-lib';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { environmentOf, image, PORT } from './service';

/** What most tutorials begin with: a service of `ecs_patterns`, replaced by ECS itself, with target tracking. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Rolling');
  const web = new ApplicationLoadBalancedFargateService(stack, 'Web', {
    taskImageOptions: { image: image(), containerPort: PORT, environment: environmentOf(version) },
    circuitBreaker: { rollback: true },
    minHealthyPercent: 100,
    desiredCount: 1,
  });
  web.targetGroup.configureHealthCheck({ path: '/health' });
  const scaling = web.service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 4 });
  scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60, scaleInCooldown: Duration.minutes(1) });
  scaling.scaleOnRequestCount('Requests', { requestsPerTarget: 1000, targetGroup: web.targetGroup });
}
