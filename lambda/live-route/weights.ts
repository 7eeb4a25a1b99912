import type { RouteLocation } from './types';
import { SIDES, type Side, type Weights } from './decide';

/** An action as elasticloadbalancing answers it; numbers are text in XML. */
export interface Action {
  readonly Type?: string;
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: {
    readonly TargetGroups?: readonly { readonly TargetGroupArn?: string; readonly Weight?: string }[];
  };
}

/** A rule as DescribeRules answers it; the default action is one with the priority `default`. */
export interface Rule {
  readonly RuleArn?: string;
  readonly Priority?: string;
  readonly Actions?: readonly Action[];
}

export type Pair = Readonly<Record<Side, string>>;

/**
 * What the rules give to each side of the pair, the route's own rule first. Rules of others are left out. CodeDeploy
 * leaves both groups in an action, weighted 100 and 0.
 */
export function forwardsOf(rules: readonly Rule[], pair: Pair, priorities: readonly string[]): Weights[] {
  const rank = (rule: Rule) => {
    const at = priorities.indexOf(rule.Priority ?? '');
    return at < 0 ? priorities.length : at;
  };
  return [...rules]
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((rule) => (rule.Actions ?? []).flatMap((action) => weightsOf(action, pair) ?? []));
}

/** The priority as DescribeRules writes it. */
export function priorityOf({ Priority }: RouteLocation): string {
  return Priority ?? 'default';
}

function weightsOf(action: Action, pair: Pair): Weights | undefined {
  if (action.Type !== 'forward') return undefined;
  const groups = action.ForwardConfig?.TargetGroups ?? [];
  const found = groups.length > 0 ? groups : [{ TargetGroupArn: action.TargetGroupArn, Weight: '1' }];
  const ofPair = found.filter(({ TargetGroupArn }) => SIDES.some((side) => pair[side] === TargetGroupArn));
  if (ofPair.length === 0) return undefined;
  const weight = (side: Side) => {
    const group = ofPair.find(({ TargetGroupArn }) => TargetGroupArn === pair[side]);
    return group ? Number(group.Weight ?? 1) : 0;
  };
  return { blue: weight('blue'), green: weight('green') };
}
