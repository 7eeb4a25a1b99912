/** Calls to CodeDeploy that several handlers make. */
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  type DeploymentInfo,
  type DeploymentStatus,
  type ECSTarget,
  GetDeploymentCommand,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import { callLimits } from './calls';

// Made at first use and kept from one invocation to the next.
let client: CodeDeployClient | undefined;

export function codedeploy(): CodeDeployClient {
  return (client ??= new CodeDeployClient());
}

export interface DeploymentGroup {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
}

/** @returns ids, newest first. One page, of up to 100. */
export async function deploymentIds(group: DeploymentGroup, statuses: readonly DeploymentStatus[]): Promise<string[]> {
  const command = new ListDeploymentsCommand({ ...group, includeOnlyStatuses: [...statuses] });
  return (await codedeploy().send(command, callLimits())).deployments ?? [];
}

/** @returns undefined when CodeDeploy describes nothing */
export async function getDeployment(deploymentId: string, signal?: AbortSignal): Promise<DeploymentInfo | undefined> {
  const command = new GetDeploymentCommand({ deploymentId });
  return (await codedeploy().send(command, callLimits(signal))).deploymentInfo;
}

/**
 * The one target of a deployment of an ECS service: its lifecycle events and task sets.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BatchGetDeploymentTargets.html
 * @param targetId `<cluster>:<service>`
 */
export async function ecsTarget(
  deploymentId: string,
  targetId: string,
  signal?: AbortSignal,
): Promise<ECSTarget | undefined> {
  const command = new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds: [targetId] });
  const { deploymentTargets = [] } = await codedeploy().send(command, callLimits(signal));
  return deploymentTargets[0]?.ecsTarget;
}
