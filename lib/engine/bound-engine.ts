import type { Duration } from 'aws-cdk-lib';
import type { EcsApplication, EcsDeploymentGroup, IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { DeploymentControllerType, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IDependable } from 'constructs';
import type { IReleaseAlarms } from '../alarms/release-alarms-props';
import type { ReleaseGate } from '../gate/release-gate';
import type { EcsRelease } from '../release/ecs-release';
import type { EcsReleaseProps } from '../release/ecs-release-props';
import type { ReleaseApproval } from '../release/release-approval';
import type { TrafficShift } from '../release/traffic-shift';
import type { TwinEnvironments } from '../twins/twin-environments';

/** An engine within one service. */
export interface BoundEngine {
  readonly deploymentController: DeploymentControllerType;
  /** Whether it moves the traffic of rules, which name both target groups, and not that of a listener's default action. */
  readonly forwardByRules: boolean;
  /** Of CodeDeploy. The group only by its name: listeners, gate and role are what the group itself refers to. */
  readonly codeDeploy?: { readonly application: EcsApplication; readonly deploymentGroup: IEcsDeploymentGroup };
  /** How long green may take to become healthy, if the engine has an option for it. */
  readonly startTimeout?: Duration;
  /** Creates what ships the service. */
  release(shipped: Shipped): CodeDeployRelease | undefined;
}

/** A service with everything that a release of it needs. */
export interface Shipped {
  readonly serviceName: string;
  readonly service: FargateService;
  readonly taskDefinition: FargateTaskDefinition;
  readonly twins: TwinEnvironments;
  readonly gate: ReleaseGate;
  readonly alarms: IReleaseAlarms;
  readonly trafficShift: TrafficShift;
  readonly bakeTime: Duration;
  readonly approval?: ReleaseApproval;
  readonly dependencies: IDependable[];
  /** Container, network and limits of the tasks. */
  readonly tasks: Partial<EcsReleaseProps>;
}

export interface CodeDeployRelease {
  readonly application: EcsApplication;
  readonly deploymentGroup: EcsDeploymentGroup;
  readonly release: EcsRelease;
}
