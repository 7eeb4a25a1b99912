import { join } from 'node:path';
import { App, CfnOutput, type CfnResource, Duration, Stack, Tags } from 'aws-cdk-lib';
import { EcsDeploymentConfig, TrafficRouting } from 'aws-cdk-lib/aws-codedeploy';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, type CfnListener, ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlueGreenService, ServiceListener, ServiceTask, TrafficShift } from '../../../lib';

/**
 * One or two services on a shared load balancer, as context says: `version`, `tag` and `attribute` of the production
 * listener, its `port`, and `second` for another service behind a rule of the first one's listener, whose tasks crash
 * with `crash`. `slow` splits each release's traffic for half an hour, `bake` is the bake time in minutes, and `renamed`
 * another logical id of the first one's release.
 */
const app = new App();
const stack = new Stack(app, 'Shop');
const context = (name: string, fallback = '') => String(app.node.tryGetContext(name) ?? fallback);
const server = join(__dirname, '../../../examples/service/src/server.js');
const common = {
  cluster: new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }) }),
  desiredCount: 1,
  trafficShift: context('slow')
    ? TrafficShift.canary({ percent: 50, interval: Duration.minutes(30) })
    : TrafficShift.allAtOnce(),
  bakeTime: Duration.minutes(Number(context('bake', '2'))),
};
const task = (environment: { [name: string]: string }) =>
  ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), {
    containerPort: 8080,
    environment,
    rehearsalCommand: ['node', server],
  });
const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', {
  vpc: common.cluster.vpc,
  internetFacing: true,
});

const web = new BlueGreenService(stack, 'Web', {
  ...common,
  task: task({ VERSION: context('version', 'v1') }),
  listener: ServiceListener.onLoadBalancer(loadBalancer, { port: Number(context('port', '80')) }),
});
const listener = web.twins.productionListener.node.defaultChild as CfnListener;
if (context('renamed')) {
  (web.release.resource.node.defaultChild as CfnResource).overrideLogicalId(context('renamed'));
}
if (context('tag')) Tags.of(web.twins.productionListener).add('team', context('tag'));
if (context('attribute')) {
  listener.listenerAttributes = [{ key: 'routing.http.response.server.enabled', value: context('attribute') }];
}
new CfnOutput(stack, 'Listener', { value: web.twins.productionListener.listenerArn });
new CfnOutput(stack, 'Blue', { value: web.twins.blue.targetGroupArn });
new CfnOutput(stack, 'Green', { value: web.twins.green.targetGroupArn });
new CfnOutput(stack, 'Application', { value: web.application.applicationName });
new CfnOutput(stack, 'Group', { value: web.deploymentGroup.deploymentGroupName });

// For a deployment by other hands than the stack's, which lasts until it is stopped.
const slow = new EcsDeploymentConfig(stack, 'Slow', {
  trafficRouting: TrafficRouting.timeBasedCanary({ percentage: 10, interval: Duration.hours(4) }),
});
new CfnOutput(stack, 'SlowConfig', { value: slow.deploymentConfigName });

if (context('second')) {
  const orders = new BlueGreenService(stack, 'Orders', {
    ...common,
    task: task({ VERSION: context('second'), ...(context('crash') && { FAULT_CRASH_AFTER_MS: '1' }) }),
    listener: ServiceListener.onListener(web.twins.productionListener, {
      loadBalancer,
      conditions: [ListenerCondition.pathPatterns(['/orders', '/health'])],
      priority: 10,
      testPort: 9081,
    }),
  });
  new CfnOutput(stack, 'OrdersApplication', { value: orders.application.applicationName });
  new CfnOutput(stack, 'OrdersGroup', { value: orders.deploymentGroup.deploymentGroupName });
}
