/** What a deployment of CodeDeploy is to every handler: in flight, a rollback, or past the shift of its traffic. Pure. */
import type { DeploymentInfo, DeploymentStatus } from '@aws-sdk/client-codedeploy';

/** The statuses of a deployment that has not ended. */
export const IN_FLIGHT = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] as const satisfies DeploymentStatus[];

/** The statuses of a deployment that has ended. */
export const ENDED = ['Failed', 'Stopped', 'Succeeded'] as const satisfies DeploymentStatus[];

/** A deployment that has not ended. */
export interface InFlight {
  readonly deploymentId: string;
  /** CodeDeploy started it to undo another one. */
  readonly rollback: boolean;
  /** All traffic is on its new task set, and it waits to remove the old one. */
  readonly terminationWait: boolean;
}

/** One that a person may stop. */
export interface StoppableDeployment extends InFlight {
  /** The command that stops it and puts traffic back. */
  readonly stopCommand: string;
}

export function inFlightOf(info: DeploymentInfo): InFlight {
  return {
    deploymentId: info.deploymentId ?? '',
    rollback: isRollback(info),
    terminationWait: isBaking(info),
  };
}

export function stoppable(info: DeploymentInfo): StoppableDeployment {
  const deployment = inFlightOf(info);
  const stopCommand = `aws deploy stop-deployment --deployment-id ${deployment.deploymentId} --auto-rollback-enabled`;
  return { ...deployment, stopCommand };
}

/**
 * Whether CodeDeploy started a deployment to undo another one.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html (creator)
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_RollbackInfo.html
 */
export function isRollback({ creator, rollbackInfo }: Pick<DeploymentInfo, 'creator' | 'rollbackInfo'>): boolean {
  return creator === 'codeDeployRollback' || rollbackInfo?.rollbackTriggeringDeploymentId !== undefined;
}

/** Whether all traffic is on a deployment's new task set, and it only waits to remove the old one. */
export function isBaking({
  instanceTerminationWaitTimeStarted,
}: Pick<DeploymentInfo, 'instanceTerminationWaitTimeStarted'>): boolean {
  return instanceTerminationWaitTimeStarted === true;
}
