import type { Action, FixedResponseAction, RedirectAction } from '../actions';
import { type Predicate, type RequestView, compileConditions } from '../conditions';
import type { Listener, Rule } from '../state';
import type { GroupRuntime } from './targets';

export type Destination = Forward | { readonly kind: 'respond'; readonly action: FixedResponseAction | RedirectAction };

export interface Forward {
  readonly kind: 'forward';
  readonly groups: readonly GroupRuntime[];
  /** Running sums of the weights, so that one random number finds the group. */
  readonly upTo: readonly number[];
}

/** A listener's rules, ready to be applied to each request. */
export interface Routing {
  readonly rules: readonly { readonly holds: Predicate; readonly destination: Destination }[];
  readonly fallback: Destination;
}

/** @param rules in order of priority, without the default rule */
export function compileRouting(
  listener: Pick<Listener, 'defaultActions'>,
  rules: readonly Pick<Rule, 'conditions' | 'actions'>[],
  groupOf: (arn: string) => GroupRuntime,
): Routing {
  return {
    rules: rules.map(({ conditions, actions }) => ({
      holds: compileConditions(conditions),
      destination: compile(actions, groupOf),
    })),
    fallback: compile(listener.defaultActions, groupOf),
  };
}

function compile(actions: readonly Action[], groupOf: (arn: string) => GroupRuntime): Destination {
  const action = actions[0];
  if (!action) throw new Error('a listener or rule without an action');
  if (action.Type !== 'forward') return { kind: 'respond', action };
  let sum = 0;
  const upTo = action.ForwardConfig.TargetGroups.map(({ Weight }) => (sum += Weight));
  return { kind: 'forward', groups: action.ForwardConfig.TargetGroups.map((g) => groupOf(g.TargetGroupArn)), upTo };
}

export function route(routing: Routing, request: RequestView): Destination {
  for (const { holds, destination } of routing.rules) if (holds(request)) return destination;
  return routing.fallback;
}

/** A group by weight. @param random in [0, 1) @returns undefined when all weights are 0 */
export function chooseGroup(forward: Forward, random: () => number): GroupRuntime | undefined {
  const total = forward.upTo[forward.upTo.length - 1] ?? 0;
  if (total === 0) return undefined;
  if (forward.groups.length === 1) return forward.groups[0];
  const point = random() * total;
  return forward.groups[forward.upTo.findIndex((sum) => point < sum)];
}
