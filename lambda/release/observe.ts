import { BatchGetDeploymentsCommand, type DeploymentInfo, type DeploymentStatus } from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, type TaskSet } from '@aws-sdk/client-ecs';
import { callLimits, whileIamSettles } from '../../aws/calls';
import { codedeploy, deploymentIds, getDeployment } from '../../aws/codedeploy';
import { ENDED, IN_FLIGHT, inFlightOf, isRollback, isBaking } from '../../aws/deployments';
import { describeRelease } from '../shared/break-glass';
import type { InFlight, Observed, ReleaseEvent, Shipped, Side } from './decide';
import { ecs } from './green';
import { ROLLBACK_APPEARS_MS } from '../../verdict/progress';
import type { ReleaseProperties } from './types';

type Properties = Pick<
  ReleaseProperties,
  'ApplicationName' | 'DeploymentGroupName' | 'ClusterName' | 'EcsServiceName' | 'ServiceName'
>;

/** https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeployments.html */
const BATCH_MAX = 25;

/** What the decision needs to know of service, deployment group and the revision that is wanted. */
export async function observe(properties: Properties, { revision }: Pick<ReleaseEvent, 'revision'>): Promise<Observed> {
  const [taskSets, inFlight, ended] = await Promise.all([
    taskSetsOf(properties),
    deploymentsOf(properties, IN_FLIGHT),
    deploymentsOf(properties, ENDED),
  ]);
  const [primary, other] = await Promise.all([
    sideOf(taskSets.find(({ status }) => status === 'PRIMARY')),
    sideOf(taskSets.find(({ status }) => status === 'ACTIVE')),
  ]);
  return {
    ...(primary && { primary }),
    ...(other && { other }),
    ...shippedOf(ended, revision, primary),
    rollbackDue: isRollbackDue(
      ended.find(({ status }) => status !== 'Succeeded'),
      Date.now(),
    ),
    inFlight: inFlight.map((each) => releaseInFlight(each, properties.ServiceName)),
  };
}

/**
 * "If an AWS CodeDeploy deployment created a task set, the externalId parameter contains the AWS CodeDeploy deployment ID."
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
 */
async function sideOf(taskSet: TaskSet | undefined): Promise<Side | undefined> {
  if (!taskSet) return undefined;
  const { taskDefinition, externalId: deploymentId } = taskSet;
  if (!deploymentId) return { taskDefinition };
  const info = await whileIamSettles(() => getDeployment(deploymentId));
  return { taskDefinition, deploymentId, revision: info && revisionOf(info) };
}

function releaseInFlight(info: DeploymentInfo, serviceName: string): InFlight {
  return {
    ...inFlightOf(info),
    revision: revisionOf(info),
    own: (info.description ?? '').startsWith(describeRelease(serviceName, undefined)),
  };
}

/** The content is never returned, its hash is: see GetDeployment's note. */
function revisionOf(info: DeploymentInfo): string | undefined {
  return info.revision?.appSpecContent?.sha256 ?? info.revision?.string?.sha256;
}

/** Someone may have stopped it with a rollback although the deployment group has none. */
function isRollbackDue(newest: DeploymentInfo | undefined, nowMs: number): boolean {
  if (!newest || isRollback(newest) || newest.rollbackInfo?.rollbackDeploymentId) return false;
  const expected = newest.autoRollbackConfiguration?.enabled === true || newest.status === 'Stopped';
  return expected && nowMs - (newest.completeTime?.getTime() ?? 0) < ROLLBACK_APPEARS_MS;
}

async function taskSetsOf({ ClusterName, EcsServiceName }: Properties): Promise<readonly TaskSet[]> {
  const command = new DescribeServicesCommand({ cluster: ClusterName, services: [EcsServiceName] });
  const { services } = await whileIamSettles(() => ecs().send(command, callLimits()));
  return services?.[0]?.taskSets ?? [];
}

/** How the newest deployment of the revision ended, one that undid another left out. */
function shippedOf(
  ended: readonly DeploymentInfo[],
  revision: string,
  primary: Side | undefined,
): { shipped?: Shipped } {
  const newest = ended.find((info) => !isRollback(info) && revisionOf(info) === revision);
  if (!newest) return {};
  const complete = newest.status === 'Succeeded' || isBaking(newest);
  // Stopped in its bake without a rollback it keeps all traffic.
  const gone = newest.status !== 'Succeeded' && primary?.deploymentId !== newest.deploymentId;
  return { shipped: { complete, undone: gone || newest.rollbackInfo?.rollbackDeploymentId !== undefined } };
}

/** Newest first. One page, of up to 100: AWS lists the newest first. */
async function deploymentsOf(properties: Properties, statuses: readonly DeploymentStatus[]): Promise<DeploymentInfo[]> {
  const group = {
    applicationName: properties.ApplicationName,
    deploymentGroupName: properties.DeploymentGroupName,
  };
  const deployments = await whileIamSettles(() => deploymentIds(group, statuses));
  const infos = await Promise.all(batchesOf(deployments).map(described));
  return infos.flat().sort((a, b) => (b.createTime?.getTime() ?? 0) - (a.createTime?.getTime() ?? 0));
}

function batchesOf(ids: readonly string[]): string[][] {
  const count = Math.ceil(ids.length / BATCH_MAX);
  return Array.from({ length: count }, (_, batch) => ids.slice(batch * BATCH_MAX, (batch + 1) * BATCH_MAX));
}

async function described(deploymentIds: string[]): Promise<DeploymentInfo[]> {
  const command = new BatchGetDeploymentsCommand({ deploymentIds });
  const { deploymentsInfo = [] } = await whileIamSettles(() => codedeploy().send(command, callLimits()));
  return deploymentsInfo;
}
