import { CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { bundleFolder } from '../../common/bundles';

/** What all services of a stack share. */
export class RawRelease extends Construct {
  readonly application: codedeploy.EcsApplication;
  readonly dashboard: cloudwatch.Dashboard;
  readonly gateLogs: logs.LogGroup;
  private readonly function: lambda.Function;
  private readonly routes: lambda.Function;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.application = new codedeploy.EcsApplication(this, 'Application');
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard');
    this.gateLogs = new logs.LogGroup(this, 'GateLogs', { removalPolicy: RemovalPolicy.DESTROY });
    this.function = this.createFunction('release');
    this.routes = this.createFunction('live-route');
    const role = new iam.Role(this, 'WaiterRole', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
    this.function.grantInvoke(role);
    new stepfunctions.CfnStateMachine(this, 'Waiter', { roleArn: role.roleArn, definitionString: '{}' });
  }

  private createFunction(name: 'release' | 'live-route'): lambda.Function {
    return new lambda.Function(this, name, {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundleFolder(name)),
      timeout: Duration.minutes(2),
      logGroup: new logs.LogGroup(this, `${name}-logs`, { removalPolicy: RemovalPolicy.DESTROY }),
    });
  }

  /** The custom resource that says which of the groups is live, and what it lets the function do. */
  route(
    scope: Construct,
    groups: readonly elb.ApplicationTargetGroup[],
    loadBalancer: elb.ApplicationLoadBalancer,
    listener: elb.ApplicationListener,
    group: codedeploy.IEcsDeploymentGroup,
  ): void {
    const actions = ['codedeploy:ListDeployments', 'codedeploy:GetDeployment'];
    this.routes.addToRolePolicy(new iam.PolicyStatement({ actions, resources: [group.deploymentGroupArn] }));
    const resource = new CustomResource(scope, 'Route', {
      serviceToken: this.routes.functionArn,
      properties: {
        Groups: groups.map((group) => group.targetGroupArn),
        LoadBalancer: loadBalancer.loadBalancerArn,
        Port: listener.port,
      },
    });
    const cfnListener = listener.node.defaultChild as elb.CfnListener;
    cfnListener.addPropertyOverride('DefaultActions.0.TargetGroupArn', resource.getAttString('Live'));
  }

  /** The custom resource of a service and what it lets the function do. */
  ship(
    scope: Construct,
    group: codedeploy.EcsDeploymentGroup,
    service: ecs.FargateService,
    hooks: readonly lambda.Function[],
    alarms: readonly cloudwatch.Alarm[],
  ): void {
    const { taskDefinition } = service;
    const allow = (actions: string[], resources: string[]) =>
      this.function.addToRolePolicy(new iam.PolicyStatement({ actions, resources }));
    allow(RELEASE_ACTIONS, [group.deploymentGroupArn]);
    allow(
      ['codedeploy:RegisterApplicationRevision', 'codedeploy:GetApplicationRevision'],
      [group.application.applicationArn],
    );
    allow(['codedeploy:GetDeploymentConfig'], [group.deploymentConfig.deploymentConfigArn]);
    allow(['ecs:DescribeServices'], [service.serviceArn]);
    allow(
      ['logs:FilterLogEvents'],
      hooks.map((hook) => hook.logGroup.logGroupArn),
    );
    allow(
      ['cloudwatch:DescribeAlarmHistory'],
      alarms.map((alarm) => alarm.alarmArn),
    );
    allow(['cloudwatch:DescribeAlarms'], ['*']);
    const resource = new CustomResource(scope, 'Release', {
      serviceToken: this.function.functionArn,
      properties: {
        Service: scope.node.id,
        Application: group.application.applicationName,
        Group: group.deploymentGroupName,
        Config: group.deploymentConfig.deploymentConfigName,
        Cluster: service.cluster.clusterName,
        EcsService: service.serviceName,
        TaskDefinition: taskDefinition.taskDefinitionArn,
        LogGroups: Object.fromEntries(hooks.map((hook) => [hook.node.id, hook.logGroup.logGroupName])),
        Alarms: alarms.map((alarm) => alarm.alarmName),
        Timeout: '3480',
        AppSpec: Stack.of(scope).toJsonString(appSpec(service, taskDefinition, hooks)),
      },
    });
    resource.node.addDependency(group, service, ...hooks, ...alarms);
  }
}

const RELEASE_ACTIONS = [
  'codedeploy:CreateDeployment',
  'codedeploy:GetDeployment',
  'codedeploy:StopDeployment',
  'codedeploy:ListDeployments',
  'codedeploy:ListDeploymentTargets',
  'codedeploy:BatchGetDeploymentTargets',
];

function appSpec(
  service: ecs.FargateService,
  taskDefinition: ecs.TaskDefinition,
  hooks: readonly lambda.Function[],
): object {
  return {
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: taskDefinition.taskDefinitionArn,
            LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 8080 },
            PlatformVersion: 'LATEST',
            NetworkConfiguration: {
              AwsvpcConfiguration: {
                Subnets: service.cluster.vpc.privateSubnets.map((subnet) => subnet.subnetId),
                SecurityGroups: service.connections.securityGroups.map((group) => group.securityGroupId),
                AssignPublicIp: 'DISABLED',
              },
            },
          },
        },
      },
    ],
    Hooks: hooks.map((hook) => ({ [hook.node.id]: hook.functionName })),
  };
}
