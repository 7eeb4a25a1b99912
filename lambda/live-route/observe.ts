import type { LiveRouteProperties, Place, RouteLocation } from './types';
import type { Observed } from './decide';
import type { Outbound } from './aws';
import type { Occupied } from './places';
import { forwardsOf, type Pair, priorityOf, type Rule } from './weights';

/**
 * @param before where the route was before this update: CloudFormation has not moved it yet, and after a failed update
 *   it may be at either place
 */
export async function observe(
  properties: LiveRouteProperties,
  before: RouteLocation | undefined,
  outbound: Outbound,
): Promise<Observed> {
  const pair: Pair = { blue: properties.BlueTargetGroupArn, green: properties.GreenTargetGroupArn };
  const { ApplicationName, DeploymentGroupName } = properties;
  const [forwards, blue, green, inFlight] = await Promise.all([
    findForwards(before ? [properties.Location, before] : [properties.Location], pair, outbound),
    outbound.targets(pair.blue),
    outbound.targets(pair.green),
    ApplicationName ? outbound.inFlight(ApplicationName, DeploymentGroupName, [pair.blue, pair.green].map(nameOf)) : [],
  ]);
  return { forwards, targets: { blue, green }, inFlight };
}

async function findForwards(locations: readonly RouteLocation[], pair: Pair, outbound: Outbound) {
  const listeners = await Promise.all(locations.map((location) => outbound.listenerAt(location)));
  const arns = [...new Set(listeners.filter((arn) => arn !== undefined))];
  const rules: Rule[] = (await Promise.all(arns.map((arn) => outbound.rules(arn)))).flat();
  return forwardsOf(rules, pair, locations.map(priorityOf));
}

/** The places that are not free, with who has them and who is to have them. */
export async function occupiedPlaces(
  places: readonly Place[],
  stackId: string,
  outbound: Outbound,
): Promise<readonly Occupied[]> {
  const found = await Promise.all(
    places.map(async (place) => {
      const occupant = await occupantOf(place, outbound);
      return occupant ? [{ place, occupant, own: await outbound.physicalId(stackId, place.LogicalId) }] : [];
    }),
  );
  return found.flat();
}

async function occupantOf({ ListenerArn, LoadBalancerArn, Port, Priority }: Place, outbound: Outbound) {
  if (!ListenerArn) return outbound.listenerAt({ LoadBalancerArn, Port });
  const rules = await outbound.rules(ListenerArn);
  return rules.find((rule) => rule.Priority === Priority)?.RuleArn;
}

/** `arn:...:targetgroup/<name>/<id>` -> `<name>` */
function nameOf(targetGroupArn: string): string {
  return targetGroupArn.split('/')[1] ?? targetGroupArn;
}
