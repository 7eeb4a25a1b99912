import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { IBaseService, ICluster } from 'aws-cdk-lib/aws-ecs';
import { type Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { TaskLogs } from '../../lambda/release/types';
import type { IReleaseAlarms } from '../alarms/release-alarms-props';
import type { IReleaseGate } from '../gate/release-gate-props';
import { acknowledgeWildcards } from '../internal/acknowledge';
import { everyAlarm } from '../internal/arns';
import { allow } from './provider';

export interface Releasable {
  readonly deploymentGroup: IEcsDeploymentGroup;
  readonly service: IBaseService;
  readonly gate?: IReleaseGate;
  readonly alarms?: IReleaseAlarms;
}

const GROUP_ACTIONS = [
  'codedeploy:CreateDeployment',
  'codedeploy:GetDeployment',
  'codedeploy:BatchGetDeployments',
  'codedeploy:StopDeployment',
  'codedeploy:ContinueDeployment',
  'codedeploy:ListDeployments',
  'codedeploy:BatchGetDeploymentTargets',
];

/**
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
 * names the resource of each action.
 */
export function grantRelease(policy: Policy, { deploymentGroup, service, gate, alarms }: Releasable): void {
  const { application, deploymentConfig } = deploymentGroup;
  allow(policy, GROUP_ACTIONS, [deploymentGroup.deploymentGroupArn]);
  allow(
    policy,
    ['codedeploy:RegisterApplicationRevision', 'codedeploy:GetApplicationRevision'],
    [application.applicationArn],
  );
  allow(policy, ['codedeploy:GetDeploymentConfig'], [deploymentConfig.deploymentConfigArn]);
  allow(policy, ['ecs:DescribeServices'], [service.serviceArn]);
  grantTasks(policy, service.cluster);
  grantScaling(policy);
  grantEvidence(policy, gate, alarms);
}

function grantAlarms(policy: Policy): void {
  const every = everyAlarm(Stack.of(policy));
  allow(policy, ['cloudwatch:DescribeAlarms'], [every]);
  acknowledgeWildcards(policy, 'DescribeAlarms takes a list of names', [every]);
}

/**
 * What a follower reads. The name of the service would be a reference, for which CloudFormation waits; its cluster limits it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment-permissions.html
 */
export function grantFollower(policy: Policy, { service, gate, alarms }: Omit<Releasable, 'deploymentGroup'>) {
  const stack = Stack.of(policy);
  const { clusterName } = service.cluster;
  const inCluster = (resource: string) =>
    stack.formatArn({ service: 'ecs', resource, resourceName: `${clusterName}/*` });
  const resources = [inCluster('service'), inCluster('service-deployment')];
  allow(policy, ['ecs:ListServiceDeployments'], resources.slice(0, 1));
  allow(policy, ['ecs:DescribeServiceDeployments'], resources.slice(1));
  acknowledgeWildcards(policy, 'A reference to the service would make CloudFormation wait for it', resources);
  allow(policy, ['cloudformation:DescribeStackResource'], [stack.stackId]);
  grantTasks(policy, service.cluster);
  grantEvidence(policy, gate, alarms);
}

/** What the deciding gate or alarm is found by. */
function grantEvidence(policy: Policy, gate: IReleaseGate | undefined, alarms: IReleaseAlarms | undefined): void {
  if (gate) {
    const logGroups = gate.lifecycleEvents.map((event) => gate.logGroupOf(event).logGroupArn);
    allow(policy, ['logs:FilterLogEvents'], logGroups);
  }
  if (!alarms?.alarms.length) return;
  allow(
    policy,
    ['cloudwatch:DescribeAlarmHistory'],
    alarms.alarms.map((alarm) => alarm.alarmArn),
  );
  grantAlarms(policy);
}

/**
 * ListTasks has no task as its resource, so the cluster limits it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
function grantTasks(policy: Policy, { clusterArn, clusterName }: ICluster): void {
  const tasks = Stack.of(policy).formatArn({ service: 'ecs', resource: 'task', resourceName: `${clusterName}/*` });
  allow(policy, ['ecs:DescribeTasks'], [tasks]);
  policy.addStatements(
    new PolicyStatement({
      actions: ['ecs:ListTasks'],
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': clusterArn } },
    }),
  );
  acknowledgeWildcards(policy, 'Tasks come and go; ListTasks is limited by its cluster', [tasks, '*']);
}

/**
 * A scalable target's ARN ends in an id that AWS chooses when it is created.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html
 */
function grantScaling(policy: Policy): void {
  const targets = Stack.of(policy).formatArn({
    service: 'application-autoscaling',
    resource: 'scalable-target',
    resourceName: '*',
  });
  policy.addStatements(
    new PolicyStatement({
      actions: ['application-autoscaling:RegisterScalableTarget'],
      resources: [targets],
      conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
    }),
  );
  acknowledgeWildcards(policy, 'The id of a scalable target is made up by AWS', [targets]);
}

/** To quote the last lines of a task that failed. */
export function grantTaskLogs(policy: Policy, logs: TaskLogs): void {
  const logGroup = Stack.of(policy).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${logs.LogGroup}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  allow(policy, ['logs:FilterLogEvents'], [logGroup]);
  acknowledgeWildcards(policy, 'Each task writes a stream of its own', [logGroup]);
}
