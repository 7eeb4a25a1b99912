import { type App, Stack } from 'aws-cdk-lib';
import { Port } from 'aws-cdk-lib/aws-ec2';
import { NetworkLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { image, PORT } from './service';

/** A service behind a Network Load Balancer. */
export function build(app: App, version: string): void {
  const web = new NetworkLoadBalancedFargateService(new Stack(app, 'Tcp'), 'Web', {
    taskImageOptions: { image: image(), containerPort: PORT, environment: { VERSION: version } },
    minHealthyPercent: 100,
    desiredCount: 1,
  });
  // Clients reach the tasks with their own addresses.
  web.service.connections.allowFromAnyIpv4(Port.tcp(PORT));
}
