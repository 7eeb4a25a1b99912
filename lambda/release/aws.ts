import { CloudWatchClient, DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { ContinueDeploymentCommand, CreateDeploymentCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { callLimits, whileIamSettles } from '../../aws/calls';
import { codedeploy, ecsTarget, getDeployment } from '../../aws/codedeploy';
import { isBaking } from '../../aws/deployments';
import { nameOf } from '../../common/errors';
import { describeRelease } from '../shared/break-glass';
import { putResponse } from '../shared/custom-resource';
import { errorLine } from '../../common/error-line';
import { isInProgress, isRollingBack, operationBegan, stackResource } from '../../aws/stack';
import type { ReleaseProperties, TaskLogs } from './types';
import { observe } from './observe';
import type { Deployment, LifecycleEvent } from '../../verdict/progress';
import { green, stoppedTasks } from './green';
import { suspendScaling } from './scaling';
import { newestServiceDeployment } from './service-deployment/newest';
import { endOtherWaiters, hasBegun, proveWaiter, startWaiter } from './waiters';

/** Everything that the release does outside its own process; tests replace it. Denied calls are repeated for a minute. */
export const aws = {
  isRollingBack,
  isInProgress,
  observe,
  createDeployment,
  stopDeployment,
  endBake,
  startWaiter,
  hasBegun,
  endOtherWaiters,
  proveWaiter,
  suspendScaling,
  deployment,
  lifecycleEvents,
  green,
  operationBegan,
  stackResource,
  newestServiceDeployment,
  stoppedTasks,
  taskLines,
  logMessages,
  alarmHistory,
  alarmStates,
  put: putResponse,
};

export type Aws = typeof aws;

type Place = Pick<ReleaseProperties, 'ClusterName' | 'EcsServiceName'>;

const PAGES_MAX = 20;

// Made at first use and kept from one invocation to the next.
const made: {
  logs?: CloudWatchLogsClient;
  cloudwatch?: CloudWatchClient;
} = {};
const cloudwatch = () => (made.cloudwatch ??= new CloudWatchClient());

/** @returns the deployment's id @throws DeploymentLimitExceededException when one is in flight */
async function createDeployment(properties: ReleaseProperties, sha256: string): Promise<string> {
  const command = new CreateDeploymentCommand({
    applicationName: properties.ApplicationName,
    deploymentGroupName: properties.DeploymentGroupName,
    deploymentConfigName: properties.DeploymentConfigName,
    description: describeRelease(properties.ServiceName, properties.BreakGlass),
    // Needs codedeploy:UpdateDeploymentGroup, which the construct grants only for such a release.
    ...(properties.BreakGlass?.Allow.includes('alarms') && { overrideAlarmConfiguration: { enabled: false } }),
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content: properties.AppSpec, sha256 } },
  });
  const { deploymentId } = await whileIamSettles(() => codedeploy().send(command, callLimits()));
  if (!deploymentId) throw new Error('CodeDeploy created a deployment without an id');
  return deploymentId;
}

/** With a rollback, whatever the deployment group says. @throws DeploymentAlreadyCompletedException */
async function stopDeployment(deploymentId: string): Promise<void> {
  const command = new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true });
  await whileIamSettles(() => codedeploy().send(command, callLimits()));
}

/** The old task set is removed now. @throws InvalidDeploymentStatusException and others when it no longer waits */
async function endBake(deploymentId: string): Promise<void> {
  const command = new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: 'TERMINATION_WAIT' });
  await whileIamSettles(() => codedeploy().send(command, callLimits()));
}

async function deployment(deploymentId: string): Promise<Deployment> {
  const info = await whileIamSettles(() => getDeployment(deploymentId));
  if (!info) throw new Error(`CodeDeploy says nothing about deployment ${deploymentId}`);
  const { code = '', message = '' } = info.errorInformation ?? {};
  return {
    id: deploymentId,
    status: info.status ?? 'Created',
    createdAtMs: info.createTime?.getTime(),
    completedAtMs: info.completeTime?.getTime(),
    error: info.errorInformation ? { code, message } : undefined,
    rollbackDeploymentId: info.rollbackInfo?.rollbackDeploymentId,
    autoRollback: info.autoRollbackConfiguration?.enabled ?? false,
    terminationWait: isBaking(info),
    events: [],
  };
}

