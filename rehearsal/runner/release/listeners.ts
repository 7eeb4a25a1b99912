import type { Condition } from '../../services/elasticloadbalancing/conditions';
import { INTERNAL, type World } from '../../core/service';

/** A listener's rules in the order in which a load balancer tries them; the default action is the last one. */
export interface ListenerView {
  readonly arn: string;
  readonly port: number;
  readonly rules: readonly RuleView[];
}

export interface RuleView {
  readonly arn: string;
  /** `default` for the listener's default action. */
  readonly priority: string;
  readonly conditions: readonly Condition[];
  /** What it forwards to, by weight; empty for a redirect or a fixed response. */
  readonly groups: readonly { readonly arn: string; readonly weight: number }[];
}

interface Forward {
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: { readonly TargetGroups: readonly { TargetGroupArn: string; Weight?: number }[] };
}

interface RuleDescription {
  readonly RuleArn: string;
  readonly Priority: string;
  readonly Conditions: readonly Condition[];
  readonly Actions: readonly Forward[];
}

/** Every listener of every load balancer. */
export async function viewListeners(world: World): Promise<readonly ListenerView[]> {
  const { LoadBalancers } = await call<{ LoadBalancers: { LoadBalancerArn: string }[] }>(
    world,
    'DescribeLoadBalancers',
    {},
  );
  const views = LoadBalancers.map(async ({ LoadBalancerArn }) => {
    const { Listeners } = await call<{ Listeners: { ListenerArn: string; Port: number }[] }>(
      world,
      'DescribeListeners',
      { LoadBalancerArn },
    );
    return Promise.all(Listeners.map((listener) => viewListener(world, listener.ListenerArn, listener.Port)));
  });
  return (await Promise.all(views)).flat();
}

async function viewListener(world: World, arn: string, port: number): Promise<ListenerView> {
  const { Rules } = await call<{ Rules: RuleDescription[] }>(world, 'DescribeRules', { ListenerArn: arn });
  const order = ({ priority }: RuleView) => (priority === 'default' ? Infinity : Number(priority));
  const rules = Rules.map((rule): RuleView => ({
    arn: rule.RuleArn,
    priority: rule.Priority,
    conditions: rule.Conditions,
    groups: rule.Actions.flatMap(forwardedTo),
  }));
  return { arn, port, rules: rules.sort((a, b) => order(a) - order(b)) };
}

function forwardedTo({ TargetGroupArn, ForwardConfig }: Forward): RuleView['groups'] {
  if (ForwardConfig)
    return ForwardConfig.TargetGroups.map((group) => ({ arn: group.TargetGroupArn, weight: group.Weight ?? 1 }));
  return TargetGroupArn ? [{ arn: TargetGroupArn, weight: 1 }] : [];
}

function call<Output>(world: World, operation: string, input: object): Promise<Output> {
  return world.call<Output>(INTERNAL, 'elasticloadbalancing', operation, input);
}
