import type { World } from '../../core/service';
import type { DeploymentConfig } from './configurations';
import { callerFor, describeService } from './environment';
import type { TaskSet } from './environment-state';
import { isTerminal } from './lifecycle';
import type { Application, Deployment, DeploymentGroup } from './state';

/** Epoch seconds, as the JSON protocol carries timestamps. */
const seconds = (atMs: number | undefined) => (atMs === undefined ? undefined : atMs / 1000);

/**
 * "The content property of the appSpecContent object in the returned revision is always null."
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html
 */
export function revisionOf(sha256: string, content: string | null = null) {
  return { revisionType: 'AppSpecContent', appSpecContent: { content, sha256 } };
}

export function deploymentInfo(deployment: Deployment) {
  const { group, progress } = deployment;
  return {
    applicationName: group.applicationName,
    deploymentGroupName: group.deploymentGroupName,
    deploymentConfigName: deployment.deploymentConfigName,
    deploymentId: deployment.deploymentId,
    previousRevision: deployment.previousSha256 === undefined ? undefined : revisionOf(deployment.previousSha256),
    revision: revisionOf(deployment.sha256),
    status: progress.status,
    errorInformation: progress.error,
    createTime: seconds(deployment.createTimeMs),
    startTime: seconds(deployment.startTimeMs),
    completeTime: seconds(deployment.completeTimeMs),
    description: deployment.description,
    creator: deployment.creator,
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: deployment.autoRollbackConfiguration ?? group.autoRollbackConfiguration,
    updateOutdatedInstancesOnly: false,
    rollbackInfo: deployment.rollbackInfo,
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    instanceTerminationWaitTimeStarted: deployment.bakeStarted,
    blueGreenDeploymentConfiguration: blueGreen(group),
    loadBalancerInfo: group.loadBalancerInfo,
    fileExistsBehavior: 'DISALLOW',
    deploymentStatusMessages: [],
    computePlatform: 'ECS',
    overrideAlarmConfiguration: deployment.overrideAlarmConfiguration,
  };
}

export function targetIdOf(group: DeploymentGroup): string {
  const [service] = group.ecsServices;
  return `${service?.clusterName}:${service?.serviceName}`;
}

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ECSTarget.html */
export async function deploymentTarget(world: World, deployment: Deployment) {
  const { progress, environment, group } = deployment;
  const times = progress.lifecycle.flatMap(({ startMs, endMs }) => [startMs ?? 0, endMs ?? 0]);
  return {
    deploymentTargetType: 'ECSTarget',
    ecsTarget: {
      deploymentId: deployment.deploymentId,
      targetId: targetIdOf(group),
      targetArn: environment?.service.serviceArn,
      lastUpdatedAt: seconds(Math.max(deployment.createTimeMs, ...times)),
      lifecycleEvents: progress.lifecycle.map(({ name, status, startMs, endMs }) => ({
        lifecycleEventName: name,
        startTime: seconds(startMs),
        endTime: seconds(endMs),
        status,
      })),
      status: targetStatus(deployment),
      taskSetsInfo: await taskSetsInfo(world, deployment),
    },
  };
}

function targetStatus({ progress: { status } }: Deployment): string {
  if (status === 'Created') return 'Pending';
  if (status === 'Stopped') return 'Failed';
  return isTerminal(status) || status === 'Ready' ? status : 'InProgress';
}

/** As ECS shows them at the moment; nothing before the deployment found its service, or when its role may not read them. */
async function taskSetsInfo(world: World, deployment: Deployment) {
  const { environment, group } = deployment;
  if (!environment) return [];
  const call = callerFor(world, group.serviceRoleArn);
  const service = await describeService(call, group).catch(() => environment.service);
  const sides = [
    {
      label: 'Blue',
      arn: environment.blueTaskSet.taskSetArn,
      group: environment.pair.blue,
      share: 100 - environment.greenPercent,
    },
    {
      label: 'Green',
      arn: environment.greenTaskSetArn,
      group: environment.pair.green,
      share: environment.greenPercent,
    },
  ];
  return sides.flatMap((side) => {
    const taskSet = service.taskSets?.find(({ taskSetArn }) => taskSetArn === side.arn);
    if (!taskSet) return [];
    const name = environment.targetGroupNames[side.group];
    return [{ ...counts(taskSet), trafficWeight: side.share, targetGroup: { name }, taskSetLabel: side.label }];
  });
}

function counts(taskSet: TaskSet) {
  return {
    // The API's own spelling.
    identifer: taskSet.id ?? taskSet.taskSetArn.split('/').at(-1),
    desiredCount: taskSet.computedDesiredCount ?? 0,
    pendingCount: taskSet.pendingCount ?? 0,
    runningCount: taskSet.runningCount ?? 0,
    status: taskSet.status,
  };
}

/**
 * With the minutes that nobody gave: `aws ecs deploy` reads both without asking,
 * https://github.com/aws/aws-cli/blob/develop/awscli/customizations/ecs/deploy.py
 */
function blueGreen({ blueGreenDeploymentConfiguration: given }: DeploymentGroup) {
  if (!given) return undefined;
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: termination } = given;
  return {
    ...given,
    ...(ready && { deploymentReadyOption: { waitTimeInMinutes: 0, ...ready } }),
    ...(termination && {
      terminateBlueInstancesOnDeploymentSuccess: { terminationWaitTimeInMinutes: 0, ...termination },
    }),
  };
}

export function deploymentGroupInfo(group: DeploymentGroup, deployments: readonly Deployment[]) {
  const own = deployments.filter((deployment) => deployment.group.deploymentGroupId === group.deploymentGroupId);
  const summary = (deployment: Deployment | undefined) =>
    deployment && {
      deploymentId: deployment.deploymentId,
      status: deployment.progress.status,
      createTime: seconds(deployment.createTimeMs),
      endTime: seconds(deployment.completeTimeMs),
    };
  return {
    ...group,
    blueGreenDeploymentConfiguration: blueGreen(group),
    computePlatform: 'ECS',
    lastSuccessfulDeployment: summary(own.findLast(({ progress }) => progress.status === 'Succeeded')),
    lastAttemptedDeployment: summary(own.at(-1)),
  };
}

export function deploymentConfigInfo({ createTimeMs, ...config }: DeploymentConfig) {
  return { ...config, createTime: seconds(createTimeMs) };
}

export function applicationInfo({ applicationId, applicationName, computePlatform, createTimeMs }: Application) {
  return { applicationId, applicationName, computePlatform, createTime: seconds(createTimeMs), linkedToGitHub: false };
}

export function applicationRevision(application: Application, sha256: string, deployments: readonly Deployment[]) {
  const revision = application.revisions.get(sha256);
  if (!revision) return undefined;
  const users = deployments.filter((deployment) => deployment.sha256 === sha256);
  return {
    applicationName: application.applicationName,
    revision: revisionOf(sha256, revision.content),
    revisionInfo: {
      deploymentGroups: [...new Set(users.map(({ group }) => group.deploymentGroupName))],
      firstUsedTime: seconds(users[0]?.createTimeMs),
      lastUsedTime: seconds(users.at(-1)?.createTimeMs),
      registerTime: seconds(revision.registeredAtMs),
    },
  };
}
