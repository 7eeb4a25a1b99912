import { INTERNAL, type World } from '../../core/service';
import type { DeploymentGroupName } from './deployments';
import { type ListenerView, type RuleView, viewListeners } from './listeners';
import { constructPaths } from './stacks';

/** A service of the rehearsed account, as it is now. */
export interface LiveService {
  /** The path of its construct: `Shop/Web/Service/Service`, or `Web` for short. */
  readonly name: string;
  readonly arn: string;
  /** Of the tasks that serve production. */
  readonly taskDefinition: string;
  /** What releases it; absent when ECS itself replaces its tasks. */
  readonly deploymentGroup?: DeploymentGroupName;
  /** Of a service whose traffic ECS itself shifts between two target groups. */
  readonly serviceDeployments?: { readonly cluster: string; readonly service: string };
  /** Of a blue/green pair in the order of the deployment group or of the service: blue first. */
  readonly targetGroupArns: readonly string[];
  /** The one of the pair that production forwards to. */
  readonly liveTargetGroupArn: string;
  /** Where production traffic comes in. */
  readonly routes: readonly Route[];
}

/** A listener's rule that forwards to a service. */
export interface Route {
  readonly listener: ListenerView;
  readonly rule: RuleView;
  /** Of the service's target groups' health checks: the paths that surely respond. */
  readonly healthCheckPath: string;
}

interface ServiceDescription {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly clusterArn: string;
  readonly taskDefinition?: string;
  readonly loadBalancers?: readonly {
    readonly targetGroupArn?: string;
    readonly advancedConfiguration?: {
      readonly alternateTargetGroupArn?: string;
      readonly productionListenerRule?: string;
      readonly testListenerRule?: string;
    };
  }[];
  readonly taskSets?: readonly { readonly status: string; readonly taskDefinition: string }[];
}

interface TargetGroupDescription {
  readonly TargetGroupName: string;
  readonly TargetGroupArn: string;
  readonly HealthCheckPath?: string;
}

interface Pair {
  readonly targetGroups: readonly { readonly name: string }[];
  readonly prodTrafficRoute: { readonly listenerArns: readonly string[] };
  readonly testTrafficRoute?: { readonly listenerArns: readonly string[] };
}

interface Group extends DeploymentGroupName {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly pair: Pair;
}

/** Every ECS service behind a load balancer, in whatever stack it is, under the whole path of its construct. */
export async function findLiveServices(world: World): Promise<readonly LiveService[]> {
  const services = await ecsServices(world);
  if (services.length === 0) return [];
  const [groups, listeners, paths, { TargetGroups: targetGroups }] = await Promise.all([
    deploymentGroups(world),
    viewListeners(world),
    constructPaths(world, 'AWS::ECS::Service'),
    world.call<{ TargetGroups: TargetGroupDescription[] }>(
      INTERNAL,
      'elasticloadbalancing',
      'DescribeTargetGroups',
      {},
    ),
  ]);
  const found = services.map((service) =>
    liveService(service, paths.get(service.serviceArn) ?? service.serviceName, { groups, listeners, targetGroups }),
  );
  return found.filter(({ targetGroupArns }) => targetGroupArns.length > 0);
}

interface Surroundings {
  readonly groups: readonly Group[];
  readonly listeners: readonly ListenerView[];
  readonly targetGroups: readonly TargetGroupDescription[];
}

function liveService(service: ServiceDescription, name: string, around: Surroundings): LiveService {
  const { groups, listeners, targetGroups } = around;
  const group = groups.find(
    ({ clusterName, serviceName }) =>
      serviceName === service.serviceName && service.clusterArn.endsWith(`/${clusterName}`),
  );
  const ofPair = group?.pair.targetGroups.flatMap((each) =>
    targetGroups.filter(({ TargetGroupName }) => TargetGroupName === each.name),
  );
  const own = (service.loadBalancers ?? []).flatMap(({ targetGroupArn, advancedConfiguration }) => [
    ...(targetGroupArn === undefined ? [] : [targetGroupArn]),
    ...(advancedConfiguration?.alternateTargetGroupArn === undefined
      ? []
      : [advancedConfiguration.alternateTargetGroupArn]),
  ]);
  const testRules = (service.loadBalancers ?? []).flatMap(
    ({ advancedConfiguration }) => advancedConfiguration?.testListenerRule ?? [],
  );
  const targetGroupArns = ofPair?.map(({ TargetGroupArn }) => TargetGroupArn) ?? own;
  const testListeners = groups.flatMap(({ pair }) => pair.testTrafficRoute?.listenerArns ?? []);
  const production = listeners.filter(({ arn }) =>
    group ? group.pair.prodTrafficRoute.listenerArns.includes(arn) : !testListeners.includes(arn),
  );
  const healthCheckPath =
    targetGroups.find(({ TargetGroupArn }) => TargetGroupArn === targetGroupArns[0])?.HealthCheckPath ?? '/';
  const routes = production.flatMap((listener) =>
    listener.rules
      .filter((rule) => !testRules.includes(rule.arn))
      .filter((rule) => rule.groups.some(({ arn }) => targetGroupArns.includes(arn)))
      .map((rule) => ({ listener, rule, healthCheckPath })),
  );
  const primary = service.taskSets?.find(({ status }) => status === 'PRIMARY');
  return {
    name,
    arn: service.serviceArn,
    taskDefinition: primary?.taskDefinition ?? service.taskDefinition ?? '',
    ...(group && {
      deploymentGroup: { applicationName: group.applicationName, deploymentGroupName: group.deploymentGroupName },
    }),
    ...(!group &&
      own.length > 1 && {
        serviceDeployments: { cluster: service.clusterArn, service: service.serviceArn },
      }),
    targetGroupArns,
    liveTargetGroupArn: forwardedTo(routes, targetGroupArns),
    routes,
  };
}

