import { Duration, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleFolder } from '../../common/bundles';
import { InlineSecurityGroup } from '../../lib/internal/inline-security-group';
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
    const { application } = release;
    const named = codedeploy.EcsDeploymentGroup.fromEcsDeploymentGroupAttributes(this, 'Named', {
      application,
      deploymentGroupName: id,
    });
    release.route(this, [blue, green], loadBalancer, production, named);
    const taskDefinition = rawTaskDefinition(this);
    const service = rawEcsService(this, cluster, taskDefinition, blue, loadBalancer);
    service.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 2 });
    const alarms = rawAlarms(this, loadBalancer, [blue, green], release.dashboard);
    const hooks = rawGate(this, vpc, named, loadBalancer, alarms, release.gateLogs);
    const role = new iam.Role(this, 'CodeDeployRole', {
      assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com'),
      inlinePolicies: {
        ship: new iam.PolicyDocument({
          statements: codeDeployStatements(service, taskDefinition, [production, test], hooks),
        }),
      },
    });
    service.node.addDependency(production, test, vpc.internetConnectivityEstablished);
    const group = new codedeploy.EcsDeploymentGroup(this, 'Group', {
      application,
      service,
      deploymentGroupName: id,
      role: role.withoutPolicyUpdates(),
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
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention: logs.RetentionDays.THREE_MONTHS });
  const executionRole = new iam.Role(scope, 'ExecutionRole', {
    assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
    inlinePolicies: { logs: new iam.PolicyDocument({ statements: [writing(logGroup)] }) },
  });
  const taskDefinition = new ecs.FargateTaskDefinition(scope, 'TaskDefinition', {
    cpu: 256,
    memoryLimitMiB: 512,
    executionRole,
  });
  taskDefinition.addContainer('app', {
    image: ecs.ContainerImage.fromRegistry('example/web:1'),
    portMappings: [{ containerPort: 8080 }],
    logging: new ecs.GenericLogDriver({
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logGroup.logGroupName,
        'awslogs-stream-prefix': 'app',
        'awslogs-region': Stack.of(scope).region,
      },
    }),
  });
  return taskDefinition;
}

function writing(logGroup: logs.ILogGroup): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}

function rawEcsService(
  scope: Construct,
  cluster: ecs.ICluster,
  taskDefinition: ecs.FargateTaskDefinition,
  blue: elb.ApplicationTargetGroup,
  loadBalancer: elb.ApplicationLoadBalancer,
): ecs.FargateService {
  const inlined = loadBalancer.connections.securityGroups;
  const service = new ecs.FargateService(scope, 'Service', {
    cluster,
    taskDefinition,
    deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
    securityGroups: [new InlineSecurityGroup(scope, 'TaskSecurityGroup', { vpc: cluster.vpc, inlined })],
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
  hooks: readonly lambda.Function[],
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
    allow(
      ['lambda:InvokeFunction'],
      hooks.map((hook) => hook.functionArn),
    ),
    allow(['iam:PassRole'], [taskRole.roleArn, executionRole?.roleArn ?? '*']),
  ];
}

function rawGate(
  scope: Construct,
  vpc: ec2.IVpc,
  group: codedeploy.IEcsDeploymentGroup,
  loadBalancer: elb.ApplicationLoadBalancer,
  alarms: readonly cloudwatch.Alarm[],
  logGroup: logs.LogGroup,
): lambda.Function[] {
  const inlined = loadBalancer.connections.securityGroups;
  const securityGroup = new InlineSecurityGroup(scope, 'GateSecurityGroup', { vpc, allowAllOutbound: false, inlined });
  securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443));
  for (const group of inlined) securityGroup.addEgressRule(group, ec2.Port.tcp(80));
  loadBalancer.listeners[1]?.connections.allowDefaultPortFrom(securityGroup);
  const allow = (actions: string[], resources: string[]) => new iam.PolicyStatement({ actions, resources });
  const statements = [
    allow(['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces'], ['*']),
    allow(
      ['ec2:DescribeSubnets', 'elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth'],
      ['*'],
    ),
    allow(['cloudwatch:DescribeAlarms'], ['*']),
    allow(['codedeploy:PutLifecycleEventHookExecutionStatus', 'codedeploy:GetDeployment'], [group.deploymentGroupArn]),
    writing(logGroup),
  ];
  const assumedBy = new iam.ServicePrincipal('lambda.amazonaws.com');
  const inlinePolicies = { gate: new iam.PolicyDocument({ statements }) };
  const role = new iam.Role(scope, 'GateRole', { assumedBy, inlinePolicies });
  return ['BeforeInstall', 'AfterAllowTestTraffic', 'AfterAllowTraffic'].map((event) => {
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
        TIMEOUT: '120',
      },
    });
  });
}
