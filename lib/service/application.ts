import { Names, Stack } from 'aws-cdk-lib';
import { EcsApplication, EcsDeploymentGroup, type IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Construct } from 'constructs';

const ID = 'GreenlightApplication';

/** The stack's CodeDeploy application, made when it is first asked for: it is but a name for its deployment groups. */
export function applicationOf(scope: Construct): EcsApplication {
  const stack = Stack.of(scope);
  return (stack.node.tryFindChild(ID) as EcsApplication | undefined) ?? new EcsApplication(stack, ID);
}

/**
 * A service's deployment group by its name. Its listener, gate and role are what the group itself refers to, so they can
 * name it in their policies, but not refer to it. The name needs to be unique within the stack's own application alone.
 */
export function deploymentGroupByName(scope: Construct): IEcsDeploymentGroup {
  return EcsDeploymentGroup.fromEcsDeploymentGroupAttributes(scope, 'DeploymentGroupName', {
    application: applicationOf(scope),
    // https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
    deploymentGroupName: Names.uniqueResourceName(scope, { maxLength: 100, separator: '-' }),
  });
}
