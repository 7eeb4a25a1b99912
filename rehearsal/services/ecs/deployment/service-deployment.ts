/** What ECS keeps of deployments: service revisions, which never change, and service deployments. */
import type { LaunchSettings } from '../shapes';
import type { DeploymentConfiguration } from './configuration';
import type { DeploymentState } from './machine';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html */
export interface ServiceRevision {
  readonly arn: string;
  /** Of the task set that runs its tasks: `ecs-svc/<the revision's own id>`, which its tasks have as startedBy. */
  readonly taskSetId: string;
  readonly createdAtMs: number;
  readonly launch: LaunchSettings;
  /** The target group of each load balancer that its tasks are in, once they start. */
  targetGroupArns?: readonly string[];
}

export interface ServiceDeployment {
  readonly arn: string;
  readonly configuration: DeploymentConfiguration;
  readonly target: ServiceRevision;
  /** What was active as the deployment was created; the first is what a rollback goes back to. */
  readonly sources: readonly ServiceRevision[];
  readonly createdAtMs: number;
  updatedAtMs: number;
  progress: DeploymentState;
}
