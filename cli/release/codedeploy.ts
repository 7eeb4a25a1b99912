import { ENDED, IN_FLIGHT, isBaking, isRollback } from '../../aws/deployments';
import { nameOf } from '../../common/errors';
import type { Aws } from './aws';
import { type EcsService, shortName } from './services';
import type { FinishedRelease, Outcome, ReleaseStatus, Releases } from './status-types';
import { isoOf } from './times';

/** As CodeDeploy's JSON has it: times are seconds since the epoch. */
export interface RawDeployment {
  readonly deploymentId?: string;
  readonly applicationName?: string;
  readonly deploymentGroupName?: string;
  readonly status?: (typeof IN_FLIGHT)[number] | (typeof ENDED)[number];
  readonly createTime?: number;
  readonly completeTime?: number;
  readonly creator?: 'user' | 'autoscaling' | 'codeDeployRollback' | 'CodeDeploy';
  readonly errorInformation?: { readonly code?: string; readonly message?: string };
  readonly autoRollbackConfiguration?: { readonly enabled?: boolean };
  readonly rollbackInfo?: {
    readonly rollbackDeploymentId?: string;
    readonly rollbackTriggeringDeploymentId?: string;
  };
  readonly instanceTerminationWaitTimeStarted?: boolean;
  readonly blueGreenDeploymentConfiguration?: {
    readonly deploymentReadyOption?: { readonly waitTimeInMinutes?: number };
    readonly terminateBlueInstancesOnDeploymentSuccess?: { readonly terminationWaitTimeInMinutes?: number };
  };
}

export interface RawEvent {
  readonly lifecycleEventName?: string;
  readonly status?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly diagnostics?: { readonly message?: string };
}

export interface Group {
  readonly applicationName?: string;
  readonly deploymentGroupName?: string;
  readonly alarmConfiguration?: { readonly enabled?: boolean; readonly alarms?: readonly { readonly name?: string }[] };
  readonly ecsServices?: readonly { readonly serviceName?: string; readonly clusterName?: string }[];
  readonly loadBalancerInfo?: {
    readonly targetGroupPairInfoList?: readonly {
      readonly prodTrafficRoute?: { readonly listenerArns?: readonly string[] };
    }[];
  };
}

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html */
const DESCRIBED_MAX = 25;

export async function codeDeployReleases(aws: Aws, service: EcsService): Promise<Releases> {
  const group = await groupOf(aws, service);
  const deployments = group ? await deploymentsOf(aws, group) : [];
  const running = deployments.find(({ status }) => IN_FLIGHT.some((each) => each === status));
  const ended = deployments.find((each) => ENDED.some((status) => status === each.status) && !isRollback(each));
  const listeners = group?.loadBalancerInfo?.targetGroupPairInfoList ?? [];
  return {
    ...(running && { release: releaseOf(running, await eventsOf(aws, running, service)) }),
    ...(ended && { lastRelease: finishedOf(ended) }),
    alarmNames: (group?.alarmConfiguration?.alarms ?? []).flatMap(({ name }) => name ?? []),
    productionListeners: listeners.flatMap(({ prodTrafficRoute }) => prodTrafficRoute?.listenerArns ?? []),
    sides: (service.taskSets ?? []).map((taskSet) => ({
      ...taskSet.loadBalancers?.[0],
      taskDefinition: taskSet.taskDefinition,
      runningTasks: taskSet.runningCount ?? 0,
      desiredTasks: taskSet.computedDesiredCount ?? 0,
    })),
  };
}

/**
 * "Ready" waits for ContinueDeployment, since the last event ended; the bake begins when the last event ended.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentReadyOption.html
 */
export function releaseOf(info: RawDeployment, events: readonly RawEvent[]): ReleaseStatus {
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: termination } =
    info.blueGreenDeploymentConfiguration ?? {};
  const current = events.find(({ status }) => status === 'InProgress');
  const lastEnd = Math.max(info.createTime ?? 0, ...events.map(({ endTime = 0 }) => endTime));
  const bakes = isBaking(info);
  const waitsForApproval = info.status === 'Ready' && !bakes;
  const waits = bakes || waitsForApproval;
  const minutes = bakes ? termination?.terminationWaitTimeInMinutes : ready?.waitTimeInMinutes;
  return {
    id: info.deploymentId ?? '',
    engine: 'codedeploy',
    status: info.status ?? 'Created',
    stage: bakes ? 'Bake' : waitsForApproval ? 'Approval' : current?.lifecycleEventName,
    stageSince: isoOf(waits ? lastEnd : current?.startTime),
    startedAt: isoOf(info.createTime),
    rollsBack: isRollback(info),
    bakes,
    waitsForApproval,
    ...(waits && minutes && { endsAt: isoOf(lastEnd + minutes * 60) }),
    ...(waits && { then: bakes ? 'the old version is removed' : 'the release is rolled back' }),
  };
}

