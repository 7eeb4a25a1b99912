import { queryCall } from '../../../aws/signed-call';
import type { Share } from '../forwards';

const SERVICE = 'elasticloadbalancing';
const VERSION = '2015-12-01';
/** Pages of rules that are read: 100 rules a page, and a listener has 100 unless its quota was raised. */
const PAGES_MAX = 10;

interface ForwardedGroup {
  readonly TargetGroupArn?: string;
  readonly Weight?: string;
}

interface RulesPage {
  readonly Rules?: Members<{ readonly Actions?: Members<ForwardAction> }>;
  readonly NextMarker?: string;
}

interface ForwardAction {
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: { readonly TargetGroups?: Members<ForwardedGroup> };
}

/** A list of the query protocol; an empty one is an empty text. */
type Members<T> = { readonly member?: readonly T[] } | '';

/**
 * What a listener's rules forward to, its default rule included.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
 */
export async function forwards(listenerArn: string, signal: AbortSignal): Promise<readonly Share[]> {
  const shares: Share[] = [];
  let marker: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const parameters = { ListenerArn: listenerArn, ...(marker && { Marker: marker }) };
    const result = (await queryCall(SERVICE, VERSION, 'DescribeRules', parameters, { signal })) as RulesPage;
    shares.push(...listed(result.Rules).flatMap((rule) => listed(rule.Actions).flatMap(sharesOfAction)));
    marker = result.NextMarker;
    if (!marker) break;
  }
  return shares;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
export async function targetHealth(targetGroupArn: string, signal: AbortSignal): Promise<readonly string[]> {
  const parameters = { TargetGroupArn: targetGroupArn };
  const result = (await queryCall(SERVICE, VERSION, 'DescribeTargetHealth', parameters, { signal })) as {
    readonly TargetHealthDescriptions?: Members<{ readonly TargetHealth?: { readonly State?: string } }>;
  };
  return listed(result.TargetHealthDescriptions).map((it) => it.TargetHealth?.State ?? 'unknown');
}

function sharesOfAction({ TargetGroupArn, ForwardConfig }: ForwardAction): Share[] {
  const groups = ForwardConfig ? listed(ForwardConfig.TargetGroups) : [{ TargetGroupArn }];
  return groups.flatMap((group: ForwardedGroup) =>
    group.TargetGroupArn ? [{ targetGroupArn: group.TargetGroupArn, weight: Number(group.Weight ?? 1) }] : [],
  );
}

function listed<T>(list: Members<T> | undefined): readonly T[] {
  return list === undefined || list === '' ? [] : (list.member ?? []);
}
