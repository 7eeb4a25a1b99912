import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { IBaseService, ICluster } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { TaskLogs } from '../../lambda/release/types';
import type { IReleaseAlarms } from '../alarms/release-alarms-props';
import type { IReleaseGate } from '../gate/release-gate-props';
import { acknowledgeWildcards } from '../internal/acknowledge';
import { everyAlarm } from '../internal/arns';
import { allow, type ReleaseProvider } from './provider';

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
export function grantRelease(provider: ReleaseProvider, { deploymentGroup, service, gate, alarms }: Releasable): void {
  const { role } = provider;
  const { application, deploymentConfig } = deploymentGroup;
  allow(role, GROUP_ACTIONS, [deploymentGroup.deploymentGroupArn]);
  allow(
    role,
    ['codedeploy:RegisterApplicationRevision', 'codedeploy:GetApplicationRevision'],
    [application.applicationArn],
  );
  allow(role, ['codedeploy:GetDeploymentConfig'], [deploymentConfig.deploymentConfigArn]);
  allow(role, ['ecs:DescribeServices'], [service.serviceArn]);
  grantTasks(provider, service.cluster);
  provider.once('scaling', () => grantScaling(provider));
  grantEvidence(provider, gate, alarms);
}

function grantAlarms({ role }: ReleaseProvider): void {
  const every = everyAlarm(Stack.of(role));
  allow(role, ['cloudwatch:DescribeAlarms'], [every]);
  acknowledgeWildcards(role, 'DescribeAlarms takes a list of names', [every]);
}

/**
 * What a follower reads. The name of the service would be a reference, for which CloudFormation waits; its cluster limits it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment-permissions.html
 */
export function grantFollower(
  provider: ReleaseProvider,
  { service, gate, alarms }: Omit<Releasable, 'deploymentGroup'>,
) {
  const { role } = provider;
  const stack = Stack.of(role);
  const { clusterName } = service.cluster;
  const inCluster = (resource: string) =>
    stack.formatArn({ service: 'ecs', resource, resourceName: `${clusterName}/*` });
  const resources = [inCluster('service'), inCluster('service-deployment')];
  allow(role, ['ecs:ListServiceDeployments'], resources.slice(0, 1));
  allow(role, ['ecs:DescribeServiceDeployments'], resources.slice(1));
  acknowledgeWildcards(role, 'A reference to the service would make CloudFormation wait for it', resources);
  provider.once('stack-resources', () => allow(role, ['cloudformation:DescribeStackResource'], [stack.stackId]));
  grantTasks(provider, service.cluster);
  grantEvidence(provider, gate, alarms);
}

/** What the deciding gate or alarm is found by. */
function grantEvidence(
  provider: ReleaseProvider,
  gate: IReleaseGate | undefined,
  alarms: IReleaseAlarms | undefined,
): void {
  const { role } = provider;
  if (gate) {
    const logGroups = gate.lifecycleEvents.map((event) => gate.logGroupOf(event).logGroupArn);
    allow(role, ['logs:FilterLogEvents'], logGroups);
  }
  if (!alarms?.alarms.length) return;
  allow(
    role,
    ['cloudwatch:DescribeAlarmHistory'],
    alarms.alarms.map((alarm) => alarm.alarmArn),
  );
  provider.once('alarms', () => grantAlarms(provider));
}

/**
 * ListTasks has no task as its resource, so the cluster limits it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
function grantTasks({ role }: ReleaseProvider, { clusterArn, clusterName }: ICluster): void {
  const tasks = Stack.of(role).formatArn({ service: 'ecs', resource: 'task', resourceName: `${clusterName}/*` });
  allow(role, ['ecs:DescribeTasks'], [tasks]);
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ecs:ListTasks'],
      resources: ['*'],
      conditions: { ArnEquals: { 'ecs:cluster': clusterArn } },
    }),
  );
  acknowledgeWildcards(role, 'Tasks come and go; ListTasks is limited by its cluster', [tasks, '*']);
}

/**
 * A scalable target's ARN ends in an id that AWS chooses when it is created.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_applicationautoscaling.html
 */
function grantScaling({ role }: ReleaseProvider): void {
  const targets = Stack.of(role).formatArn({
    service: 'application-autoscaling',
    resource: 'scalable-target',
    resourceName: '*',
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['application-autoscaling:RegisterScalableTarget'],
      resources: [targets],
      conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
    }),
  );
  acknowledgeWildcards(role, 'The id of a scalable target is made up by AWS', [targets]);
}

/** To quote the last lines of a task that failed. */
export function grantTaskLogs({ role }: ReleaseProvider, logs: TaskLogs): void {
  const logGroup = Stack.of(role).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${logs.LogGroup}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  allow(role, ['logs:FilterLogEvents'], [logGroup]);
  acknowledgeWildcards(role, 'Each task writes a stream of its own', [logGroup]);
}
