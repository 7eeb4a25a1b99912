/** Service deployments and revisions in AWS's shapes. */
import { seconds } from '../shapes';
import type { ServiceState } from '../state';
import { isPending } from '../task/task-machine';
import { describeConfiguration } from './configuration';
import { type DeploymentState, type HookExecution, isTerminal, stageOf } from './machine';
import type { RunningDeployment } from './running-deployment';
import type { ServiceRevision } from './service-deployment';
import type { Stage } from './stages';

const time = (atMs: number | undefined) => (atMs === undefined ? undefined : seconds(atMs));

const times = ({ createdAtMs, updatedAtMs, progress }: RunningDeployment) => ({
  createdAt: seconds(createdAtMs),
  startedAt: time(progress.startedAtMs),
  updatedAt: seconds(updatedAtMs),
  finishedAt: time(progress.finishedAtMs),
  stoppedAt: time(progress.stoppedAtMs),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentBrief.html */
export function describeBrief(deployment: RunningDeployment) {
  const { createdAt, startedAt, finishedAt } = times(deployment);
  return {
    serviceDeploymentArn: deployment.arn,
    serviceArn: deployment.service.arn,
    clusterArn: deployment.service.cluster.arn,
    targetServiceRevisionArn: deployment.target.arn,
    status: deployment.progress.status,
    statusReason: deployment.progress.statusReason,
    createdAt,
    startedAt,
    finishedAt,
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
export function describeDeployment(deployment: RunningDeployment) {
  const { progress, service, sources, target } = deployment;
  const { plan, rollback } = progress;
  const shifts = plan.strategy !== 'ROLLING';
  const weightsOf = (index: number) => {
    const share = (percent: number) => (index < 0 ? percent : index === 0 ? 100 - percent : 0);
    return shifts
      ? {
          requestedTestTrafficWeight: share(progress.testPercent),
          requestedProductionTrafficWeight: share(progress.productionPercent),
        }
      : {};
  };
  return {
    serviceDeploymentArn: deployment.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    ...times(deployment),
    sourceServiceRevisions: sources.map((each, index) => ({ ...summary(service, each), ...weightsOf(index) })),
    targetServiceRevision: { ...summary(service, target), ...weightsOf(-1) },
    status: progress.status,
    statusReason: progress.statusReason,
    lifecycleStage: shifts ? shownStage(progress) : undefined,
    lifecycleHookDetails: progress.executions.filter(({ stage }) => stage === stageOf(progress)).map(hookDetail),
    deploymentConfiguration: describeConfiguration(deployment.configuration),
    rollback: rollback && {
      reason: rollback.reason,
      startedAt: seconds(rollback.startedAtMs),
      serviceRevisionArn: sources[0]?.arn,
    },
    deploymentCircuitBreaker: {
      status: progress.circuitBreaker.status,
      failureCount: progress.circuitBreaker.failureCount,
      threshold: plan.circuitBreaker?.threshold ?? 0,
    },
    alarms: {
      status: progress.alarms.status,
      alarmNames: plan.alarms?.names ?? [],
      triggeredAlarmNames: progress.alarms.triggered,
    },
  };
}

/** The API has no name for the stage before a shift: it counts to the shift [assumed]. */
function shownStage(progress: DeploymentState): Stage | undefined {
  const stage = isTerminal(progress.status) ? undefined : stageOf(progress);
  return stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' ? 'PRODUCTION_TRAFFIC_SHIFT' : stage;
}

function summary(service: ServiceState, { arn, taskSetId }: ServiceRevision) {
  const tasks = service.tasks.filter(({ spec }) => spec.taskSetId === taskSetId);
  return {
    arn,
    requestedTaskCount: service.taskSets.some(({ id, status }) => id === taskSetId && status !== 'DRAINING')
      ? service.desiredCount
      : 0,
    runningTaskCount: tasks.filter(({ life }) => life.status === 'RUNNING').length,
    pendingTaskCount: tasks.filter(({ life }) => life.stop === undefined && isPending(life.status)).length,
  };
}

const hookDetail = ({ id, hook, status, expiresAtMs }: HookExecution) => ({
  hookId: id,
  targetType: hook.targetType,
  targetArn: hook.targetArn,
  status,
  expiresAt: seconds(expiresAtMs),
  timeoutAction: hook.timeoutAction,
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html */
export function describeRevision(service: ServiceState, revision: ServiceRevision) {
  const { launch, targetGroupArns } = revision;
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: launch.taskDefinition,
    launchType: launch.launchType,
    capacityProviderStrategy: launch.capacityProviderStrategy,
    platformVersion: launch.platformVersion,
    networkConfiguration: launch.networkConfiguration,
    loadBalancers: launch.loadBalancers,
    serviceRegistries: [],
    guardDutyEnabled: false,
    createdAt: seconds(revision.createdAtMs),
    resolvedConfiguration: targetGroupArns && {
      loadBalancers: targetGroupArns.map((targetGroupArn, index) => ({
        targetGroupArn,
        productionListenerRule: launch.loadBalancers[index]?.advancedConfiguration?.productionListenerRule,
      })),
    },
  };
}
