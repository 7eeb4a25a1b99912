import { CloudWatchClient, DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { callLimits, nameOf, whileIamSettles } from '../shared/aws';
import { putAnswer } from '../shared/custom-resource';
import type { ReleaseProperties, WaiterState } from './contract';
import type { InFlight } from './decide';
import type { Deployment, LifecycleEvent } from './progress';

/** Everything that the release does outside its own process; tests replace it. Denied calls are repeated for a minute. */
export const outbound = {
  liveTaskDefinition,
  deploymentsInFlight,
  createDeployment,
  startWaiter,
  deployment,
  lifecycleEvents,
  logMessages,
  alarmHistory,
  alarmStates,
  put: putAnswer,
};

export type Outbound = typeof outbound;

type Place = Pick<ReleaseProperties, 'ClusterName' | 'EcsServiceName'>;
type Group = Pick<ReleaseProperties, 'ApplicationName' | 'DeploymentGroupName'>;

const PAGES_MAX = 20;

// Made at first use and kept from one invocation to the next.
const made: {
  codedeploy?: CodeDeployClient;
  ecs?: ECSClient;
  states?: SFNClient;
  logs?: CloudWatchLogsClient;
  cloudwatch?: CloudWatchClient;
} = {};
const codedeploy = () => (made.codedeploy ??= new CodeDeployClient());
const cloudwatch = () => (made.cloudwatch ??= new CloudWatchClient());

/** Task definition ARN of the PRIMARY task set; undefined when there is no such service. */
async function liveTaskDefinition(place: Place): Promise<string | undefined> {
  made.ecs ??= new ECSClient();
  const command = new DescribeServicesCommand({ cluster: place.ClusterName, services: [place.EcsServiceName] });
  const { services } = await whileIamSettles(async () => made.ecs?.send(command, callLimits()) ?? { services: [] });
  return services?.[0]?.taskSets?.find((taskSet) => taskSet.status === 'PRIMARY')?.taskDefinition;
}

async function deploymentsInFlight(group: Group): Promise<InFlight[]> {
  const command = new ListDeploymentsCommand({
    applicationName: group.ApplicationName,
    deploymentGroupName: group.DeploymentGroupName,
    includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'],
  });
  // One page: a group runs one deployment, and its rollback.
  const { deployments = [] } = await whileIamSettles(() => codedeploy().send(command, callLimits()));
  return Promise.all(
    deployments.map(async (deploymentId) => {
      const info = await getDeployment(deploymentId);
      return {
        deploymentId,
        // The content is never returned, its hash is: see GetDeployment's note.
        revision: info.revision?.appSpecContent?.sha256,
        terminationWait: info.instanceTerminationWaitTimeStarted === true,
      };
    }),
  );
}

async function getDeployment(deploymentId: string): Promise<DeploymentInfo> {
  const command = new GetDeploymentCommand({ deploymentId });
  const { deploymentInfo } = await whileIamSettles(() => codedeploy().send(command, callLimits()));
  if (!deploymentInfo) throw new Error(`CodeDeploy says nothing about deployment ${deploymentId}`);
  return deploymentInfo;
}

/** @returns the deployment's id @throws DeploymentLimitExceededException when one is in flight */
async function createDeployment(properties: ReleaseProperties, sha256: string): Promise<string> {
  const command = new CreateDeploymentCommand({
    applicationName: properties.ApplicationName,
    deploymentGroupName: properties.DeploymentGroupName,
    deploymentConfigName: properties.DeploymentConfigName,
    description: `cdk-greenlight: ${properties.ServiceName}`.slice(0, 100),
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content: properties.AppSpec, sha256 } },
  });
  const { deploymentId } = await whileIamSettles(() => codedeploy().send(command, callLimits()));
  if (!deploymentId) throw new Error('CodeDeploy created a deployment without an id');
  return deploymentId;
}

/** @param name makes a second start of the same wait the same execution */
async function startWaiter(stateMachineArn: string, name: string, state: WaiterState): Promise<void> {
  made.states ??= new SFNClient();
  const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(state) });
  await whileIamSettles(async () => made.states?.send(command, callLimits())).catch((error: unknown) => {
    if (nameOf(error) !== 'ExecutionAlreadyExists') throw error;
  });
}

async function deployment(deploymentId: string): Promise<Deployment> {
  const info = await getDeployment(deploymentId);
  const { code = '', message = '' } = info.errorInformation ?? {};
  return {
    id: deploymentId,
    status: info.status ?? 'Created',
    createdAtMs: info.createTime?.getTime(),
    completedAtMs: info.completeTime?.getTime(),
    error: info.errorInformation ? { code, message } : undefined,
    rollbackDeploymentId: info.rollbackInfo?.rollbackDeploymentId,
    autoRollback: info.autoRollbackConfiguration?.enabled ?? false,
    terminationWait: info.instanceTerminationWaitTimeStarted === true,
    events: [],
  };
}

/**
 * Of the deployment's one target, whose id is `<cluster>:<service>`.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentTargets.html
 * @returns an empty list while there is no target yet
 */
async function lifecycleEvents(deploymentId: string, place: Place): Promise<LifecycleEvent[]> {
  const name = (nameOrArn: string) => nameOrArn.split('/').at(-1) ?? nameOrArn;
  const targetIds = [`${name(place.ClusterName)}:${name(place.EcsServiceName)}`];
  const command = new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds });
  const none = ['DeploymentNotStartedException', 'DeploymentTargetDoesNotExistException'];
  const output = await whileIamSettles(() => codedeploy().send(command, callLimits())).catch((error: unknown) => {
    if (none.includes(nameOf(error))) return { deploymentTargets: [] };
    throw error;
  });
  const events = output.deploymentTargets?.[0]?.ecsTarget?.lifecycleEvents ?? [];
  return events.map((event) => ({
    name: event.lifecycleEventName ?? '',
    status: event.status ?? 'Unknown',
    message: event.diagnostics?.message || undefined,
  }));
}

/** Messages that match, oldest first. A page may be empty and more follow. */
async function logMessages(logGroupName: string, filterPattern: string, startTime: number): Promise<string[]> {
  made.logs ??= new CloudWatchLogsClient();
  const messages: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const command = new FilterLogEventsCommand({ logGroupName, filterPattern, startTime, nextToken });
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
