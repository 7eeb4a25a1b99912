import { Fn, Stack } from 'aws-cdk-lib';
import type { FargateService, TaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type IRole, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ITwinEnvironments } from '../twins/imported-twin-environments';
import type { IReleaseGate } from '../gate/release-gate-props';
import { acknowledgeWildcards } from '../internal/acknowledge';
import { everyAlarm } from '../internal/arns';
import { ofOwnAccount } from '../internal/trust';

/** What CodeDeploy's role is about. */
export interface Shipped {
  readonly service: FargateService;
  readonly taskDefinition: TaskDefinition;
  readonly twins: ITwinEnvironments;
  readonly gate: IReleaseGate;
}

/**
 * The actions of AWSCodeDeployRoleForECS, each only on this service.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECS.html
 */
export function createCodeDeployRole(scope: Construct, { service, taskDefinition, twins, gate }: Shipped): Role {
  const statements = [
    ...ecsStatements(Stack.of(scope), service),
    ...listenerStatements([twins.productionListener, twins.testListener]),
    new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [everyAlarm(Stack.of(scope))] }),
    passRoleStatement(taskDefinition),
    new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: gate.lifecycleEvents.map((event) => gate.functionOf(event).functionArn),
    }),
  ];
  const role = new Role(scope, 'CodeDeployRole', {
    assumedBy: ofOwnAccount(Stack.of(scope), 'codedeploy.amazonaws.com'),
    description: 'Greenlight: lets CodeDeploy ship one service',
    inlinePolicies: { ship: new PolicyDocument({ statements }) },
  });
  acknowledgeWildcards(
    role,
    'Task sets and rules of this service come and go; the describe actions of load balancers and alarms have no resource level',
    statements.flatMap((statement) => statement.resources),
  );
  return role;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
function ecsStatements(stack: Stack, service: FargateService): PolicyStatement[] {
  const taskSets = stack.formatArn({
    service: 'ecs',
    resource: 'task-set',
    resourceName: `${service.cluster.clusterName}/${service.serviceName}/*`,
  });
  return [
    new PolicyStatement({
      actions: ['ecs:DescribeServices', 'ecs:UpdateServicePrimaryTaskSet'],
      resources: [service.serviceArn],
    }),
    new PolicyStatement({
      actions: ['ecs:CreateTaskSet', 'ecs:DeleteTaskSet'],
      resources: [service.serviceArn, taskSets],
    }),
  ];
}

/**
 * The Describe actions know no resource level:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
 */
function listenerStatements(listeners: readonly IApplicationListener[]): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: [
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeTargetGroups',
      ],
      resources: ['*'],
    }),
    new PolicyStatement({
      actions: ['elasticloadbalancing:ModifyListener'],
      resources: listeners.map((listener) => listener.listenerArn),
    }),
    new PolicyStatement({
      actions: ['elasticloadbalancing:ModifyRule'],
      resources: listeners.map((listener) => rulesOf(listener.listenerArn)),
    }),
  ];
}

/** `...:listener/app/<lb>/<id>/<listener>` -> `...:listener-rule/app/<lb>/<id>/<listener>/*` */
function rulesOf(listenerArn: string): string {
  const parts = Fn.split(':listener/', listenerArn);
  return `${Fn.select(0, parts)}:listener-rule/${Fn.select(1, parts)}/*`;
}

function passRoleStatement(taskDefinition: TaskDefinition): PolicyStatement {
  const roles: IRole[] = [taskDefinition.taskRole, taskDefinition.obtainExecutionRole()];
  return new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: roles.map((role) => role.roleArn),
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
}
