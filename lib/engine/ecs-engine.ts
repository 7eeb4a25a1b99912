import { type CfnService, DeploymentControllerType } from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type ConfiguredDetails, STAGES } from '../../lambda/gate/types';
import { acknowledge } from '../internal/acknowledge';
import { refuseAll } from '../internal/validate';
import { BreakGlass } from '../release/break-glass';
import { DeploymentFollower } from '../release/deployment-follower';
import { keepRevisions } from '../release/shipped-task';
import type { BoundEngine, Shipped } from './bound-engine';
import { refuseAdditions, withAddedHooks } from './ecs-additions';
import { APPROVAL_STAGE, awaitApproval, pauseHook } from './ecs-approval';
import { ecsProblems } from './ecs-limits';
import { createEcsRole } from './ecs-roles';

/** What ECS needs before the service exists. */
export function bindEcs(scope: Construct): BoundEngine {
  return {
    deploymentController: DeploymentControllerType.ECS,
    forwardByRules: true,
    release: (shipped) => {
      refuseAll(scope, ecsProblems(shipped));
      deployByEcs(scope, shipped);
      return undefined;
    },
  };
}

/**
 * Makes the service one that ECS deploys blue/green. The properties are set on the template's resource, as the CDK has
 * constructs for them only since 2.2xx, and none for the details of a hook.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-deploymentconfiguration.html
 */
function deployByEcs(scope: Construct, shipped: Shipped): void {
  const { serviceName, service, taskDefinition, twins, gate, alarms } = shipped;
  const { production, test } = twins._rules;
  if (!production || !test) throw new Error(`${scope.node.path}: ECS needs the rules of both listeners`);
  const role = createEcsRole(scope, gate, twins, { production, test });
  const resource = service.node.defaultChild as CfnService;
  resource.addPropertyOverride('DeploymentConfiguration', deploymentConfiguration(scope, shipped, role));
  resource.addPropertyOverride('LoadBalancers.0.AdvancedConfiguration', {
    AlternateTargetGroupArn: twins.green.targetGroupArn,
    ProductionListenerRule: production.listenerRuleArn,
    TestListenerRule: test.listenerRuleArn,
    RoleArn: role.roleArn,
  });
  acknowledge(service, 'The circuit breaker is enabled in the resource', '@aws-cdk/aws-ecs:shouldUseCircuitBreaker');
  keepRevisions(taskDefinition);
  twins.liveRoute.addEcsService(service);
  twins._updateGuard.addShipped(taskDefinition, service);
  // The first deployment calls the hooks too, and IAM must know the role.
  service.node.addDependency(gate, alarms, role);
  awaitApproval(scope, shipped);
  new DeploymentFollower(scope, 'Follower', { service, serviceName, gate, alarms });
}

function deploymentConfiguration(scope: Construct, shipped: Shipped, role: IRole): object {
  const { service, gate, alarms, bakeTime, trafficShift, tasks } = shipped;
  refuseAdditions(service, gate.lifecycleEvents.length);
  return {
    ...trafficShift._ecsStrategy(),
    BakeTimeInMinutes: bakeTime.toMinutes(),
    LifecycleHooks: withAddedHooks(service, lifecycleHooks(scope, shipped, role)),
    Alarms: { AlarmNames: alarms.alarms.map(({ alarmName }) => alarmName), Enable: true, Rollback: true },
    DeploymentCircuitBreaker: {
      Enable: true,
      Rollback: true,
      ...(tasks.maxFailedTasks !== undefined && {
        ThresholdConfiguration: { Type: 'COUNT', Value: tasks.maxFailedTasks },
        ResetOnHealthyTask: false,
      }),
    },
  };
}

/** A change of these starts no deployment, so break-glass ends with the release that it came with. */
function lifecycleHooks(scope: Construct, { gate, approval }: Shipped, role: IRole): object[] {
  const breakGlass = BreakGlass.fromContext(scope)?._render();
  const gates = gate.lifecycleEvents.map((event) => {
    const details: ConfiguredDetails = {
      ...(breakGlass && { greenlightBreakGlass: breakGlass }),
      ...(approval && STAGES[event] === APPROVAL_STAGE && { greenlightApproval: true }),
    };
    return {
      HookTargetArn: gate.functionOf(event).functionArn,
      RoleArn: role.roleArn,
      LifecycleStages: [STAGES[event]],
      ...(Object.keys(details).length > 0 && { HookDetails: details }),
    };
  });
  return approval ? [...gates, pauseHook(approval)] : gates;
}
