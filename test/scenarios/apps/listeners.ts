import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, ListenerAction, ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  BlueGreenService,
  ServiceListener,
  ServiceTask,
  SmokeSuite,
  TrafficShift,
  TwinEnvironments,
} from '../../../lib';

/**
 * A service with a load balancer of its own: `version`, `certificate` makes it HTTPS, `fault` breaks its route. On a second
 * load balancer two pairs behind rules of one listener, and one with listeners of its own, without tasks: `priorities`,
 * `hosts` and `ports` are theirs, as two values with a comma.
 */
const app = new App();
const stack = new Stack(app, 'Listeners');
const context = (name: string, fallback = '') => String(app.node.tryGetContext(name) ?? fallback);
const two = (name: string, fallback: string) => context(name, fallback).split(',') as [string, string];

const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
const certificateArn = stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: 'first' });
const web = new BlueGreenService(stack, 'Web', {
  task: ServiceTask.fromImage(ContainerImage.fromAsset(join(__dirname, '../../../examples/service')), {
    containerPort: 8080,
    environment: { VERSION: context('version', 'v1'), FAULT_BROKEN_ROUTE: context('fault') },
  }),
  listener: ServiceListener.create({
    certificate: context('certificate')
      ? Certificate.fromCertificateArn(stack, 'Certificate', certificateArn)
      : undefined,
    domainName: 'shop.example.com',
  }),
  cluster: new Cluster(stack, 'Cluster', { vpc }),
  desiredCount: 1,
  suite: SmokeSuite.of({ name: 'orders', path: '/orders' }),
  trafficShift: TrafficShift.allAtOnce(),
  bakeTime: Duration.minutes(1),
});
new CfnOutput(stack, 'Listener', { value: web.twins.productionListener.listenerArn });
if (web.twins.redirectListener) new CfnOutput(stack, 'Redirect', { value: web.twins.redirectListener.listenerArn });

const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
const productionListener = loadBalancer.addListener('Http', {
  port: 80,
  defaultAction: ListenerAction.fixedResponse(404),
});
const [hosts, priorities, ports] = [two('hosts', 'a,b'), two('priorities', '10,20'), two('ports', '8001,9001')];
['Shop', 'Blog'].forEach((id, index) => {
  new TwinEnvironments(stack, id, {
    containerPort: 8080,
    listener: ServiceListener.onListener(productionListener, {
      loadBalancer,
      conditions: [ListenerCondition.hostHeaders([`${hosts[index] ?? ''}.example.com`])],
      priority: Number(priorities[index]),
      testPort: 9081 + index,
    }),
    vpc,
  });
});
new TwinEnvironments(stack, 'Admin', {
  containerPort: 8080,
  listener: ServiceListener.onLoadBalancer(loadBalancer, {
    openListener: false,
    port: Number(ports[0]),
    testPort: Number(ports[1]),
  }),
  vpc,
});
new CfnOutput(stack, 'Shared', { value: productionListener.listenerArn });
new CfnOutput(stack, 'SharedLoadBalancer', { value: loadBalancer.loadBalancerArn });
