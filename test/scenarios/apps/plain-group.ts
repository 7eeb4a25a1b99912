import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack, Tags } from 'aws-cdk-lib';
import { EcsApplication, EcsDeploymentConfig, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ContainerImage,
  DeploymentControllerType,
  FargateService,
  FargateTaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  EcsRelease,
  LiveRoute,
  ProductionRoute,
  ReleaseAlarms,
  ReleaseGate,
  SmokeSuite,
  TwinEnvironments,
} from '../../../lib';

/**
 * A service that CodeDeploy ships already, made only of the CDK's own constructs. With `adopt` in the context the same stack
 * gets alarms, gate, release and live route; `version`, `fault` and `tag` are what changes then.
 */
const app = new App();
const stack = new Stack(app, 'Plain');
const context = (name: string) => String(app.node.tryGetContext(name) ?? '');

const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
const cluster = new Cluster(stack, 'Cluster', { vpc });
const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true });
const targetGroup = (id: string) =>
  new ApplicationTargetGroup(stack, id, {
    vpc,
    port: 8080,
    protocol: ApplicationProtocol.HTTP,
    targetType: TargetType.IP,
    healthCheck: { path: '/health', interval: Duration.seconds(10), healthyThresholdCount: 2 },
    deregistrationDelay: Duration.seconds(30),
  });
const blue = targetGroup('Blue');
const green = targetGroup('Green');
// Weighted, as people write it for CodeDeploy: what follows the live side must not keep these weights on blue.
const whole = ListenerAction.weightedForward([
  { targetGroup: blue, weight: 100 },
  { targetGroup: green, weight: 0 },
]);
const listener = (id: string, port: number, defaultAction: ListenerAction) =>
  new ApplicationListener(stack, id, {
    loadBalancer,
    port,
    protocol: ApplicationProtocol.HTTP,
    open: port === 80,
    defaultAction,
  });
const production = listener('Production', 80, whole);
const test = listener('Test', 9080, ListenerAction.forward([blue]));

const taskDefinition = new FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('web', {
  image: ContainerImage.fromAsset(join(__dirname, '../../../examples/service')),
  environment: { VERSION: context('version') || 'v1', FAULT_BROKEN_ROUTE: context('fault') },
  portMappings: [{ containerPort: 8080 }],
});
const service = new FargateService(stack, 'Service', {
  cluster,
  taskDefinition,
  desiredCount: 1,
  minHealthyPercent: 100,
  deploymentController: { type: DeploymentControllerType.CODE_DEPLOY },
});
service.attachToApplicationTargetGroup(blue);
service.node.addDependency(production, test);
const application = new EcsApplication(stack, 'Application');
const deploymentGroup = new EcsDeploymentGroup(stack, 'Group', {
  application,
  service,
  deploymentConfig: EcsDeploymentConfig.ALL_AT_ONCE,
  blueGreenDeploymentConfig: {
    blueTargetGroup: blue,
    greenTargetGroup: green,
    listener: production,
    testListener: test,
    terminationWaitTime: Duration.minutes(1),
  },
});
new CfnOutput(stack, 'Listener', { value: production.listenerArn });
new CfnOutput(stack, 'GroupName', { value: deploymentGroup.deploymentGroupName });
new CfnOutput(stack, 'ApplicationName', { value: application.applicationName });

if (context('adopt')) {
  const route = new LiveRoute(stack, 'LiveRoute', {
    blue,
    green,
    production: ProductionRoute.defaultAction(loadBalancer, 80),
    application,
  });
  route.followWithListener(production);
  route.followWithListener(test);
  const twins = TwinEnvironments.fromTwinEnvironmentsAttributes(stack, 'Twins', {
    loadBalancer,
    productionListener: production,
    testListener: test,
    blue,
    green,
  });
  const alarms = new ReleaseAlarms(stack, 'Alarms', { twins });
  for (const alarm of alarms.alarms) deploymentGroup.addAlarm(alarm);
  const suite = SmokeSuite.of({ name: 'version', path: '/version' });
  const gate = new ReleaseGate(stack, 'Gate', { vpc, twins, deploymentGroup, service, suite, alarms });
  gate.grantInvoke(deploymentGroup.role);
  new EcsRelease(stack, 'Release', {
    deploymentGroup,
    service,
    taskDefinition,
    gate,
    alarms,
    serviceName: 'Shop',
    dependencies: [production, test],
  });
}
if (context('tag')) Tags.of(production).add('team', context('tag'));
