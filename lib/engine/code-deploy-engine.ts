import { Names, Stack } from 'aws-cdk-lib';
import { EcsApplication, EcsDeploymentGroup, type IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { DeploymentControllerType } from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { refuseAll } from '../internal/validate';
import { approvalProblem, notifyApprovers, waitingForCodeDeploy } from '../release/approval';
import { createCodeDeployRole } from '../release/code-deploy-role';
import { EcsRelease } from '../release/ecs-release';
import type { BoundEngine, Shipped } from './bound-engine';
import type { CodeDeployEngineOptions } from './engine-options';

/** What CodeDeploy needs before the service exists. */
export function bindCodeDeploy(scope: Construct, { startTimeout }: CodeDeployEngineOptions): BoundEngine {
  const application = applicationOf(scope);
  const deploymentGroup = deploymentGroupByName(scope, application);
  return {
    deploymentController: DeploymentControllerType.CODE_DEPLOY,
    forwardByRules: false,
    codeDeploy: { application, deploymentGroup },
    startTimeout,
    release: (shipped) => {
      refuseAll(scope, [approvalProblem(shipped.approval)]);
      const role = createCodeDeployRole(scope, shipped);
      const group = createDeploymentGroup(scope, deploymentGroup, role, shipped);
      const { serviceName, approval, dependencies } = shipped;
      if (approval?.topic) notifyApprovers(scope, approval.topic, waitingForCodeDeploy(group, serviceName));
      const release = new EcsRelease(scope, 'Release', {
        ...shipped,
        ...shipped.tasks,
        deploymentGroup: group,
        startTimeout,
        approvalTimeout: approval?.timeout,
        dependencies: [...dependencies, role],
      });
      return { application, deploymentGroup: group, release };
    },
  };
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
