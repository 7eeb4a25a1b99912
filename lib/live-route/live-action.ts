import { isDeepStrictEqual } from 'node:util';

/** The two target groups of a pair, and the reference to the live one, as the template writes them. */
export interface LivePair {
  readonly blue: unknown;
  readonly green: unknown;
  readonly live: unknown;
  /** The weights of both, where the engine requires that an action names both. */
  readonly weights?: { readonly blue: unknown; readonly green: unknown };
}

type Fields = Readonly<Record<string, unknown>>;

/** The actions with the live target group in the forward action, or the reason why that cannot be right. */
export type LiveActions =
  | { readonly actions: readonly unknown[]; readonly problem?: undefined }
  | { readonly actions?: undefined; readonly problem: string };

const REMEDY = 'forward to one target group of the pair, or do not let it follow the LiveRoute';

/**
 * The actions of a listener or rule, with the live target group in their one forward action. All other actions and all
 * other settings of the forward action stay: authentication, order, stickiness, weight.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
 */
export function forwardToLive(actions: unknown, pair: LivePair): LiveActions {
  if (!Array.isArray(actions) || !actions.every(isAction))
    return {
      problem: 'has actions that are only known at deploy time: state them in the template, without a condition',
    };
  const forwards = actions.filter(({ Type }) => Type === 'forward');
  const [forward] = forwards;
  if (!forward || forwards.length > 1) {
    const types = actions.map(({ Type }) => Type).join(', ') || 'none';
    return { problem: `has ${forwards.length} forward actions, and needs exactly one (actions: ${types}): ${REMEDY}` };
  }
  const rewritten = liveForward(forward, pair);
  if (typeof rewritten === 'string') return { problem: rewritten };
  return { actions: actions.map((action) => (action === forward ? rewritten : action)) };
}

/** @returns the problem as text */
function liveForward(forward: Fields, pair: LivePair): Fields | string {
  const config = forward.ForwardConfig as Fields | undefined;
  const groups = config?.TargetGroups;
  if (groups === undefined) {
    if (!isOfPair(forward.TargetGroupArn, pair)) return foreign(forward.TargetGroupArn);
    return pair.weights ? withBoth(forward, pair, pair.weights) : { ...forward, TargetGroupArn: pair.live };
  }
  if (!Array.isArray(groups) || !groups.every(isFields))
    return `has target groups that are only known at deploy time: ${REMEDY}`;
  const other = groups.find(({ TargetGroupArn }) => !isOfPair(TargetGroupArn, pair));
  if (other) return foreign(other.TargetGroupArn);
  const Weight = wholeWeight(groups);
  if (typeof Weight === 'string') return Weight;
  if (pair.weights) return withBoth(forward, pair, pair.weights);
  const live = { TargetGroupArn: pair.live, ...(Weight.value !== undefined && { Weight: Weight.value }) };
  return {
    ...forward,
    ...(forward.TargetGroupArn !== undefined && { TargetGroupArn: pair.live }),
    ForwardConfig: { ...config, TargetGroups: [live] },
  };
}

/** The load balancers of a service with the live target group in place of the pair's, or the reason why that cannot be right. */
export type LiveLoadBalancers =
  | { readonly loadBalancers: readonly unknown[]; readonly problem?: undefined }
  | { readonly loadBalancers?: undefined; readonly problem: string };

/** For a service that has one target group. With an alternate one, ECS reads from the rule which is live. */
export function registerWithLive(loadBalancers: unknown, pair: LivePair): LiveLoadBalancers {
  const all = Array.isArray(loadBalancers) ? loadBalancers.filter(isFields) : [];
  const own = all.filter(({ TargetGroupArn }) => isOfPair(TargetGroupArn, pair));
  const [one] = own;
  if (!one || own.length > 1)
    return {
      problem: `register with the pair ${own.length} times, and need to once: attach the service to one target group of it`,
    };
  if (one.AdvancedConfiguration !== undefined)
    return {
      problem: 'have an alternate target group, and ECS itself finds the live one: let only a rolling service follow',
    };
  return { loadBalancers: all.map((each) => (each === one ? { ...each, TargetGroupArn: pair.live } : each)) };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html */
function withBoth(forward: Fields, { blue, green }: LivePair, weights: NonNullable<LivePair['weights']>): Fields {
  const others = Object.fromEntries(Object.entries(forward).filter(([name]) => name !== 'TargetGroupArn'));
  const config = forward.ForwardConfig as Fields | undefined;
  const TargetGroups = [
    { TargetGroupArn: blue, Weight: weights.blue },
    { TargetGroupArn: green, Weight: weights.green },
  ];
  return { ...others, ForwardConfig: { ...config, TargetGroups } };
}

/** The weight of the one side that gets traffic. The load balancer takes 1 where none is given. */
function wholeWeight(groups: readonly Fields[]): { readonly value?: unknown } | string {
  if (groups.length === 1 && isFields(groups[0]?.Weight)) return { value: groups[0].Weight };
  const weights = groups.map(({ Weight }) => Number(Weight ?? 1));
  const used = groups.filter((_, index) => weights[index] !== 0);
  if (used.length === 1 && !weights.some(Number.isNaN)) return { value: used[0]?.Weight };
  if (groups.length === 0) return foreign(undefined);
  const given = groups.map(({ Weight }) => JSON.stringify(Weight ?? 1)).join(' and ');
  return `forwards with the weights ${given}, and only a release splits traffic between the pair: ${REMEDY}`;
}

function foreign(arn: unknown): string {
  return `forwards to ${JSON.stringify(arn) ?? 'no target group'}, which is neither blue nor green of its LiveRoute: ${REMEDY}`;
}

function isOfPair(arn: unknown, { blue, green, live }: LivePair): boolean {
  return [blue, green, live].some((side) => isDeepStrictEqual(side, arn));
}

function isAction(action: unknown): action is Fields & { readonly Type: string } {
  return isFields(action) && typeof action.Type === 'string';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
