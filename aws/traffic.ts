/** Who gets the traffic of a listener. Pure. */

/** One target group of a forward action. */
export interface WeightedGroup {
  readonly targetGroupArn: string;
  /** 0 to 999, relative to the other weights of its action. */
  readonly weight: number;
}

/** A rule of a listener; its default action is the rule with the priority `default`. */
export interface ListenerRule {
  readonly ruleArn: string;
  readonly priority: string;
  /** Target groups of the forward action; empty for a rule that redirects or responds by itself. */
  readonly forwards: readonly WeightedGroup[];
  /** Whether it takes every request that comes to it, so that no rule after it, nor the default action, gets one. */
  readonly takesAll?: boolean;
}

/** The rules in the order in which a listener tries them, without those that no request reaches. */
export function reachedRules(rules: readonly ListenerRule[]): readonly ListenerRule[] {
  const order = ({ priority }: ListenerRule) => (priority === 'default' ? Infinity : Number(priority));
  const sorted = [...rules].sort((one, other) => order(one) - order(other));
  const last = sorted.findIndex(({ takesAll }) => takesAll);
  return last < 0 ? sorted : sorted.slice(0, last + 1);
}

/** The groups of a pair that get traffic by any rule of a listener; rules of other services do not count. */
export function groupsWithTraffic(pair: readonly string[], rules: readonly ListenerRule[]): WeightedGroup[] {
  const weights = new Map<string, number>();
  for (const { targetGroupArn, weight } of reachedRules(rules).flatMap(({ forwards }) => forwards)) {
    if (pair.includes(targetGroupArn) && weight > 0) {
      weights.set(targetGroupArn, Math.max(weight, weights.get(targetGroupArn) ?? 0));
    }
  }
  return [...weights].map(([targetGroupArn, weight]) => ({ targetGroupArn, weight }));
}

/** `web-green (90 %), web-blue (10 %)`, or `neither side` */
export function describeTraffic(groups: readonly WeightedGroup[]): string {
  const sum = groups.reduce((total, { weight }) => total + weight, 0);
  if (sum === 0) return 'neither side';
  const percentOf = ({ weight }: WeightedGroup) => Math.round((weight / sum) * 100);
  return groups.map((group) => `${targetGroupName(group.targetGroupArn)} (${percentOf(group)} %)`).join(', ');
}

/** `arn:...:targetgroup/<name>/<id>` -> `<name>`, which is what CodeDeploy calls a target group. */
export function targetGroupName(targetGroupArn: string): string {
  return targetGroupArn.split('/').at(-2) ?? targetGroupArn;
}
