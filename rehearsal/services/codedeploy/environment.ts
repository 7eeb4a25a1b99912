import { AwsError, type Principal, type World } from '../../core/service';
import type { EcsService, Environment } from './environment-state';
import { DeploymentFailure, failureOf, MESSAGES } from './messages';
import type { DeploymentGroup } from './state';
import { carries, type Listener, type ListenerRule, type Pair, type Slot, slotsOf } from './traffic';

/** A service's operation called as the deployment group's service role; errors become the deployment's. */
export type CallAsRole = <Output>(prefix: string, operation: string, input: unknown) => Promise<Output>;

export function callerFor(world: World, roleArn: string): CallAsRole {
  const principal: Principal = world.principalOf(roleArn, 'CodeDeploy');
  return async <Output>(prefix: string, operation: string, input: unknown) => {
    try {
      return await world.call<Output>(principal, prefix, operation, input);
    } catch (error) {
      throw new DeploymentFailure(failureOf(error, prefix, roleArn));
    }
  };
}

/**
 * Blue is what the service's primary task set is behind now: the target groups swap roles at every release.
 * @throws DeploymentFailure INVALID_ECS_SERVICE, ELASTIC_LOAD_BALANCING_INVALID
 */
export async function findEnvironment(call: CallAsRole, group: DeploymentGroup): Promise<Environment> {
  const service = await describeService(call, group);
  const targetGroups = await describePair(call, group);
  const blueTaskSet = service.taskSets?.find((taskSet) => taskSet.status === 'PRIMARY');
  const blue = blueTaskSet?.loadBalancers?.[0]?.targetGroupArn;
  const green = targetGroups.find((targetGroup) => targetGroup.arn !== blue)?.arn;
  if (!blueTaskSet || !blue || !green || !targetGroups.some((targetGroup) => targetGroup.arn === blue))
    throw new DeploymentFailure(MESSAGES.behindListener);
  const [{ clusterName = '', serviceName = '' } = {}] = group.ecsServices;
  const pair = { blue, green };
  const slots = await findSlots(call, productionListener(group), pair);
  if (!slots.some((slot) => carries(slot, blue))) throw new DeploymentFailure(MESSAGES.behindListener);
  return {
    clusterName,
    serviceName,
    service,
    pair,
    targetGroupNames: Object.fromEntries(targetGroups.map(({ arn, name }) => [arn, name])),
    blueTaskSet,
    primary: 'blue',
    greenPercent: 0,
    testGreenPercent: 0,
  };
}

/** @throws DeploymentFailure INVALID_ECS_SERVICE */
export async function describeService(call: CallAsRole, group: DeploymentGroup): Promise<EcsService> {
  const [{ clusterName = '', serviceName = '' } = {}] = group.ecsServices;
  const { services } = await call<{ services: EcsService[] }>('ecs', 'DescribeServices', {
    cluster: clusterName,
    services: [serviceName],
  });
  const service = services[0];
  const fail = (problem: string) =>
    new DeploymentFailure({
      code: 'INVALID_ECS_SERVICE',
      message: `The ECS service ${serviceName} in cluster ${clusterName} ${problem}`,
    });
  if (!service || service.status === 'INACTIVE') throw fail('does not exist or is not active.');
  if (service.deploymentController?.type !== 'CODE_DEPLOY')
    throw fail('is not configured for a CODE_DEPLOY deployment controller.');
  return service;
}

/** What of a listener carries traffic of the pair: read again each time, because rules may change in between. */
export async function findSlots(call: CallAsRole, listenerArn: string, pair: Pair): Promise<readonly Slot[]> {
  const { Listeners } = await call<{ Listeners: Listener[] }>('elasticloadbalancing', 'DescribeListeners', {
    ListenerArns: [listenerArn],
  });
  const { Rules } = await call<{ Rules: ListenerRule[] }>('elasticloadbalancing', 'DescribeRules', {
    ListenerArn: listenerArn,
  });
  return Listeners.flatMap((listener) => slotsOf(listener, Rules, pair));
}

export function productionListener(group: DeploymentGroup): string {
  const [pair] = group.loadBalancerInfo.targetGroupPairInfoList;
  const listenerArn = pair?.prodTrafficRoute.listenerArns[0];
  if (!listenerArn)
    throw new AwsError('InvalidLoadBalancerInfoException', 'The production traffic route names no listener');
  return listenerArn;
}

export function testListener(group: DeploymentGroup): string | undefined {
  return group.loadBalancerInfo.targetGroupPairInfoList[0]?.testTrafficRoute?.listenerArns[0];
}

async function describePair(call: CallAsRole, group: DeploymentGroup) {
  const Names = group.loadBalancerInfo.targetGroupPairInfoList[0]?.targetGroups.map(({ name }) => name) ?? [];
  const { TargetGroups } = await call<{ TargetGroups: { TargetGroupArn: string; TargetGroupName: string }[] }>(
    'elasticloadbalancing',
    'DescribeTargetGroups',
    { Names },
  );
  return TargetGroups.map(({ TargetGroupArn, TargetGroupName }) => ({ arn: TargetGroupArn, name: TargetGroupName }));
}
