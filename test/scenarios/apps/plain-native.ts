import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
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
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  LifecycleEvent,
  LiveRoute,
  ProductionRoute,
  ReleaseAlarms,
  ReleaseGate,
  SmokeSuite,
  TwinEnvironments,
} from '../../../lib';

/**
 * A service of the CDK's own constructs behind a rule, at one of three steps: `rolling`, `native` (deployed blue/green by ECS
 * itself) and `back` (rolling again). With `route` a LiveRoute, a gate and alarms are put around it. `version`, `fault` and the
 * further path of the rule are what changes.
 */
const app = new App();
const stack = new Stack(app, 'Plain');
const context = (name: string) => String(app.node.tryGetContext(name) ?? '');
const step = context('step') || 'rolling';

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
const listener = (id: string, port: number) =>
  loadBalancer.addListener(id, {
    port,
    protocol: ApplicationProtocol.HTTP,
    open: port === 80,
    defaultAction: ListenerAction.fixedResponse(404),
  });
const paths = ['/*', ...(context('path') ? [context('path')] : [])];
const rule = (id: string, at: ReturnType<typeof listener>, action: ListenerAction) =>
  new ApplicationListenerRule(stack, id, {
    listener: at,
    priority: 1,
    conditions: [ListenerCondition.pathPatterns(paths)],
    action,
  });

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
  circuitBreaker: { rollback: true },
  ...(step === 'native' && { deploymentStrategy: DeploymentStrategy.BLUE_GREEN, bakeTime: Duration.minutes(1) }),
});
const productionListener = listener('Production', 80);
new CfnOutput(stack, 'Listener', { value: productionListener.listenerArn });

if (step === 'rolling') {
  rule('ProductionRule', productionListener, ListenerAction.forward([blue]));
  service.attachToApplicationTargetGroup(blue);
} else {
  const green = targetGroup('Green');
  const testListener = listener('Test', 9080);
  const onBlue = ListenerAction.weightedForward([
    { targetGroup: blue, weight: 1 },
    { targetGroup: green, weight: 0 },
  ]);
  const production = rule('ProductionRule', productionListener, onBlue);
  const test = rule('TestRule', testListener, onBlue);
  const route = context('route')
    ? new LiveRoute(stack, 'LiveRoute', { blue, green, production: ProductionRoute.ruleOnPort(loadBalancer, 80, 1) })
    : undefined;
  route?.followWithRule(production);
  route?.followWithRule(test);
  route?.addEcsService(service);

  if (step === 'back') {
    service.attachToApplicationTargetGroup(blue);
    route?.followWithService(service);
  } else {
    const alternateTarget = new AlternateTarget('Alternate', {
      alternateTargetGroup: green,
      productionListener: ListenerRuleConfiguration.applicationListenerRule(production),
      testListener: ListenerRuleConfiguration.applicationListenerRule(test),
    });
    const target = service.loadBalancerTarget({ containerName: 'web', containerPort: 8080, alternateTarget });
    target.attachToApplicationTargetGroup(blue);
    if (route) {
      const twins = TwinEnvironments.fromTwinEnvironmentsAttributes(stack, 'Twins', {
        ...{ loadBalancer, productionListener, testListener, blue, green },
      });
      const alarms = new ReleaseAlarms(stack, 'Alarms', { twins });
      service.enableDeploymentAlarms(alarms.alarms.map(({ alarmName }) => alarmName));
      const suite = SmokeSuite.of({ name: 'version', path: '/version' });
      const gate = new ReleaseGate(stack, 'Gate', { vpc, twins, cluster, suite, alarms, serviceName: 'Shop' });
      const stages: [LifecycleEvent, DeploymentLifecycleStage][] = [
        [LifecycleEvent.BEFORE_INSTALL, DeploymentLifecycleStage.PRE_SCALE_UP],
        [LifecycleEvent.AFTER_ALLOW_TEST_TRAFFIC, DeploymentLifecycleStage.POST_TEST_TRAFFIC_SHIFT],
        [LifecycleEvent.AFTER_ALLOW_TRAFFIC, DeploymentLifecycleStage.POST_PRODUCTION_TRAFFIC_SHIFT],
      ];
      for (const [event, stage] of stages) {
        const hook = gate.functionOf(event);
        service.addLifecycleHook(
          new DeploymentLifecycleLambdaTarget(hook, `Hook${event}`, { lifecycleStages: [stage] }),
        );
      }
      service.node.addDependency(gate, alarms);
    }
  }
}
