import { type App, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpAlbIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { InterfaceVpcEndpointAwsService, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { image, PORT } from './service';

/** A service that only the VPC reaches: internal load balancer, VPC endpoints, names of Cloud Map, and an HTTP API in front. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Internal');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  vpc.addInterfaceEndpoint('Ecr', { service: InterfaceVpcEndpointAwsService.ECR });
  vpc.addFlowLog('Flow');
  const web = new ApplicationLoadBalancedFargateService(stack, 'Web', {
    cluster: new Cluster(stack, 'Cluster', { vpc, defaultCloudMapNamespace: { name: 'shop.local' } }),
    taskImageOptions: { image: image(), containerPort: PORT, environment: { VERSION: version } },
    publicLoadBalancer: false,
    cloudMapOptions: { name: 'web' },
    minHealthyPercent: 100,
    desiredCount: 1,
  });
  new HttpApi(stack, 'Api', { defaultIntegration: new HttpAlbIntegration('Web', web.listener) });
}
