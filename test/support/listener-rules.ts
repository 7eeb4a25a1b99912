import type { ListenerRule, WeightedGroup } from '../../aws/traffic';

/** A listener whose default action forwards to these groups. */
export function rulesOf(forwards: readonly WeightedGroup[]): ListenerRule[] {
  return [{ ruleArn: 'rule', priority: 'default', forwards }];
}
