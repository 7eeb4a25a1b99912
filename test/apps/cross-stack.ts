import { type App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, FargateService, FargateTaskDefinition, LogDrivers } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { image, PORT } from './service';

/** Platform and services in stacks of their own: the service imports VPC, cluster and load balancer of the platform. */
export function build(app: App, version: string): void {
  const platform = new Stack(app, 'Platform');
  const vpc = new Vpc(platform, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const cluster = new Cluster(platform, 'Cluster', { vpc, enableFargateCapacityProviders: true });
  const loadBalancer = new ApplicationLoadBalancer(platform, 'LoadBalancer', { vpc, internetFacing: true });
  const taskRole = new Role(platform, 'TaskRole', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });

  const shop = new Stack(app, 'Shop');
  const taskDefinition = new FargateTaskDefinition(shop, 'Task', { taskRole });
  taskDefinition.addContainer('web', {
    image: image(),
    environment: { VERSION: version },
    logging: LogDrivers.awsLogs({ streamPrefix: 'shop' }),
    portMappings: [{ containerPort: PORT }],
  });
  const service = new FargateService(shop, 'Service', {
    cluster,
    taskDefinition,
    desiredCount: 1,
    minHealthyPercent: 100,
    capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  });
  const fromShop = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(shop, 'Imported', {
    loadBalancerArn: loadBalancer.loadBalancerArn,
    securityGroupId: loadBalancer.connections.securityGroups[0]?.securityGroupId ?? '',
    securityGroupAllowsAllOutbound: false,
    vpc,
  });
  const listener = fromShop.addListener('Http', { port: 80, open: false });
  listener.addTargets('Shop', { port: 80, targets: [service], healthCheck: { path: '/health' } });
}
