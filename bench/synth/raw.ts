import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleFolder } from '../../lib/private/bundles';
import { rawAlarms } from './raw-alarms';
import type { RawRelease } from './raw-release';

/**
 * The resources of `BlueGreenService`, one for one, as somebody writes them who has nothing but aws-cdk-lib: no
 * validation, no acknowledgements, no suite. What `BlueGreenService` takes longer is the price of our own code.
 */
export class RawService extends Construct {
  constructor(scope: Construct, id: string, cluster: ecs.ICluster, release: RawRelease) {
    super(scope, id);
    const { vpc } = cluster;
    const loadBalancer = new elb.ApplicationLoadBalancer(this, 'Alb', { vpc, internetFacing: true });
    const blue = targetGroup(this, 'Blue', vpc);
    const green = targetGroup(this, 'Green', vpc);
    const protocol = elb.ApplicationProtocol.HTTP;
    const production = loadBalancer.addListener('Production', { port: 80, protocol, defaultTargetGroups: [blue] });
    const test = loadBalancer.addListener('Test', { port: 9080, protocol, open: false, defaultTargetGroups: [blue] });
    const application = new codedeploy.EcsApplication(this, 'Application');
    release.route(this, [blue, green], loadBalancer, production, application);
    const taskDefinition = rawTaskDefinition(this);
    const service = rawEcsService(this, cluster, taskDefinition, blue);
    service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 2 });
    const alarms = rawAlarms(this, loadBalancer, [blue, green]);
    const role = new iam.Role(this, 'CodeDeployRole', {
      assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com'),
    });
    const policy = new iam.Policy(this, 'CodeDeployPolicy', {
      roles: [role],
      statements: codeDeployStatements(service, taskDefinition, [production, test]),
    });
    service.node.addDependency(production, test, vpc.internetConnectivityEstablished);
    const group = new codedeploy.EcsDeploymentGroup(this, 'Group', {
      application,
      service,
      role,
      alarms,
      deploymentConfig: codedeploy.EcsDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      blueGreenDeploymentConfig: {
        blueTargetGroup: blue,
        greenTargetGroup: green,
        listener: production,
        testListener: test,
        terminationWaitTime: Duration.minutes(10),
      },
    });
    group.node.addDependency(policy);
    const hooks = rawGate(this, vpc, group, loadBalancer, alarms);
    hooks.forEach((hook) => hook.grantInvoke(role));
    release.ship(this, group, service, hooks, alarms);
  }
}

function targetGroup(scope: Construct, id: string, vpc: ec2.IVpc): elb.ApplicationTargetGroup {
  return new elb.ApplicationTargetGroup(scope, id, {
    vpc,
    port: 8080,
    protocol: elb.ApplicationProtocol.HTTP,
    targetType: elb.TargetType.IP,
    deregistrationDelay: Duration.seconds(30),
    healthCheck: { path: '/health', interval: Duration.seconds(10), timeout: Duration.seconds(5) },
  });
}

function rawTaskDefinition(scope: Construct): ecs.FargateTaskDefinition {
  const taskDefinition = new ecs.FargateTaskDefinition(scope, 'TaskDefinition', { cpu: 256, memoryLimitMiB: 512 });
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention: logs.RetentionDays.THREE_MONTHS });
  taskDefinition.addContainer('app', {
    image: ecs.ContainerImage.fromRegistry('example/web:1'),
    portMappings: [{ containerPort: 8080 }],
    logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: 'app' }),
  });
  return taskDefinition;
}

function rawEcsService(
  scope: Construct,
  cluster: ecs.ICluster,
  taskDefinition: ecs.FargateTaskDefinition,
  blue: elb.ApplicationTargetGroup,
): ecs.FargateService {
  const service = new ecs.FargateService(scope, 'Service', {
    cluster,
    taskDefinition,
    deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
    securityGroups: [new ec2.SecurityGroup(scope, 'TaskSecurityGroup', { vpc: cluster.vpc })],
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
  });
  blue.addTarget(service.loadBalancerTarget({ containerName: 'app', containerPort: 8080 }));
  return service;
}

function codeDeployStatements(
  service: ecs.FargateService,
  taskDefinition: ecs.FargateTaskDefinition,
  listeners: readonly elb.ApplicationListener[],
): iam.PolicyStatement[] {
  const allow = (actions: string[], resources: string[]) => new iam.PolicyStatement({ actions, resources });
  const { taskRole, executionRole } = taskDefinition;
  return [
    allow(['ecs:DescribeServices', 'ecs:UpdateServicePrimaryTaskSet'], [service.serviceArn]),
    allow(['ecs:CreateTaskSet', 'ecs:DeleteTaskSet'], [service.serviceArn]),
    allow(['elasticloadbalancing:Describe*', 'cloudwatch:DescribeAlarms'], ['*']),
    allow(
      ['elasticloadbalancing:ModifyListener'],
      listeners.map((listener) => listener.listenerArn),
    ),
    allow(['iam:PassRole'], [taskRole.roleArn, executionRole?.roleArn ?? '*']),
  ];
}

function rawGate(
  scope: Construct,
  vpc: ec2.IVpc,
  group: codedeploy.EcsDeploymentGroup,
  loadBalancer: elb.ApplicationLoadBalancer,
  alarms: readonly cloudwatch.Alarm[],
): lambda.Function[] {
  const securityGroup = new ec2.SecurityGroup(scope, 'GateSecurityGroup', { vpc, allowAllOutbound: false });
  securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443));
  for (const listener of loadBalancer.listeners) listener.connections.allowDefaultPortFrom(securityGroup);
  const role = new iam.Role(scope, 'GateRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const allow = (actions: string[], resources: string[]) =>
    role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
  allow(['ec2:*NetworkInterface*', 'ec2:DescribeSubnets', 'cloudwatch:DescribeAlarms'], ['*']);
  allow(['codedeploy:PutLifecycleEventHookExecutionStatus'], [group.deploymentGroupArn]);
  return ['AfterAllowTestTraffic', 'AfterAllowTraffic'].map((event) => {
    const logGroup = new logs.LogGroup(scope, `${event}Logs`, { removalPolicy: RemovalPolicy.DESTROY });
    logGroup.grantWrite(role);
    return new lambda.Function(scope, event, {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundleFolder('gate')),
      memorySize: 256,
      timeout: Duration.minutes(3),
      role,
      logGroup,
      vpc,
      securityGroups: [securityGroup],
      environment: {
        SERVICE: scope.node.id,
        EVENT: event,
        URL: `http://${loadBalancer.loadBalancerDnsName}:80`,
        LOAD_BALANCER: loadBalancer.loadBalancerFullName,
        ALARMS: Stack.of(scope).toJsonString(alarms.map((alarm) => alarm.alarmName)),
        TIME_LIMIT: '120',
      },
    });
  });
}
