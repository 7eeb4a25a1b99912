import { type App, Stack } from 'aws-cdk-lib';
import { ScheduledFargateTask } from 'aws-cdk-lib/aws-ecs-patterns';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { image } from './service';

/** A report every night: a task that a rule starts, and no service. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Nightly');
  new Repository(stack, 'Images', { imageScanOnPush: true, lifecycleRules: [{ maxImageCount: 10 }] });
  new ScheduledFargateTask(stack, 'Report', {
    schedule: Schedule.cron({ hour: '2', minute: '30' }),
    scheduledFargateTaskImageOptions: { image: image(), environment: { VERSION: version }, memoryLimitMiB: 512 },
  });
}