/** The target group with the greatest weight. */
function forwardedTo(routes: readonly Route[], targetGroupArns: readonly string[]): string {
  const shares = routes.flatMap(({ rule }) => rule.groups).filter(({ arn }) => targetGroupArns.includes(arn));
  return [...shares].sort((a, b) => b.weight - a.weight)[0]?.arn ?? '';
}

async function ecsServices(world: World): Promise<readonly ServiceDescription[]> {
  const { clusterArns } = await world.call<{ clusterArns: string[] }>(INTERNAL, 'ecs', 'ListClusters', {});
  const perCluster = clusterArns.map(async (cluster) => {
    const { serviceArns } = await world.call<{ serviceArns: string[] }>(INTERNAL, 'ecs', 'ListServices', { cluster });
    if (serviceArns.length === 0) return [];
    const input = { cluster, services: serviceArns };
    return (await world.call<{ services: ServiceDescription[] }>(INTERNAL, 'ecs', 'DescribeServices', input)).services;
  });
  return (await Promise.all(perCluster)).flat();
}

/** Those of CodeDeploy's ECS platform that have a pair of target groups. */
async function deploymentGroups(world: World): Promise<readonly Group[]> {
  const call = <Output>(operation: string, input: object) =>
    world.call<Output>(INTERNAL, 'codedeploy', operation, input);
  const { applications } = await call<{ applications: string[] }>('ListApplications', {});
  const perApplication = applications.map(async (applicationName) => {
    const input = { applicationName };
    const { deploymentGroups: names } = await call<{ deploymentGroups: string[] }>('ListDeploymentGroups', input);
    return Promise.all(
      names.map(async (deploymentGroupName) => {
        const { deploymentGroupInfo: info } = await call<{ deploymentGroupInfo: GroupDescription }>(
          'GetDeploymentGroup',
          { applicationName, deploymentGroupName },
        );
        const service = info.ecsServices?.[0];
        const pair = info.loadBalancerInfo?.targetGroupPairInfoList?.[0];
        return service && pair ? [{ applicationName, deploymentGroupName, ...service, pair }] : [];
      }),
    );
  });
  return (await Promise.all(perApplication)).flat(2);
}

interface GroupDescription {
  readonly ecsServices?: readonly { readonly clusterName: string; readonly serviceName: string }[];
  readonly loadBalancerInfo?: { readonly targetGroupPairInfoList?: readonly Pair[] };
}

/**
 * Services under short names where these tell them apart, else under whole paths.
 * @param stackIds paths of the app's stacks
 */
export function withShortNames(services: readonly LiveService[], stackIds: readonly string[]): readonly LiveService[] {
  const short = services.map(({ name }) => shortName(name, stackIds));
  return services.map((service, index) => {
    const name = short[index] ?? service.name;
    const isUnique = short.indexOf(name) === short.lastIndexOf(name);
    return { ...service, name: isUnique ? name : shortName(service.name, []) };
  });
}

/** `Prod/Shop/Web/Service/Service` of the stack `Prod/Shop` is `Web`. */
function shortName(path: string, stackIds: readonly string[]): string {
  const stack = stackIds.filter((id) => path.startsWith(`${id}/`)).sort((a, b) => b.length - a.length)[0];
  const parts = (stack === undefined ? path : path.slice(stack.length + 1)).split('/');
  while (parts.length > 1 && ['Service', 'Resource'].includes(parts.at(-1) ?? '')) parts.pop();
  return parts.join('/');
}
