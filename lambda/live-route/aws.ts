import { type DeploymentInfo, ListDeploymentGroupsCommand } from '@aws-sdk/client-codedeploy';
import { callLimits, whileIamSettles } from '../../aws/calls';
import { codedeploy, deploymentIds, getDeployment } from '../../aws/codedeploy';
import { IN_FLIGHT, type StoppableDeployment, stoppable } from '../../aws/deployments';
import {
  describeServiceDeployments,
  inFlightOfService,
  SERVICE_DEPLOYMENT_IN_FLIGHT,
  serviceDeploymentArns,
} from '../../aws/ecs';
import { listenerRules, listenersOf, targetStates, unlessGone } from '../../aws/load-balancers';
import { query } from '../../aws/query';
import { isRollingBack } from '../../aws/stack';
import type { ListenerRule } from '../../aws/traffic';
import { nameOf } from '../../common/errors';
import { putResponse } from '../shared/custom-resource';
import type { RouteLocation } from './types';

/** Everything that the live route does outside its own process; tests replace it. Denied calls are repeated for a minute. */
export const aws = {
  listenerAt,
  rules,
  physicalId,
  targets,
  inFlight,
  serviceInFlight,
  isRollingBack,
  put: putResponse,
};

export type Aws = typeof aws;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html */
const DESCRIBED_MAX = 20;

/** ARN of the listener; undefined when there is none (yet) or its load balancer is gone. */
async function listenerAt({ ListenerArn, LoadBalancerArn, Port }: RouteLocation): Promise<string | undefined> {
  if (ListenerArn) return ListenerArn;
  const found = await unlessGone(whileIamSettles(() => listenersOf(LoadBalancerArn)));
  return found.find(({ port }) => port === Port)?.listenerArn;
}

/** Of a listener, its default action among them. */
function rules(listenerArn: string): Promise<readonly ListenerRule[]> {
  return unlessGone(whileIamSettles(() => listenerRules(listenerArn)));
}

/** How many targets are registered and not draining. */
async function targets(targetGroupArn: string): Promise<number> {
  const states = await unlessGone(whileIamSettles(() => targetStates(targetGroupArn)));
  return states.filter((state) => state !== 'draining').length;
}

/**
 * Deployments that move one of the target groups. Where the deployment group is not known, those of the application are
 * read: ListDeployments takes an application only with a group.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeployments.html
 */
async function inFlight(
  applicationName: string,
  deploymentGroupName: string,
  targetGroupNames: readonly string[],
): Promise<StoppableDeployment[]> {
  const groups = deploymentGroupName ? [deploymentGroupName] : await groupsOf(applicationName);
  const ids = await Promise.all(groups.map((name) => idsOf(applicationName, name)));
  const deployments = await Promise.all(ids.flat().map(described));
  return deployments.filter((info) => namesOf(info).some((name) => targetGroupNames.includes(name))).map(stoppable);
}

async function groupsOf(applicationName: string): Promise<string[]> {
  const command = new ListDeploymentGroupsCommand({ applicationName });
  const { deploymentGroups = [] } = await whileIamSettles(() => codedeploy().send(command, callLimits()));
  return deploymentGroups;
}

/** None while the stack is created: the group comes after its listeners. */
async function idsOf(applicationName: string, deploymentGroupName: string): Promise<string[]> {
  try {
    return await whileIamSettles(() => deploymentIds({ applicationName, deploymentGroupName }, IN_FLIGHT));
  } catch (error) {
    if (nameOf(error) === 'DeploymentGroupDoesNotExistException') return [];
    throw error;
  }
}

/** Deployments of a service by ECS itself. A service that is gone has none. */
async function serviceInFlight(cluster: string, service: string): Promise<StoppableDeployment[]> {
  try {
    const arns = await whileIamSettles(() => serviceDeploymentArns(cluster, service, SERVICE_DEPLOYMENT_IN_FLIGHT));
    const deployments = await whileIamSettles(() => describeServiceDeployments(arns.slice(0, DESCRIBED_MAX)));
    return deployments.map(inFlightOfService);
  } catch (error) {
    if (/^(ServiceNotFound|ClusterNotFound)/.test(nameOf(error))) return [];
    throw error;
  }
}

async function described(deploymentId: string): Promise<DeploymentInfo> {
  return { deploymentId, ...(await whileIamSettles(() => getDeployment(deploymentId))) };
}

function namesOf({ loadBalancerInfo }: DeploymentInfo): string[] {
  const pairs = loadBalancerInfo?.targetGroupPairInfoList ?? [];
  return pairs.flatMap((pair) => (pair.targetGroups ?? []).flatMap(({ name }) => name ?? []));
}

/** Of a resource of the stack; undefined when it is not made yet. */
async function physicalId(stackId: string, logicalId: string): Promise<string | undefined> {
  const call = { service: 'cloudformation', version: '2010-05-15', action: 'DescribeStackResource' };
  const input = { StackName: stackId, LogicalResourceId: logicalId };
  try {
    const { StackResourceDetail } = await whileIamSettles(() => query({ ...call, input }));
    return (StackResourceDetail as { PhysicalResourceId?: string } | undefined)?.PhysicalResourceId;
  } catch (error) {
    if (nameOf(error) === 'ValidationError') return undefined;
    throw error;
  }
}
