/** Which of a listener's actions carry the deployment's traffic, and what they look like at a given share. Pure. */
export interface TargetGroupTuple {
  readonly TargetGroupArn: string;
  readonly Weight?: number;
}

export interface Action {
  readonly Type: string;
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: {
    readonly TargetGroups?: readonly TargetGroupTuple[];
    readonly TargetGroupStickinessConfig?: unknown;
  };
  readonly [other: string]: unknown;
}

export interface Listener {
  readonly ListenerArn: string;
  readonly DefaultActions: readonly Action[];
}

export interface ListenerRule {
  readonly RuleArn: string;
  readonly IsDefault?: boolean;
  readonly Actions: readonly Action[];
}

/** A default action (no rule) or a rule that forwards to a target group of the pair. */
export interface Slot {
  readonly listenerArn: string;
  readonly ruleArn?: string;
  readonly actions: readonly Action[];
}

export interface Pair {
  readonly blue: string;
  readonly green: string;
}

/** Target groups that an action forwards to, in either of the two ways that ELB writes it. */
export function targetGroupsOf(action: Action): readonly TargetGroupTuple[] {
  if (action.Type !== 'forward') return [];
  const tuples = action.ForwardConfig?.TargetGroups;
  if (tuples?.length) return tuples;
  return action.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
}

/**
 * "CodeDeploy changes what in that listener forwards to a target group of the pair": other rules stay as they are.
 */
export function slotsOf(listener: Listener, rules: readonly ListenerRule[], pair: Pair): readonly Slot[] {
  const forwards = (actions: readonly Action[]) => actions.some((action) => mentions(action, pair));
  const { ListenerArn: listenerArn, DefaultActions } = listener;
  const ofRules = rules
    .filter((rule) => !rule.IsDefault && forwards(rule.Actions))
    .map((rule) => ({ listenerArn, ruleArn: rule.RuleArn, actions: rule.Actions }));
  return [...(forwards(DefaultActions) ? [{ listenerArn, actions: DefaultActions }] : []), ...ofRules];
}

/** Whether the slot's traffic goes to this target group at all. */
export function carries(slot: Slot, targetGroupArn: string): boolean {
  return slot.actions
    .flatMap(targetGroupsOf)
    .some((group) => group.TargetGroupArn === targetGroupArn && group.Weight !== 0);
}

/** The slot's actions with both target groups of the pair, weighted in percent. */
export function withShare(actions: readonly Action[], pair: Pair, greenPercent: number): readonly Action[] {
  return actions.map((action) => (mentions(action, pair) ? weighted(action, pair, greenPercent) : action));
}

function weighted({ TargetGroupArn: _, ...action }: Action, pair: Pair, greenPercent: number): Action {
  const TargetGroups = [
    { TargetGroupArn: pair.blue, Weight: 100 - greenPercent },
    { TargetGroupArn: pair.green, Weight: greenPercent },
  ];
  return { ...action, Type: 'forward', ForwardConfig: { ...action.ForwardConfig, TargetGroups } };
}

function mentions(action: Action, pair: Pair): boolean {
  return targetGroupsOf(action).some(
    ({ TargetGroupArn }) => TargetGroupArn === pair.blue || TargetGroupArn === pair.green,
  );
}
