import { INTERNAL, type World } from '../service';

/** The service of a stack as its CodeDeploy deployment group names it. */
export interface LiveService {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly productionListenerArn: string;
  /** Target groups in the order of the deployment group: blue first. */
  readonly blueTargetGroupArn: string;
  readonly greenTargetGroupArn: string;
  /** The one that production forwards to now. */
  readonly liveTargetGroupArn: string;
}

interface StackResource {
  readonly ResourceType: string;
  readonly PhysicalResourceId: string;
  readonly LogicalResourceId: string;
}

interface GroupInfo {
  readonly loadBalancerInfo: {
    readonly targetGroupPairInfoList: readonly {
      readonly targetGroups: readonly { readonly name: string }[];
      readonly prodTrafficRoute: { readonly listenerArns: readonly string[] };
    }[];
  };
}

type Forward = {
  TargetGroupArn?: string;
  ForwardConfig?: { TargetGroups: { TargetGroupArn: string; Weight?: number }[] };
};

export interface StackView {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** @returns undefined when there is no such stack */
export async function viewStack(world: World, stackName: string): Promise<StackView | undefined> {
  try {
    const { Stacks } = await world.call<{
      Stacks: { StackStatus: string; Outputs?: { OutputKey: string; OutputValue: string }[] }[];
    }>(INTERNAL, 'cloudformation', 'DescribeStacks', { StackName: stackName });
    const stack = Stacks[0];
    const outputs = Object.fromEntries((stack?.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]));
    return stack && { status: stack.StackStatus, outputs };
  } catch (error) {
    if ((error as Error).name === 'ValidationError') return undefined;
    throw error;
  }
}

/** @returns undefined when the stack does not exist or has no deployment group (yet) */
export async function findLiveService(world: World, stackName: string): Promise<LiveService | undefined> {
  if (!(await viewStack(world, stackName))) return undefined;
  const { StackResources } = await world.call<{ StackResources: StackResource[] }>(
    INTERNAL,
    'cloudformation',
    'DescribeStackResources',
    { StackName: stackName },
  );
  const physical = (type: string) => StackResources.find((item) => item.ResourceType === type)?.PhysicalResourceId;
  const applicationName = physical('AWS::CodeDeploy::Application');
  const deploymentGroupName = physical('AWS::CodeDeploy::DeploymentGroup');
  if (!applicationName || !deploymentGroupName) return undefined;
  return describeService(world, applicationName, deploymentGroupName);
}

async function describeService(
  world: World,
  applicationName: string,
  deploymentGroupName: string,
): Promise<LiveService> {
  const { deploymentGroupInfo } = await world.call<{ deploymentGroupInfo: GroupInfo }>(
    INTERNAL,
    'codedeploy',
    'GetDeploymentGroup',
    { applicationName, deploymentGroupName },
  );
  const pair = deploymentGroupInfo.loadBalancerInfo.targetGroupPairInfoList[0];
  const productionListenerArn = pair?.prodTrafficRoute.listenerArns[0];
  const names = pair?.targetGroups.map((group) => group.name) ?? [];
  if (!productionListenerArn || names.length !== 2) {
    throw new Error(`deployment group ${deploymentGroupName} has no pair of target groups with a production listener`);
  }
  const { TargetGroups } = await world.call<{ TargetGroups: { TargetGroupName: string; TargetGroupArn: string }[] }>(
    INTERNAL,
    'elasticloadbalancing',
    'DescribeTargetGroups',
    { Names: names },
  );
  const [blue, green] = names.map(
    (name) => TargetGroups.find((group) => group.TargetGroupName === name)?.TargetGroupArn ?? '',
  );
  return {
    applicationName,
    deploymentGroupName,
    productionListenerArn,
    blueTargetGroupArn: blue ?? '',
    greenTargetGroupArn: green ?? '',
    liveTargetGroupArn: await forwardedTo(world, productionListenerArn, [blue ?? '', green ?? '']),
  };
}

/** The target group of the pair with the greatest weight in the listener's default action or its rules. */
async function forwardedTo(world: World, listenerArn: string, pair: readonly string[]): Promise<string> {
  const { Rules } = await world.call<{ Rules: { Actions: Forward[] }[] }>(
    INTERNAL,
    'elasticloadbalancing',
    'DescribeRules',
    { ListenerArn: listenerArn },
  );
  const shares = Rules.flatMap((rule) => rule.Actions).flatMap((action) =>
    action.ForwardConfig
      ? action.ForwardConfig.TargetGroups.map((group) => ({ arn: group.TargetGroupArn, weight: group.Weight ?? 1 }))
      : [{ arn: action.TargetGroupArn ?? '', weight: 1 }],
  );
  const ofPair = shares.filter((share) => pair.includes(share.arn)).sort((a, b) => b.weight - a.weight);
  return ofPair[0]?.arn ?? '';
}

/** Deployments that someone other than a rollback started, newest first. */
export async function deploymentsSince(
  world: World,
  service: Pick<LiveService, 'applicationName' | 'deploymentGroupName'>,
  sinceMs: number,
): Promise<readonly DeploymentView[]> {
  const { deployments } = await world.call<{ deployments: string[] }>(INTERNAL, 'codedeploy', 'ListDeployments', {
    applicationName: service.applicationName,
    deploymentGroupName: service.deploymentGroupName,
  });
  const views = await Promise.all(deployments.map((id) => viewDeployment(world, id)));
  return views.filter((view) => view.createdMs >= sinceMs).sort((a, b) => b.createdMs - a.createdMs);
}

export interface DeploymentView {
  readonly id: string;
  readonly status: string;
  readonly creator: string;
  readonly createdMs: number;
  readonly error: string;
}

const ended = ['Succeeded', 'Failed', 'Stopped'];

export function hasEnded(view: DeploymentView): boolean {
  return ended.includes(view.status);
}

async function viewDeployment(world: World, deploymentId: string): Promise<DeploymentView> {
  const { deploymentInfo } = await world.call<{
    deploymentInfo: { status: string; creator: string; createTime: number; errorInformation?: { message?: string } };
  }>(INTERNAL, 'codedeploy', 'GetDeployment', { deploymentId });
  return {
    id: deploymentId,
    status: deploymentInfo.status,
    creator: deploymentInfo.creator,
    createdMs: deploymentInfo.createTime * 1000,
    error: deploymentInfo.errorInformation?.message ?? '',
  };
}