/**
 * Of the deployment's one target, whose id is `<cluster>:<service>`.
 * @returns an empty list while there is no target yet
 */
async function lifecycleEvents(deploymentId: string, place: Place): Promise<LifecycleEvent[]> {
  const name = (nameOrArn: string) => nameOrArn.split('/').at(-1) ?? nameOrArn;
  const targetId = `${name(place.ClusterName)}:${name(place.EcsServiceName)}`;
  const none = ['DeploymentNotStartedException', 'DeploymentTargetDoesNotExistException'];
  const target = await whileIamSettles(() => ecsTarget(deploymentId, targetId)).catch((error: unknown) => {
    if (none.includes(nameOf(error))) return undefined;
    throw error;
  });
  const events = target?.lifecycleEvents ?? [];
  return events.map((event) => ({
    name: event.lifecycleEventName ?? '',
    status: event.status ?? 'Unknown',
    startedAtMs: event.startTime?.getTime(),
    message: event.diagnostics?.message || undefined,
  }));
}

/** Messages that match, oldest first. A page may be empty and more follow. */
async function logMessages(
  logGroupName: string,
  filterPattern: string,
  startTime: number,
  endTime?: number,
): Promise<string[]> {
  return filterLog({ logGroupName, filterPattern, startTime, endTime });
}

const LINES_MAX = 5;
const SEARCHED_LINES_MAX = 50;

/** The last lines of a task's serving container. */
async function taskLines(logs: TaskLogs, taskId: string): Promise<string[]> {
  const stream = `${logs.StreamPrefix}/${logs.ContainerName}/${taskId}`;
  const lines = await filterLog({ logGroupName: logs.LogGroup, logStreamNames: [stream] });
  const last = lines.slice(-LINES_MAX);
  // The end of a stack names frames: the line above it says what went wrong.
  const error = errorLine(lines.slice(-SEARCHED_LINES_MAX));
  return error === undefined || last.some((line) => line.trim() === error) ? last : [error, ...last];
}

async function filterLog(input: Omit<FilterLogEventsCommandInput, 'nextToken'>): Promise<string[]> {
  made.logs ??= new CloudWatchLogsClient();
  const messages: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const command = new FilterLogEventsCommand({ ...input, nextToken });
    const output = await whileIamSettles(async () => made.logs?.send(command, callLimits()));
    messages.push(...(output?.events ?? []).flatMap((event) => event.message ?? []));
    nextToken = output?.nextToken;
    if (!nextToken) break;
  }
  return messages;
}

/** `HistoryData` of an alarm's state changes, newest first. */
async function alarmHistory(name: string, sinceMs: number): Promise<{ atMs?: number; data: string }[]> {
  const command = new DescribeAlarmHistoryCommand({
    AlarmName: name,
    HistoryItemType: 'StateUpdate',
    StartDate: new Date(sinceMs),
    ScanBy: 'TimestampDescending',
  });
  const { AlarmHistoryItems = [] } = await whileIamSettles(() => cloudwatch().send(command, callLimits()));
  return AlarmHistoryItems.map((item) => ({ atMs: item.Timestamp?.getTime(), data: item.HistoryData ?? '{}' }));
}

/** Of the metric alarms that are in ALARM now. */
async function alarmStates(names: readonly string[]): Promise<{ name: string; atMs?: number; reason: string }[]> {
  const command = new DescribeAlarmsCommand({ AlarmNames: [...names], StateValue: 'ALARM' });
  const { MetricAlarms = [] } = await whileIamSettles(() => cloudwatch().send(command, callLimits()));
  return MetricAlarms.map((alarm) => ({
    name: alarm.AlarmName ?? '',
    atMs: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime(),
    reason: alarm.StateReason ?? '',
  }));
}
