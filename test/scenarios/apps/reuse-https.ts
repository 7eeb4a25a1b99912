import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack, Tags } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  type CfnListener,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlueGreenService, ServiceListener, ServiceTask, TrafficShift } from '../../../lib';

/**
 * A service over HTTPS on a load balancer that exists. Context: `version`; `certificate`, the id of the one that the
 * listeners show; `policy`, their security policy; `redirect`, `tag` and `rule` add to the listeners.
 */
const app = new App();
const stack = new Stack(app, 'Secure');
const context = (name: string, fallback = '') => String(app.node.tryGetContext(name) ?? fallback);

const cluster = new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }) });
const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc: cluster.vpc, internetFacing: true });
const web = new BlueGreenService(stack, 'Web', {
  task: ServiceTask.fromImage(ContainerImage.fromAsset(join(__dirname, '../../../examples/service')), {
    containerPort: 8080,
    environment: { VERSION: context('version', 'v1') },
  }),
  listener: ServiceListener.onLoadBalancer(loadBalancer, {
    redirectHTTP: context('redirect') !== '',
    certificate: Certificate.fromCertificateArn(
      stack,
      'Certificate',
      stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: context('certificate', 'first') }),
    ),
    domainName: 'shop.example.com',
  }),
  cluster,
  desiredCount: 1,
  trafficShift: TrafficShift.allAtOnce(),
  bakeTime: Duration.minutes(1),
});
const { productionListener, testListener, redirectListener } = web.twins;
for (const listener of [productionListener, testListener]) {
  if (context('policy')) (listener.node.defaultChild as CfnListener).sslPolicy = context('policy');
}
if (context('tag')) Tags.of(productionListener).add('team', context('tag'));
if (context('rule')) {
  productionListener.addAction('Robots', {
    priority: 5,
    conditions: [ListenerCondition.pathPatterns([context('rule')])],
    action: ListenerAction.fixedResponse(410),
  });
}
new CfnOutput(stack, 'Listener', { value: productionListener.listenerArn });
new CfnOutput(stack, 'Green', { value: web.twins.green.targetGroupArn });
new CfnOutput(stack, 'Application', { value: web.application.applicationName });
new CfnOutput(stack, 'Group', { value: web.deploymentGroup.deploymentGroupName });
if (redirectListener) new CfnOutput(stack, 'Redirect', { value: redirectListener.listenerArn });
