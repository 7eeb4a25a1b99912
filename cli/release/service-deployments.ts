import {
  describeServiceDeployments,
  type ServiceDeployment,
  SERVICE_DEPLOYMENT_IN_FLIGHT,
  serviceDeploymentArns,
  serviceDeploymentId,
  inFlightOfService,
} from '../../aws/ecs';
import type { Aws } from './aws';
import { type EcsService, engineOf } from './services';
import type { EngineSide, FinishedRelease, Outcome, ReleaseStatus, Releases } from './status-types';
import { isoOf } from './times';

/** Those that are read to find the last that ended. */
const READ_MAX = 5;

/** Of a service that ECS itself deploys, rolling ones among them. */
export async function serviceDeploymentReleases(aws: Aws, service: EcsService): Promise<Releases> {
  const { caller, signal } = aws;
  const arns = await serviceDeploymentArns(service.clusterArn, service.serviceArn, undefined, undefined, caller);
  const found = await describeServiceDeployments(arns.slice(0, READ_MAX), signal, caller);
  const deployments = [...found].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
  const isRunning = ({ status }: ServiceDeployment) => SERVICE_DEPLOYMENT_IN_FLIGHT.some((each) => each === status);
  const running = deployments.find(isRunning);
  const ended = deployments.find((each) => !isRunning(each));
  const rules = (service.loadBalancers ?? []).flatMap(
    ({ advancedConfiguration }) => advancedConfiguration?.productionListenerRule ?? [],
  );
  return {
    ...(running && { release: releaseOf(running, service) }),
    ...(ended && { lastRelease: finishedOf(ended) }),
    alarmNames: service.deploymentConfiguration?.alarms?.alarmNames ?? [],
    productionListeners: [...new Set(rules.map(listenerOf))],
    sides: await sidesOf(aws, service, deployments),
  };
}

/** Load balancers without rules are named by their listener. */
function listenerOf(ruleArn: string): string {
  return ruleArn.replace(':listener-rule/', ':listener/').replace(/^(.*:listener\/(?:[^/]+\/){3}[^/]+)\/.*$/, '$1');
}

export function releaseOf(deployment: ServiceDeployment, service: EcsService): ReleaseStatus {
  const { lifecycleHookDetails = [], lifecycleStage, updatedAt, status } = deployment;
  const pause = lifecycleHookDetails.find(
    (hook) => hook.targetType === 'PAUSE' && hook.status === 'AWAITING_ACTION' && status === 'IN_PROGRESS',
  );
  const bakes = lifecycleStage === 'BAKE_TIME' && status === 'IN_PROGRESS';
  const bakeMinutes = service.deploymentConfiguration?.bakeTimeInMinutes ?? 0;
  const bakeEnd = bakes && updatedAt !== undefined ? updatedAt + bakeMinutes * 60 : undefined;
  const endsAt = isoOf(pause?.expiresAt ?? bakeEnd);
  return {
    id: serviceDeploymentId(deployment.serviceDeploymentArn),
    arn: deployment.serviceDeploymentArn,
    engine: engineOf(service),
    status,
    stage: lifecycleStage,
    stageSince: isoOf(updatedAt),
    startedAt: isoOf(deployment.createdAt),
    rollsBack: inFlightOfService(deployment).rollback,
    bakes,
    waitsForApproval: pause !== undefined,
    ...(endsAt !== undefined && { endsAt }),
    ...(pause && {
      hookId: pause.hookId,
      then: pause.timeoutAction === 'CONTINUE' ? 'the release continues' : 'the release is rolled back',
    }),
    ...(bakes && { then: 'the old version is removed' }),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html lists the statuses. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  SUCCESSFUL: 'succeeded',
  STOPPED: 'stopped',
  ROLLBACK_SUCCESSFUL: 'rolled back',
};

export function finishedOf(deployment: ServiceDeployment): FinishedRelease {
  return {
    id: serviceDeploymentId(deployment.serviceDeploymentArn),
    arn: deployment.serviceDeploymentArn,
    outcome: OUTCOMES[deployment.status] ?? 'failed',
    endedAt: isoOf(deployment.finishedAt ?? deployment.updatedAt),
    reason: deployment.rollback?.reason ?? deployment.statusReason,
  };
}

interface Revision {
  readonly serviceRevisionArn?: string;
  readonly taskDefinition?: string;
  readonly loadBalancers?: EcsService['loadBalancers'];
  readonly resolvedConfiguration?: { readonly loadBalancers?: readonly { readonly targetGroupArn?: string }[] };
}

/** The revisions of the newest deployment; without one, what the service says of itself. */
async function sidesOf(
  aws: Aws,
  service: EcsService,
  [newest]: readonly ServiceDeployment[],
): Promise<readonly EngineSide[]> {
  const summaries = newest ? [newest.targetServiceRevision, ...(newest.sourceServiceRevisions ?? [])] : [];
  const serviceRevisionArns = summaries.flatMap((each) => each?.arn ?? []);
  if (serviceRevisionArns.length === 0) return [ownSide(service)];
  const { serviceRevisions = [] } = await aws.ecs<{ readonly serviceRevisions?: Revision[] }>(
    'DescribeServiceRevisions',
    { serviceRevisionArns },
  );
  const sides = summaries.flatMap((summary) => {
    const revision = serviceRevisions.find(({ serviceRevisionArn }) => serviceRevisionArn === summary?.arn);
    if (!revision) return [];
    const [resolved] = revision.resolvedConfiguration?.loadBalancers ?? [];
    const [balancer] = revision.loadBalancers ?? [];
    return {
      targetGroupArn: resolved?.targetGroupArn ?? balancer?.targetGroupArn,
      containerName: balancer?.containerName,
      taskDefinition: revision.taskDefinition,
      runningTasks: summary?.runningTaskCount ?? 0,
      desiredTasks: summary?.requestedTaskCount ?? 0,
    };
  });
  const withTasks = sides.filter(({ runningTasks, desiredTasks }) => runningTasks + desiredTasks > 0);
  return withTasks.length > 0 ? withTasks : sides.slice(0, 1);
}

function ownSide(service: EcsService): EngineSide {
  const [balancer] = service.loadBalancers ?? [];
  return {
    targetGroupArn: balancer?.targetGroupArn,
    containerName: balancer?.containerName,
    taskDefinition: service.taskDefinition,
    runningTasks: service.runningCount ?? 0,
    desiredTasks: service.desiredCount ?? 0,
  };
}
