import {
  CodeDeployClient,
  type DeploymentInfo,
  GetDeploymentCommand,
  ListDeploymentGroupsCommand,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import { callLimits, whileIamSettles } from '../../aws/calls';
import { describeError, nameOf } from '../../common/errors';
import { putAnswer } from '../shared/custom-resource';
import { log } from '../shared/logger';
import { query } from '../../aws/query';
import { isRollingBack as stackRollsBack } from '../../aws/stack';
import type { RouteLocation } from './types';
import type { InFlight } from './decide';
import type { Rule } from './weights';

/** Everything that the live route does outside its own process; tests replace it. Denied calls are repeated for a minute. */
export const outbound = { listenerAt, rules, physicalId, targets, inFlight, isRollingBack, put: putAnswer };

export type Outbound = typeof outbound;

const PAGES_MAX = 20;
const ELB = { service: 'elasticloadbalancing', version: '2015-12-01' };

// Made at first use and kept from one invocation to the next.
let client: CodeDeployClient | undefined;
const codedeploy = () => (client ??= new CodeDeployClient());

interface Listener {
  readonly ListenerArn: string;
  readonly Port?: string;
}

/** ARN of the listener; undefined when there is none (yet) or its load balancer is gone. */
async function listenerAt({ ListenerArn, LoadBalancerArn, Port }: RouteLocation): Promise<string | undefined> {
  if (ListenerArn) return ListenerArn;
  const found = await unlessGone(pages<Listener>('DescribeListeners', 'Listeners', { LoadBalancerArn }));
  return found.find((listener) => listener.Port === Port)?.ListenerArn;
}

/** Of a listener, its default action among them. */
function rules(listenerArn: string): Promise<Rule[]> {
  return unlessGone(pages<Rule>('DescribeRules', 'Rules', { ListenerArn: listenerArn }));
}

/** How many targets are registered and not draining. */
async function targets(targetGroupArn: string): Promise<number> {
  const health = await unlessGone(
    pages<{ TargetHealth?: { State?: string } }>('DescribeTargetHealth', 'TargetHealthDescriptions', {
      TargetGroupArn: targetGroupArn,
    }),
  );
  return health.filter((target) => target.TargetHealth?.State !== 'draining').length;
}

async function pages<T>(action: string, list: string, input: Record<string, string | undefined>): Promise<T[]> {
  const found: T[] = [];
  let Marker: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const output = await whileIamSettles(() => query({ ...ELB, action, input: { ...input, Marker } }));
    found.push(...((output[list] as T[] | undefined) ?? []));
    Marker = output.NextMarker as string | undefined;
    if (!Marker) break;
  }
  return found;
}

/** A listener or load balancer that another hand removed forwards nothing. */
async function unlessGone<T>(found: Promise<T[]>): Promise<T[]> {
  return found.catch((error: unknown) => {
    if (/^(Listener|LoadBalancer|TargetGroup)NotFound/.test(nameOf(error))) return [];
    throw error;
  });
}

/**
 * Deployments that move one of the target groups. Where the deployment group is not known, those of the application are
 * asked for: ListDeployments takes an application only with a group.
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeployments.html
 */
async function inFlight(
  applicationName: string,
  deploymentGroupName: string,
  targetGroupNames: readonly string[],
): Promise<InFlight[]> {
  const groups = deploymentGroupName ? [deploymentGroupName] : await groupsOf(applicationName);
  const ids = await Promise.all(groups.map((name) => idsOf(applicationName, name)));
  const deployments = await Promise.all(ids.flat().map(getDeployment));
  return deployments
    .filter((info) => namesOf(info).some((name) => targetGroupNames.includes(name)))
    .map((info) => ({
      deploymentId: info.deploymentId ?? '',
      rollback: info.creator === 'codeDeployRollback',
      terminationWait: info.instanceTerminationWaitTimeStarted === true,
    }));
}

async function groupsOf(applicationName: string): Promise<string[]> {
  const command = new ListDeploymentGroupsCommand({ applicationName });
  const { deploymentGroups = [] } = await whileIamSettles(() => codedeploy().send(command, callLimits()));
  return deploymentGroups;
}

/** None while the stack is created: the group comes after its listeners. */
async function idsOf(applicationName: string, deploymentGroupName: string): Promise<string[]> {
  const command = new ListDeploymentsCommand({
    applicationName,
    deploymentGroupName,
    includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'],
  });
  try {
    const { deployments = [] } = await whileIamSettles(() => codedeploy().send(command, callLimits()));
    return deployments;
  } catch (error) {
    if (nameOf(error) === 'DeploymentGroupDoesNotExistException') return [];
    throw error;
  }
}

async function getDeployment(deploymentId: string): Promise<DeploymentInfo> {
  const command = new GetDeploymentCommand({ deploymentId });
  const { deploymentInfo } = await whileIamSettles(() => codedeploy().send(command, callLimits()));
  return { deploymentId, ...deploymentInfo };
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

/** Unreadable counts as no rollback. */
async function isRollingBack(stackId: string): Promise<boolean> {
  return stackRollsBack(stackId).catch((error: unknown) => {
    log('warn', 'the stack could not be read', { error: describeError(error) });
    return false;
  });
}
