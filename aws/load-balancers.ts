/** Listeners, rules and targets, as every handler reads them from Elastic Load Balancing. */
import { nameOf } from '../common/errors';
import { query } from './query';
import type { Caller, CallOptions } from './signed-call';
import type { ListenerRule, WeightedGroup } from './traffic';

export interface Listener {
  readonly listenerArn: string;
  /** A number as text. */
  readonly port: string;
}

/** An action as Elastic Load Balancing describes it; numbers are text in XML. */
interface Action {
  readonly Type?: string;
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: {
    readonly TargetGroups?: readonly { readonly TargetGroupArn?: string; readonly Weight?: string }[];
  };
}

interface Rule {
  readonly RuleArn?: string;
  readonly Priority?: string;
  readonly Actions?: readonly Action[];
  readonly Conditions?: readonly Condition[];
}

interface Condition {
  readonly Field?: string;
  readonly PathPatternConfig?: { readonly Values?: readonly string[] };
  /** The older place of the values. */
  readonly Values?: readonly string[];
}

/**
 * Pages that are read of one list: a listener has 100 rules and a load balancer 50 listeners unless a quota was raised.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const PAGES_MAX = 20;
const ELB = { service: 'elasticloadbalancing', version: '2015-12-01' };

/**
 * The rules of a listener, its default action among them.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
 */
export async function listenerRules(
  listenerArn: string,
  signal?: AbortSignal,
  caller?: Caller,
): Promise<ListenerRule[]> {
  const rules = await pages<Rule>('DescribeRules', 'Rules', { ListenerArn: listenerArn }, { signal, ...caller });
  return rules.map(({ RuleArn = '', Priority = '', Actions = [], Conditions = [] }) => ({
    ruleArn: RuleArn,
    priority: Priority,
    forwards: Actions.flatMap(groupsOf),
    takesAll: takesAll(Conditions),
  }));
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html */
export async function listenersOf(
  loadBalancerArn: string | undefined,
  signal?: AbortSignal,
  caller?: Caller,
): Promise<Listener[]> {
  const input = { LoadBalancerArn: loadBalancerArn };
  const found = await pages<{ ListenerArn: string; Port?: string }>('DescribeListeners', 'Listeners', input, {
    signal,
    ...caller,
  });
  return found.map(({ ListenerArn, Port = '' }) => ({ listenerArn: ListenerArn, port: Port }));
}

/**
 * The states of a target group's targets: `healthy`, `draining` and others.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
 */
export async function targetStates(targetGroupArn: string, signal?: AbortSignal, caller?: Caller): Promise<string[]> {
  const input = { TargetGroupArn: targetGroupArn };
  type Description = { readonly TargetHealth?: { readonly State?: string } };
  const found = await pages<Description>('DescribeTargetHealth', 'TargetHealthDescriptions', input, {
    signal,
    ...caller,
  });
  return found.map(({ TargetHealth }) => TargetHealth?.State ?? 'unknown');
}

/** An empty list for a listener, load balancer or target group that does not exist: it forwards nothing. */
export async function unlessGone<T>(found: Promise<readonly T[]>): Promise<readonly T[]> {
  return found.catch((error: unknown) => {
    if (/^(Listener|LoadBalancer|TargetGroup)NotFound/.test(nameOf(error))) return [];
    throw error;
  });
}

/** @throws Error for a list longer than `PAGES_MAX` pages: a part of the rules says nothing sure about the traffic */
async function pages<T>(
  action: string,
  list: string,
  input: Readonly<Record<string, string | undefined>>,
  { signal, ...caller }: CallOptions,
): Promise<T[]> {
  const found: T[] = [];
  let Marker: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const output = await query({ ...ELB, action, input: { ...input, Marker }, signal }, caller);
    found.push(...((output[list] as T[] | undefined) ?? []));
    Marker = output.NextMarker as string | undefined;
    if (!Marker) return found;
  }
  const place = Object.values(input).join(', ') || 'all';
  throw new Error(
    `${action} of ${place}: more than ${found.length} entries in ${PAGES_MAX} pages, which is too long to read`,
  );
}

/** Every path begins with a slash. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
function takesAll(conditions: readonly Condition[]): boolean {
  const [only, ...others] = conditions;
  const paths = only?.PathPatternConfig?.Values ?? only?.Values ?? [];
  return others.length === 0 && only?.Field === 'path-pattern' && paths.some((path) => path === '/*' || path === '*');
}

/** An action with one target group may name it without a weight, which then is 1. */
function groupsOf({ Type, TargetGroupArn, ForwardConfig }: Action): WeightedGroup[] {
  if (Type !== 'forward') return [];
  const groups = ForwardConfig?.TargetGroups?.length ? ForwardConfig.TargetGroups : [{ TargetGroupArn }];
  return groups.flatMap((group: { readonly TargetGroupArn?: string; readonly Weight?: string }) =>
    group.TargetGroupArn ? [{ targetGroupArn: group.TargetGroupArn, weight: Number(group.Weight ?? 1) }] : [],
  );
}