export function finishedOf(info: RawDeployment): FinishedRelease {
  const outcomes: Readonly<Record<string, Outcome>> = { Succeeded: 'succeeded', Stopped: 'stopped' };
  const back = info.rollbackInfo?.rollbackDeploymentId !== undefined;
  return {
    id: info.deploymentId ?? '',
    outcome: back ? 'rolled back' : (outcomes[info.status ?? ''] ?? 'failed'),
    endedAt: isoOf(info.completeTime),
    reason: info.errorInformation?.message,
  };
}

/** The group of the deployment that made a task set, or the one that names the service. */
async function groupOf(aws: Aws, service: EcsService): Promise<Group | undefined> {
  const deploymentId = service.taskSets?.find(({ externalId }) => externalId)?.externalId;
  if (deploymentId !== undefined) {
    const { deploymentInfo: info } = await aws.codeDeploy<{ readonly deploymentInfo?: RawDeployment }>(
      'GetDeployment',
      { deploymentId },
    );
    if (info?.applicationName && info.deploymentGroupName)
      return getGroup(aws, info.applicationName, info.deploymentGroupName);
  }
  const names = (await listed<string>(aws, 'ListApplications', {}, 'applications')).map(async (applicationName) => {
    const groups = await listed<string>(aws, 'ListDeploymentGroups', { applicationName }, 'deploymentGroups');
    return Promise.all(groups.map((name) => getGroup(aws, applicationName, name)));
  });
  const cluster = shortName(service.clusterArn);
  return (await Promise.all(names))
    .flat()
    .find((group) =>
      group?.ecsServices?.some(
        ({ serviceName, clusterName = '' }) =>
          serviceName === service.serviceName && shortName(clusterName) === cluster,
      ),
    );
}

export async function getGroup(
  aws: Aws,
  applicationName: string,
  deploymentGroupName: string,
): Promise<Group | undefined> {
  type Output = { readonly deploymentGroupInfo?: Group };
  const input = { applicationName, deploymentGroupName };
  return (await aws.codeDeploy<Output>('GetDeploymentGroup', input)).deploymentGroupInfo;
}

/** Newest first. */
async function deploymentsOf(aws: Aws, group: Group): Promise<RawDeployment[]> {
  const { applicationName, deploymentGroupName } = group;
  const input = { applicationName, deploymentGroupName };
  const { deployments = [] } = await aws.codeDeploy<{ readonly deployments?: string[] }>('ListDeployments', input);
  if (deployments.length === 0) return [];
  const { deploymentsInfo = [] } = await aws.codeDeploy<{ readonly deploymentsInfo?: RawDeployment[] }>(
    'BatchGetDeployments',
    { deploymentIds: deployments.slice(0, DESCRIBED_MAX) },
  );
  return [...deploymentsInfo].sort((a, b) => (b.createTime ?? 0) - (a.createTime ?? 0));
}

/** @returns an empty list before the deployment has a target */
export async function eventsOf(
  aws: Aws,
  { deploymentId }: RawDeployment,
  service: EcsService,
): Promise<readonly RawEvent[]> {
  type Output = {
    readonly deploymentTargets?: readonly { readonly ecsTarget?: { readonly lifecycleEvents?: RawEvent[] } }[];
  };
  const targetIds = [`${shortName(service.clusterArn)}:${service.serviceName}`];
  try {
    const output = await aws.codeDeploy<Output>('BatchGetDeploymentTargets', { deploymentId, targetIds });
    return output.deploymentTargets?.[0]?.ecsTarget?.lifecycleEvents ?? [];
  } catch (error) {
    const none = ['DeploymentNotStartedException', 'DeploymentTargetDoesNotExistException'];
    if (none.includes(nameOf(error))) return [];
    throw error;
  }
}

async function listed<T>(aws: Aws, operation: string, input: object, field: string): Promise<T[]> {
  const found: T[] = [];
  let nextToken: string | undefined;
  do {
    const output = await aws.codeDeploy<Record<string, unknown>>(operation, { ...input, nextToken });
    found.push(...((output[field] as T[] | undefined) ?? []));
    nextToken = output.nextToken as string | undefined;
  } while (nextToken);
  return found;
}
