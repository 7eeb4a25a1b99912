import { contains } from '../../core/cidr';
import type { Firewall, NetworkSource } from '../../core/network';

/** One ingress or egress rule of a security group. */
export interface SecurityGroupRule {
  /** `tcp`, `udp`, `icmp` or `-1` for all. */
  readonly protocol: string;
  /** `-1` for all. */
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidr?: string;
  readonly cidrIpv6?: string;
  readonly groupId?: string;
  readonly description?: string;
}

export interface SecurityGroupRules {
  readonly ingress: readonly SecurityGroupRule[];
  readonly egress: readonly SecurityGroupRule[];
  readonly vpcCidr: string;
}

type Groups = (groupId: string) => SecurityGroupRules | undefined;

/** What a connection's source looks like to a rule. */
interface Peer {
  readonly groupIds: readonly string[];
  /** Whether it comes over the VPC's own addresses. */
  readonly viaPrivateAddress: boolean;
}

/**
 * Security groups as a firewall for TCP connections. A connection to a group-less target is allowed: only interfaces
 * with groups have a firewall.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function createFirewall(groups: Groups): Firewall {
  return {
    allows: (target, port, source, viaPrivateAddress) =>
      (target.length === 0 || mayEnter(groups, target, port, source, viaPrivateAddress)) &&
      mayLeave(groups, target, port, source, viaPrivateAddress),
  };
}

function mayEnter(
  groups: Groups,
  target: readonly string[],
  port: number,
  source: NetworkSource,
  via: boolean,
): boolean {
  const peer: Peer = { groupIds: source.securityGroupIds ?? [], viaPrivateAddress: via && !isInternet(source) };
  return target.some((groupId) => {
    const group = groups(groupId);
    return group?.ingress.some((rule) => covers(rule, port) && matches(rule, peer, group.vpcCidr)) ?? false;
  });
}

/** The internet has no groups of ours to be held back by. */
function mayLeave(
  groups: Groups,
  target: readonly string[],
  port: number,
  source: NetworkSource,
  via: boolean,
): boolean {
  if (isInternet(source)) return true;
  const peer: Peer = { groupIds: target, viaPrivateAddress: via };
  return (source.securityGroupIds ?? []).some((groupId) => {
    const group = groups(groupId);
    return group?.egress.some((rule) => covers(rule, port) && matches(rule, peer, group.vpcCidr)) ?? false;
  });
}

function isInternet(source: NetworkSource): boolean {
  return source.securityGroupIds === undefined || source.securityGroupIds.length === 0;
}

function covers(rule: SecurityGroupRule, port: number): boolean {
  if (rule.protocol === '-1') return true;
  if (rule.protocol !== 'tcp' && rule.protocol !== '6') return false;
  return rule.fromPort === -1 || (rule.fromPort <= port && port <= rule.toPort);
}

/** A rule that names a group matches only private addresses; a CIDR does when it contains the peer's address. */
function matches(rule: SecurityGroupRule, peer: Peer, vpcCidr: string): boolean {
  if (rule.groupId !== undefined) return peer.viaPrivateAddress && peer.groupIds.includes(rule.groupId);
  if (rule.cidr === undefined) return false;
  if (rule.cidr === '0.0.0.0/0') return true;
  return peer.viaPrivateAddress && includesBlock(rule.cidr, vpcCidr);
}

/** Whether `outer` contains the whole of `inner`: the rehearsal's addresses are not split over subnets. */
function includesBlock(outer: string, inner: string): boolean {
  const length = (cidr: string) => Number(cidr.split('/')[1] ?? 32);
  return length(outer) <= length(inner) && contains(outer, inner.split('/')[0] ?? '');
}
