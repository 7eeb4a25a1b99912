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

interface ServiceDeployment {
  readonly serviceDeploymentArn: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly createdAt: number;
}

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

/** ECS's own deployments of a service that shift traffic, oldest first, in the terms of CodeDeploy's. */
export async function serviceDeploymentsSince(
  world: World,
  place: { readonly cluster: string; readonly service: string },
  sinceMs: number,
): Promise<readonly DeploymentView[]> {
  const { serviceDeployments } = await world.call<{ serviceDeployments: readonly ServiceDeployment[] }>(
    INTERNAL,
    'ecs',
    'ListServiceDeployments',
    { ...place, maxResults: 100 },
  );
  const views = serviceDeployments.map(({ serviceDeploymentArn, status, statusReason = '', createdAt }) => ({
    id: serviceDeploymentArn.slice(serviceDeploymentArn.lastIndexOf('/') + 1),
    status: STATUSES[status] ?? 'InProgress',
    rollback: false,
    createdMs: createdAt * 1000,
    error: status === 'SUCCESSFUL' ? '' : statusReason,
    description: '',
  }));
  return views.filter((view) => view.createdMs >= sinceMs).reverse();
}

/** ECS rolls back within the same deployment. */
const STATUSES: Readonly<Record<string, string>> = {
  SUCCESSFUL: 'Succeeded',
  STOPPED: 'Stopped',
  ROLLBACK_SUCCESSFUL: 'Failed',
  ROLLBACK_FAILED: 'Failed',
};
