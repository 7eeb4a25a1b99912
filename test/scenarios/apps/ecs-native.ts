import { join } from 'node:path';
import { App, Duration, Stack, Tags } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AlternateTarget,
  Cluster,
  ContainerImage,
  DeploymentLifecycleLambdaTarget,
  DeploymentLifecycleStage,
  DeploymentStrategy,
  FargateService,
  FargateTaskDefinition,
  ListenerRuleConfiguration,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { DeploymentFollower } from '../../../lib';

/**
 * A service that ECS itself deploys blue/green, made only of the CDK's own constructs. `version` is what changes. With `follower`,
 * `cdk deploy` says in one sentence why a version was not released; with `tag`, something else in the stack changes.
 */
const app = new App();
const stack = new Stack(app, 'Native');
const version = String(app.node.tryGetContext('version') ?? 'v1');

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
const [blue, green] = [targetGroup('Blue'), targetGroup('Green')];
const rule = (id: string, port: number) => {
  const listener = new ApplicationListener(stack, `${id}Listener`, {
    loadBalancer,
    port,
    protocol: ApplicationProtocol.HTTP,
    open: true,
    defaultAction: ListenerAction.fixedResponse(404),
  });
  return new ApplicationListenerRule(stack, `${id}Rule`, {
    listener,
    priority: 1,
    conditions: [ListenerCondition.pathPatterns(['/*'])],
    action: ListenerAction.weightedForward([
      { targetGroup: blue, weight: 1 },
      { targetGroup: green, weight: 0 },
    ]),
  });
};
const [production, test] = [rule('Production', 80), rule('Test', 9080)];

/** Requests the new version through the test listener, as people write such a hook. */
const check = new LambdaFunction(stack, 'Check', {
  runtime: Runtime.NODEJS_22_X,
  handler: 'index.handler',
  timeout: Duration.seconds(30),
  environment: { URL: `http://${loadBalancer.loadBalancerDnsName}:9080/version` },
  code: Code.fromInline(`
const { get } = require('node:http');
exports.handler = (event) =>
  new Promise((resolve, reject) => {
    const request = get(process.env.URL, async (response) => {
      const body = (await response.toArray()).join('');
      console.log(JSON.stringify({ stage: event.lifecycleStage, status: response.statusCode, body }));
      const isGood = response.statusCode === 200 && !body.includes('bad');
      resolve({ hookStatus: isGood ? 'SUCCEEDED' : 'FAILED' });
    });
    request.on('error', reject);
  });
`),
});

const taskDefinition = new FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('web', {
  image: ContainerImage.fromAsset(join(__dirname, '../../../examples/service')),
  environment: { VERSION: version },
  portMappings: [{ containerPort: 8080 }],
});
const service = new FargateService(stack, 'Service', {
  cluster,
  taskDefinition,
  desiredCount: 1,
  minHealthyPercent: 100,
  deploymentStrategy: DeploymentStrategy.BLUE_GREEN,
  bakeTime: Duration.minutes(1),
  circuitBreaker: { rollback: true },
});
service.addLifecycleHook(
  new DeploymentLifecycleLambdaTarget(check, 'CheckHook', {
    lifecycleStages: [DeploymentLifecycleStage.POST_TEST_TRAFFIC_SHIFT],
  }),
);
const target = service.loadBalancerTarget({
  containerName: 'web',
  containerPort: 8080,
  alternateTarget: new AlternateTarget('Alternate', {
    alternateTargetGroup: green,
    productionListener: ListenerRuleConfiguration.applicationListenerRule(production),
    testListener: ListenerRuleConfiguration.applicationListenerRule(test),
  }),
});
target.attachToApplicationTargetGroup(blue);

const tag = app.node.tryGetContext('tag') as string | undefined;
if (tag !== undefined) Tags.of(loadBalancer).add('owner', tag);
if (app.node.tryGetContext('follower') !== undefined)
  new DeploymentFollower(stack, 'Follower', { service, serviceName: 'web' });
