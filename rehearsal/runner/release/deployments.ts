import { isRollback } from '../../../aws/deployments';
import { INTERNAL, type World } from '../../core/service';

export interface DeploymentGroupName {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
}

export interface DeploymentView {
  readonly id: string;
  readonly status: string;
  /** CodeDeploy started it to undo another one. */
  readonly rollback: boolean;
  readonly createdMs: number;
  readonly error: string;
  readonly description: string;
}

const ended = ['Succeeded', 'Failed', 'Stopped'];

export function hasEnded(view: DeploymentView): boolean {
  return ended.includes(view.status);
}

/** A group's deployments, CodeDeploy's own rollbacks among them, oldest first. */
export async function deploymentsSince(
  world: World,
  { applicationName, deploymentGroupName }: DeploymentGroupName,
  sinceMs: number,
): Promise<readonly DeploymentView[]> {
  const { deployments } = await world.call<{ deployments: string[] }>(INTERNAL, 'codedeploy', 'ListDeployments', {
    applicationName,
    deploymentGroupName,
  });
  const views = await Promise.all(deployments.map((id) => viewDeployment(world, id)));
  return views.filter((view) => view.createdMs >= sinceMs).sort((a, b) => a.createdMs - b.createdMs);
}

async function viewDeployment(world: World, deploymentId: string): Promise<DeploymentView> {
  const { deploymentInfo } = await world.call<{
    deploymentInfo: {
      status: string;
      creator: 'user' | 'codeDeployRollback';
      createTime: number;
      description?: string;
      errorInformation?: { message?: string };
    };
  }>(INTERNAL, 'codedeploy', 'GetDeployment', { deploymentId });
  return {
    id: deploymentId,
    status: deploymentInfo.status,
    rollback: isRollback(deploymentInfo),
    createdMs: deploymentInfo.createTime * 1000,
    error: deploymentInfo.errorInformation?.message ?? '',
    description: deploymentInfo.description ?? '',
  };
}
