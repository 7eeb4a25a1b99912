import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ContainerDependencyCondition,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { image, PORT } from './service';

/** Three containers in a task: a migration that must succeed first, a proxy, and the service that waits for both. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Sidecar');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  const logging = LogDrivers.awsLogs({ streamPrefix: 'shop' });
  const migration = taskDefinition.addContainer('migration', {
    image: image(),
    command: ['node', '--eval', 'console.log("migrated")'],
    essential: false,
    logging,
  });
  const proxy = taskDefinition.addContainer('proxy', {
    image: image(),
    environment: { PORT: '9000' },
    healthCheck: {
      command: [
        'CMD-SHELL',
        'node -e "fetch(\'http://127.0.0.1:9000/health\').then((r) => process.exit(r.ok ? 0 : 1))"',
      ],
      interval: Duration.seconds(10),
      startPeriod: Duration.seconds(30),
    },
    logging,
  });
  const web = taskDefinition.addContainer('web', {
    image: image(),
    environment: { VERSION: version },
    portMappings: [{ containerPort: PORT }],
    logging,
  });
  web.addContainerDependencies(
    { container: migration, condition: ContainerDependencyCondition.SUCCESS },
    { container: proxy, condition: ContainerDependencyCondition.HEALTHY },
  );
  taskDefinition.defaultContainer = web;
  const service = new FargateService(stack, 'Service', {
    cluster: new Cluster(stack, 'Cluster', { vpc }),
    taskDefinition,
    desiredCount: 1,
    minHealthyPercent: 100,
  });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true });
  loadBalancer.addListener('Http', { port: 80 }).addTargets('Web', { port: 80, targets: [service] });
}
