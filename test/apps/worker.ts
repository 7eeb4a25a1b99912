import { type App, Duration, Stack } from 'aws-cdk-lib';
import { QueueProcessingFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { image } from './service';

/** A worker without a load balancer: messages of a queue, scaled by how many there are. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Worker');
  const deadLetters = new Queue(stack, 'DeadLetters', { retentionPeriod: Duration.days(14) });
  const queue = new Queue(stack, 'Jobs', { deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 } });
  new QueueProcessingFargateService(stack, 'Worker', {
    image: image(),
    queue,
    environment: { VERSION: version },
    minHealthyPercent: 100,
    minScalingCapacity: 1,
    maxScalingCapacity: 5,
  });
}
