import { type Duration, Names, Stack } from 'aws-cdk-lib';
import { EcsApplication, EcsDeploymentGroup, type IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { DeploymentControllerType, type FargateService, type FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Construct, IDependable } from 'constructs';
import type { IReleaseAlarms } from '../alarms/release-alarms-props';
import type { IReleaseGate } from '../gate/release-gate-props';
import type { TwinEnvironments } from '../twins/twin-environments';
import { notifyApprovers } from './approval';
import { createCodeDeployRole } from './code-deploy-role';
import { EcsRelease } from './ecs-release';
import type { EcsReleaseProps } from './ecs-release-props';
import type { ReleaseApproval } from './release-approval';
import type { TrafficShift } from './traffic-shift';

/** Options of `ReleaseEngine.codeDeploy`. */
export interface CodeDeployEngineOptions {
  /** How long green may take to become healthy, whole seconds up to 60 min. @default Duration.minutes(10) */
  readonly startTimeout?: Duration;
}

/** What moves the traffic of a `BlueGreenService` from blue to green. */
export abstract class ReleaseEngine {
  /** CodeDeploy, which `cdk deploy` starts and follows by a custom resource. A release has an hour. */
  public static codeDeploy(options: CodeDeployEngineOptions = {}): ReleaseEngine {
    return new CodeDeployEngine(options);
  }

  /**
   * What is known before the service exists.
   * @internal
   */
  public abstract _bind(scope: Construct): BoundEngine;
}

/** An engine within one service. */
export interface BoundEngine {
  readonly deploymentController: DeploymentControllerType;
  readonly application: EcsApplication;
  /** Only by its name: listeners, gate and role are what the group itself refers to. */
  readonly deploymentGroup: IEcsDeploymentGroup;
  /** How long green may take to become healthy, if the engine has an option for it. */
  readonly startTimeout?: Duration;
  /** Creates what ships the service. */
  release(shipped: Shipped): CodeDeployRelease;
}

/** A service with everything that a release of it needs. */
export interface Shipped {
  readonly serviceName: string;
  readonly service: FargateService;
  readonly taskDefinition: FargateTaskDefinition;
  readonly twins: TwinEnvironments;
  readonly gate: IReleaseGate;
  readonly alarms: IReleaseAlarms;
  readonly trafficShift: TrafficShift;
  readonly bakeTime: Duration;
  readonly approval?: ReleaseApproval;
  readonly dependencies: IDependable[];
  /** Container, network and limits of the tasks. */
  readonly tasks: Partial<EcsReleaseProps>;
}

export interface CodeDeployRelease {
  readonly deploymentGroup: EcsDeploymentGroup;
  readonly release: EcsRelease;
}

class CodeDeployEngine extends ReleaseEngine {
  public constructor(private readonly options: CodeDeployEngineOptions) {
    super();
  }

  public override _bind(scope: Construct): BoundEngine {
    const application = applicationOf(scope);
    const deploymentGroup = deploymentGroupByName(scope, application);
    const { startTimeout } = this.options;
    return {
      deploymentController: DeploymentControllerType.CODE_DEPLOY,
      application,
      deploymentGroup,
      startTimeout,
      release: (shipped) => {
        const role = createCodeDeployRole(scope, shipped);
        const group = createDeploymentGroup(scope, deploymentGroup, role, shipped);
        const { serviceName, approval, dependencies } = shipped;
        if (approval?.topic) notifyApprovers(scope, group, serviceName, approval.topic);
        const release = new EcsRelease(scope, 'Release', {
          ...shipped,
          ...shipped.tasks,
          deploymentGroup: group,
          startTimeout,
          approvalTimeout: approval?.timeout,
          dependencies: [...dependencies, role],
        });
        return { deploymentGroup: group, release };
      },
    };
  }
}

const APPLICATION_ID = 'GreenlightApplication';

/** The stack's CodeDeploy application, created by the first service: it is only a name for its deployment groups. */
function applicationOf(scope: Construct): EcsApplication {
  const stack = Stack.of(scope);
  return (
    (stack.node.tryFindChild(APPLICATION_ID) as EcsApplication | undefined) ?? new EcsApplication(stack, APPLICATION_ID)
  );
}

/**
 * A service's deployment group by its name. Its listener, gate and role are what the group itself refers to, so they can
 * name it in their policies, but not refer to it. The name is unique within the stack's own application.
 */
function deploymentGroupByName(scope: Construct, application: EcsApplication): IEcsDeploymentGroup {
  return EcsDeploymentGroup.fromEcsDeploymentGroupAttributes(scope, 'DeploymentGroupName', {
    application,
    // https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
    deploymentGroupName: Names.uniqueResourceName(scope, { maxLength: 100, separator: '-' }),
  });
}

function createDeploymentGroup(
  scope: Construct,
  { application, deploymentGroupName }: IEcsDeploymentGroup,
  role: Role,
  { service, twins, alarms, trafficShift, bakeTime, approval }: Shipped,
): EcsDeploymentGroup {
  return new EcsDeploymentGroup(scope, 'DeploymentGroup', {
    application,
    deploymentGroupName,
    // Immutable, or the deployment group would add the managed policy, which may touch every service.
    role: role.withoutPolicyUpdates(),
    service,
    deploymentConfig: trafficShift.bind(scope),
    alarms: alarms.alarms,
    autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    blueGreenDeploymentConfig: {
      blueTargetGroup: twins.blue,
      greenTargetGroup: twins.green,
      listener: twins.productionListener,
      testListener: twins.testListener,
      terminationWaitTime: bakeTime,
      deploymentApprovalWaitTime: approval?.timeout,
    },
  });
}
