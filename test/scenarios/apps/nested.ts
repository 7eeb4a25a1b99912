import { join } from 'node:path';
import { App, CfnOutput, Duration, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, ListenerAction, ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlueGreenService, ServiceListener, ServiceTask, SmokeSuite, TrafficShift } from '../../../lib';

/**
 * A service in a nested stack of a stack in a stage, on the load balancer of its parent. Context: `version`, and `fault`,
 * a route that responds with 500.
 */
const app = new App();
const context = (name: string, fallback = '') => String(app.node.tryGetContext(name) ?? fallback);
const stack = new Stack(new Stage(app, 'Prod'), 'Shop');
const cluster = new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }) });
const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc: cluster.vpc, internetFacing: true });
const listener = loadBalancer.addListener('Http', { port: 80, defaultAction: ListenerAction.fixedResponse(404) });

const web = new BlueGreenService(new NestedStack(stack, 'Services'), 'Web', {
  task: ServiceTask.fromImage(ContainerImage.fromAsset(join(__dirname, '../../../examples/service')), {
    containerPort: 8080,
    environment: { VERSION: context('version', 'v1'), FAULT_BROKEN_ROUTE: context('fault') },
  }),
  listener: ServiceListener.onListener(listener, {
    loadBalancer,
    conditions: [ListenerCondition.pathPatterns(['/*'])],
    priority: 10,
  }),
  cluster,
  desiredCount: 1,
  trafficShift: TrafficShift.allAtOnce(),
  bakeTime: Duration.minutes(1),
  suite: SmokeSuite.of({ name: 'orders', path: '/orders' }),
});
new CfnOutput(stack, 'Listener', { value: listener.listenerArn });
new CfnOutput(stack, 'Application', { value: web.application.applicationName });
new CfnOutput(stack, 'Group', { value: web.deploymentGroup.deploymentGroupName });
