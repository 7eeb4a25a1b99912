import { type App, Duration, Stack } from 'aws-cdk-lib';
import { EcsApplication, EcsDeploymentConfig, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, DeploymentControllerType, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { environmentOf, image, PORT } from './service';

/** CodeDeploy with target groups and listeners made by hand; deployments are started outside of the stack. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'ByHand');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true });
  const groupOf = (id: string) =>
    new ApplicationTargetGroup(stack, id, {
      vpc,
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
    });
  const [blue, green] = [groupOf('Blue'), groupOf('Green')];
  const listenerOf = (id: string, port: number, targetGroup: ApplicationTargetGroup) =>
    new ApplicationListener(stack, id, {
      loadBalancer,
      port,
      protocol: ApplicationProtocol.HTTP,
      defaultTargetGroups: [targetGroup],
    });
  const [production, test] = [listenerOf('Production', 80, blue), listenerOf('Test', 8080, green)];
  const taskDefinition = new FargateTaskDefinition(stack, 'Task', { family: 'by-hand' });
  taskDefinition.addContainer('web', {
    image: image(),
    environment: environmentOf(version),
    portMappings: [{ containerPort: PORT }],
  });
  const service = new FargateService(stack, 'Service', {
    cluster: new Cluster(stack, 'Cluster', { vpc }),
    taskDefinition,
    desiredCount: 1,
    minHealthyPercent: 100,
    deploymentController: { type: DeploymentControllerType.CODE_DEPLOY },
  });
  service.attachToApplicationTargetGroup(blue);
  service.node.addDependency(test);
  new EcsDeploymentGroup(stack, 'Group', {
    application: new EcsApplication(stack, 'Application', { applicationName: 'by-hand' }),
    deploymentGroupName: 'by-hand',
    service,
    deploymentConfig: EcsDeploymentConfig.CANARY_10PERCENT_5MINUTES,
    blueGreenDeploymentConfig: {
      blueTargetGroup: blue,
      greenTargetGroup: green,
      listener: production,
      testListener: test,
      terminationWaitTime: Duration.minutes(5),
    },
  });
}
