import { join } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ContainerDependencyCondition,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  Secret,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret as StoredSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { BlueGreenService, ServiceListener, ServiceTask, SmokeSuite, TrafficShift } from '../../../lib';

/**
 * What a team has already, in a stack of its own made of plain constructs, and two services that a second stack adds to
 * it: one is handed the constructs, the other imports them by their attributes. Context: `shop` is the version of the
 * first, `fault` a route that the second one serves with 500.
 */
const app = new App();
const context = (name: string, fallback = '') => String(app.node.tryGetContext(name) ?? fallback);
const image = ContainerImage.fromAsset(join(__dirname, '../../../examples/service'));

const base = new Stack(app, 'Base');
const vpc = new Vpc(base, 'Vpc', { maxAzs: 2, natGateways: 1 });
const cluster = new Cluster(base, 'Cluster', { vpc, enableFargateCapacityProviders: true });
const loadBalancer = new ApplicationLoadBalancer(base, 'LoadBalancer', { vpc, internetFacing: true });
const nothing = { defaultAction: ListenerAction.fixedResponse(404), protocol: ApplicationProtocol.HTTP };
const productionListener = loadBalancer.addListener('Http', { ...nothing, port: 80 });
const testListener = loadBalancer.addListener('Test', { ...nothing, port: 9080, open: false });
const parameter = new StringParameter(base, 'Key', { parameterName: '/shop/key', stringValue: 'from-the-parameter' });
const password = new StoredSecret(base, 'Password', {
  secretObjectValue: { key: SecretValue.unsafePlainText('from-the-secret') },
});
const tasks = (scope: Stack, id: string) =>
  new Role(scope, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });

const stack = new Stack(app, 'Shop');
const common = {
  trafficShift: TrafficShift.canary({ percent: 20, interval: Duration.minutes(1) }),
  bakeTime: Duration.minutes(1),
};
const logGroup = new LogGroup(stack, 'Logs', {
  retention: RetentionDays.ONE_DAY,
  removalPolicy: RemovalPolicy.DESTROY,
});
const log = (streamPrefix: string) => LogDrivers.awsLogs({ logGroup, streamPrefix });

const taskDefinition = new FargateTaskDefinition(stack, 'Task', {
  taskRole: tasks(stack, 'TaskRole'),
  executionRole: tasks(stack, 'ExecutionRole'),
  runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
});
const shop = taskDefinition.addContainer('app', {
  image,
  environment: { VERSION: context('shop', 'v1') },
  portMappings: [{ containerPort: 8080 }],
  logging: log('app'),
});
const prepare = taskDefinition.addContainer('prepare', {
  image,
  essential: false,
  command: ['node', '-e', `console.log('prepared')`],
  logging: log('prepare'),
});
const sidecar = taskDefinition.addContainer('sidecar', {
  image,
  command: [
    ...['node', '-e'],
    `console.log('key', process.env.KEY, process.env.PASSWORD); require('http').createServer((q, r) => r.end('ok')).listen(9000)`,
  ],
  secrets: { KEY: Secret.fromSsmParameter(parameter), PASSWORD: Secret.fromSecretsManager(password, 'key') },
  portMappings: [{ containerPort: 9000 }],
  healthCheck: {
    command: ['CMD', 'node', '-e', `fetch('http://localhost:9000').catch(() => process.exit(1))`],
    interval: Duration.seconds(30),
  },
  logging: log('sidecar'),
});
shop.addContainerDependencies(
  { container: prepare, condition: ContainerDependencyCondition.SUCCESS },
  { container: sidecar, condition: ContainerDependencyCondition.HEALTHY },
);

new BlueGreenService(stack, 'Web', {
  ...common,
  task: ServiceTask.fromTaskDefinition(taskDefinition),
  listener: ServiceListener.onListener(productionListener, {
    loadBalancer,
    conditions: [ListenerCondition.hostHeaders(['shop.example.com'])],
    priority: 10,
    testRule: { listener: testListener, priority: 10 },
  }),
  cluster,
  securityGroups: [new SecurityGroup(stack, 'Tasks', { vpc })],
  capacityProviderStrategies: [
    { capacityProvider: 'FARGATE', base: 1, weight: 1 },
    { capacityProvider: 'FARGATE_SPOT', weight: 3 },
  ],
});

const [group] = loadBalancer.connections.securityGroups;
if (!group) throw new Error('the load balancer has no security group');
const imported = SecurityGroup.fromSecurityGroupId(stack, 'Group', group.securityGroupId, { allowAllOutbound: false });
const importedListener = (id: string, listenerArn: string, port: number) =>
  ApplicationListener.fromApplicationListenerAttributes(stack, id, {
    listenerArn,
    securityGroup: imported,
    defaultPort: port,
  });
const executionRole = tasks(stack, 'OrdersExecutionRole');
executionRole.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonECSTaskExecutionRolePolicy'));
new BlueGreenService(stack, 'Orders', {
  ...common,
  task: ServiceTask.fromImage(image, {
    containerPort: 8080,
    environment: { FAULT_BROKEN_ROUTE: context('fault') },
    secrets: { VERSION: Secret.fromSsmParameter(parameter) },
    taskRole: tasks(stack, 'OrdersTaskRole'),
    executionRole,
    logGroup,
  }),
  listener: ServiceListener.onListener(importedListener('Production', productionListener.listenerArn, 80), {
    loadBalancer: ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'ImportedLoadBalancer', {
      loadBalancerArn: loadBalancer.loadBalancerArn,
      loadBalancerDnsName: loadBalancer.loadBalancerDnsName,
      securityGroupId: group.securityGroupId,
      securityGroupAllowsAllOutbound: false,
      vpc,
    }),
    conditions: [ListenerCondition.pathPatterns(['/orders', '/version'])],
    priority: 20,
    port: 80,
    testPort: 9080,
    testRule: { listener: importedListener('TestListener', testListener.listenerArn, 9080), priority: 20 },
  }),
  cluster: Cluster.fromClusterAttributes(stack, 'Imported', { clusterName: cluster.clusterName, vpc }),
  desiredCount: 1,
  suite: SmokeSuite.of({ name: 'orders', path: '/orders' }),
});

new CfnOutput(stack, 'Listener', { value: productionListener.listenerArn });
new CfnOutput(stack, 'LogGroup', { value: logGroup.logGroupName });
new CfnOutput(stack, 'ClusterName', { value: cluster.clusterName });
