import { join } from 'node:path';
import { App, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer, ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlueGreenService, ServiceListener, ServiceTask, SmokeSuite, TrafficShift } from '../../../lib';

/**
 * Two blue/green services and a plain one behind one listener, in a stage. Orders responds to its health check with 204. `web`, `orders` and `plain` in the context are
 * their versions, `fault` is a route that the orders' service breaks, `failing` the percentage of requests that the web's
 * fails once it takes traffic, `tag` changes nothing that runs.
 */
const app = new App();
const context = (name: string, otherwise = '') => String(app.node.tryGetContext(name) ?? otherwise);
const stack = new Stack(new Stage(app, 'Prod'), 'Shop', { description: context('tag', 'first') });
const cluster = new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }) });
const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc: cluster.vpc, internetFacing: true });
const listener = loadBalancer.addListener('Http', { port: 80 });
const image = ContainerImage.fromAsset(join(__dirname, '../../../examples/service'));

const taskDefinition = new FargateTaskDefinition(stack, 'PlainTask');
const environment = { VERSION: context('plain', 'v1') };
taskDefinition.addContainer('web', { image, environment, portMappings: [{ containerPort: 8080 }] });
listener.addTargets('PlainTargets', {
  port: 8080,
  targets: [new FargateService(stack, 'Plain', { cluster, taskDefinition, desiredCount: 1, minHealthyPercent: 100 })],
  healthCheck: { path: '/health', interval: Duration.seconds(10), healthyThresholdCount: 2 },
  deregistrationDelay: Duration.seconds(10),
});

const services = [
  { id: 'Web', pathPattern: '/version', fault: '', failing: context('failing', '0'), health: '200', testPort: 9001 },
  { id: 'Orders', pathPattern: '/orders*', fault: context('fault'), failing: '0', health: '204', testPort: 9002 },
];
services.forEach(({ id, pathPattern, fault, failing, health, testPort }, index) => {
  new BlueGreenService(stack, id, {
    task: ServiceTask.fromImage(image, {
      containerPort: 8080,
      environment: {
        VERSION: context(id.toLowerCase(), 'v1'),
        HEALTH_STATUS: health,
        FAULT_BROKEN_ROUTE: fault,
        FAULT_ERROR_PERCENT: failing,
        // Where the comparison does not see it, and after the gate's last check.
        FAULT_ON_PORT: '80',
        FAULT_AFTER_REQUESTS: '300',
      },
    }),
    listener: ServiceListener.onListener(listener, {
      loadBalancer,
      conditions: [ListenerCondition.pathPatterns([pathPattern])],
      priority: 10 * (index + 1),
      testPort,
    }),
    healthCheck: { path: '/health', healthyHttpCodes: health },
    cluster,
    desiredCount: 1,
    trafficShift: TrafficShift.allAtOnce(),
    bakeTime: Duration.minutes(Number(context('bakeMinutes', '0'))),
    suite: SmokeSuite.of({ name: 'its route', path: pathPattern.replace('*', '') }),
  });
});
