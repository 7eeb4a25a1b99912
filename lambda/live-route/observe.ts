import type { StoppableDeployment } from '../../aws/deployments';
import { type ListenerRule, reachedRules, targetGroupName, type WeightedGroup } from '../../aws/traffic';
import type { LiveRouteProperties, Place, RouteLocation } from './types';
import type { Observed, Side, Weights } from './decide';
import type { Aws } from './aws';
import type { Occupied } from './places';

/** ARNs of the two target groups. */
type Pair = Readonly<Record<Side, string>>;

/**
 * @param before of the route before this update: CloudFormation has not moved what it routes yet, and after a failed update
 *   that may be at either place
 */
export async function observe(
  properties: LiveRouteProperties,
  before: Partial<LiveRouteProperties> | undefined,
  stackId: string,
  aws: Aws,
): Promise<Observed> {
  const pair: Pair = { blue: properties.BlueTargetGroupArn, green: properties.GreenTargetGroupArn };
  const [forwards, blue, green, inFlight] = await Promise.all([
    findForwards(before?.Location ? [properties.Location, before.Location] : [properties.Location], pair, aws),
    aws.targets(pair.blue),
    aws.targets(pair.green),
    inFlightOf(properties, stackId, aws),
  ]);
  const leavesCodeDeploy = Boolean(before?.ApplicationName) && properties.EcsService !== undefined;
  return { forwards, targets: { blue, green }, inFlight, leavesCodeDeploy };
}

async function inFlightOf(
  properties: LiveRouteProperties,
  stackId: string,
  aws: Aws,
): Promise<readonly StoppableDeployment[]> {
  const { ApplicationName, DeploymentGroupName, BlueTargetGroupArn, GreenTargetGroupArn, EcsService } = properties;
  if (EcsService) {
    const service = await aws.physicalId(stackId, EcsService.LogicalId);
    return service === undefined ? [] : aws.serviceInFlight(EcsService.ClusterName, service);
  }
  if (!ApplicationName) return [];
  const names = [BlueTargetGroupArn, GreenTargetGroupArn].map(targetGroupName);
  return aws.inFlight(ApplicationName, DeploymentGroupName, names);
}

async function findForwards(locations: readonly RouteLocation[], pair: Pair, aws: Aws) {
  const listeners = await Promise.all(locations.map((location) => aws.listenerAt(location)));
  const arns = [...new Set(listeners.filter((arn) => arn !== undefined))];
  const rules = (await Promise.all(arns.map(async (arn) => reachedRules(await aws.rules(arn))))).flat();
  return forwardsOf(rules, pair, locations.map(priorityOf));
}

/** The places that are not free, with who has them and who is to have them. */
export async function occupiedPlaces(
  places: readonly Place[],
  stackId: string,
  aws: Aws,
): Promise<readonly Occupied[]> {
  const found = await Promise.all(
    places.map(async (place) => {
      const occupant = await occupantOf(place, aws);
      return occupant ? [{ place, occupant, own: await aws.physicalId(stackId, place.LogicalId) }] : [];
    }),
  );
  return found.flat();
}

async function occupantOf({ ListenerArn, LoadBalancerArn, Port, Priority }: Place, aws: Aws) {
  if (!ListenerArn) return aws.listenerAt({ LoadBalancerArn, Port });
  const rules = await aws.rules(ListenerArn);
  return rules.find(({ priority }) => priority === Priority)?.ruleArn;
}

/**
 * What the rules give to each side of the pair, the route's own rule first. Rules of others are left out. CodeDeploy
 * leaves both groups in an action, weighted 100 and 0.
 */
function forwardsOf(rules: readonly ListenerRule[], pair: Pair, priorities: readonly string[]): Weights[] {
  const rank = ({ priority }: ListenerRule) => {
    const at = priorities.indexOf(priority);
    return at < 0 ? priorities.length : at;
  };
  return [...rules].sort((a, b) => rank(a) - rank(b)).flatMap(({ forwards }) => weightsOf(forwards, pair) ?? []);
}

/** The priority as DescribeRules writes it. */
function priorityOf({ Priority }: RouteLocation): string {
  return Priority ?? 'default';
}

/** @returns undefined for an action that forwards to neither side */
function weightsOf(forwards: readonly WeightedGroup[], pair: Pair): Weights | undefined {
  const weightOf = (side: Side) => forwards.find(({ targetGroupArn }) => targetGroupArn === pair[side])?.weight;
  const [blue, green] = [weightOf('blue'), weightOf('green')];
  if (blue === undefined && green === undefined) return undefined;
  return { blue: blue ?? 0, green: green ?? 0 };
}
