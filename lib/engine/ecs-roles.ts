import { Stack } from 'aws-cdk-lib';
import type { ApplicationListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { IReleaseGate } from '../gate/release-gate-props';
import { acknowledgeWildcards } from '../internal/acknowledge';
import { ofOwnAccount } from '../internal/trust';
import type { ITwinEnvironments } from '../twins/imported-twin-environments';

/** The rules whose traffic ECS moves. */
export interface MovedRules {
  readonly production: ApplicationListenerRule;
  readonly test: ApplicationListenerRule;
}

/**
 * What ECS assumes to move the traffic and to call the hooks: one role, as both are of one service and only ECS may assume it.
 * The actions are those of AmazonECSInfrastructureRolePolicyForLoadBalancers that an application load balancer needs, each only
 * on this service. The policies are part of the role, so that no deployment runs before them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-permissions.html
 */
export function createEcsRole(
  scope: Construct,
  gate: IReleaseGate,
  twins: ITwinEnvironments,
  { production, test }: MovedRules,
): Role {
  const traffic = [
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
    new PolicyStatement({
      actions: [
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeTargetHealth',
      ],
      resources: ['*'],
    }),
    new PolicyStatement({
      actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
      resources: [twins.blue.targetGroupArn, twins.green.targetGroupArn],
    }),
    new PolicyStatement({
      actions: ['elasticloadbalancing:ModifyRule'],
      resources: [production.listenerRuleArn, test.listenerRuleArn],
    }),
  ];
  const hooks = new PolicyStatement({
    actions: ['lambda:InvokeFunction'],
    resources: gate.lifecycleEvents.map((event) => gate.functionOf(event).functionArn),
  });
  const role = new Role(scope, 'EcsRole', {
    assumedBy: ofOwnAccount(Stack.of(scope), 'ecs.amazonaws.com'),
    description: 'Greenlight: lets ECS move the traffic of one service and call its gate',
    inlinePolicies: {
      traffic: new PolicyDocument({ statements: traffic }),
      gate: new PolicyDocument({ statements: [hooks] }),
    },
  });
  acknowledgeWildcards(role, 'The describe actions of load balancers have no resource level', ['*']);
  return role;
}
