import { type App, Stack } from 'aws-cdk-lib';
import { Port, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { image, PORT } from './service';

/** Two services that find each other by Service Connect; only one of them is behind the load balancer. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Mesh');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const cluster = new Cluster(stack, 'Cluster', {
    vpc,
    defaultCloudMapNamespace: { name: 'shop.internal', useForServiceConnect: true },
  });
  const serviceOf = (name: string) => {
    const taskDefinition = new FargateTaskDefinition(stack, `${name}Task`);
    taskDefinition.addContainer('web', {
      image: image(),
      environment: { VERSION: version },
      portMappings: [{ name: 'http', containerPort: PORT }],
    });
    return new FargateService(stack, name, {
      cluster,
      taskDefinition,
      desiredCount: 1,
      minHealthyPercent: 100,
      serviceConnectConfiguration: { services: [{ portMappingName: 'http', dnsName: name.toLowerCase() }] },
    });
  };
  const [web, stock] = [serviceOf('Web'), serviceOf('Stock')];
  stock.connections.allowFrom(web, Port.tcp(PORT));
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true });
  loadBalancer.addListener('Http', { port: 80 }).addTargets('Web', { port: 80, targets: [web] });
}
