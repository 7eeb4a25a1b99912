import { Token } from 'aws-cdk-lib';
import type { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import type { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Suite } from '../../smoke/suite';
import type { ReleaseGateProps } from './release-gate-props';
import { TwinEnvironmentsBase } from '../twins/imported-twin-environments';
import { mismatchOf, type RoutedRequest } from '../twins/conditions';
import { type GateRequest, plainGet, requestsOf } from './requests';
import { UNKNOWN } from '../internal/wildcards';

/**
 * @param suite as the gate reads it
 * @param subnets those of the gate's functions
 * @returns what is wrong when the service's rule does not take every request that the gate sends
 */
export function gateReachProblem(
  suite: Suite,
  { twins, vpc, versionHeader, suite: { variables } }: ReleaseGateProps,
  subnets: readonly ISubnet[],
): string | undefined {
  if (!(twins instanceof TwinEnvironmentsBase)) return undefined;
  const origin = { hosts: twins._hosts, sources: addressesOf(vpc, subnets) };
  const identity = { sender: 'versionHeader', request: plainGet(twins._healthPath ?? '/', origin) };
  const requests = [...requestsOf(suite, variables, origin), ...(versionHeader ? [identity] : [])];
  return reachProblem(twins._conditions, requests);
}

/** The addresses of the subnets where all of them are known, else those of the VPC, else undefined. */
export function addressesOf(vpc: IVpc, subnets: readonly ISubnet[]): readonly string[] | undefined {
  const found = subnets.map((subnet) => knownRange(() => subnet.ipv4CidrBlock));
  if (found.length > 0 && found.every((range) => range !== undefined)) return found;
  const all = knownRange(() => vpc.vpcCidrBlock);
  return all === undefined ? undefined : [all];
}

/** An imported VPC or subnet throws where its range was not given. */
function knownRange(read: () => string): string | undefined {
  try {
    const range = read();
    return Token.isUnresolved(range) ? undefined : range;
  } catch {
    return undefined;
  }
}

/** Named one by one, and after that counted. */
const NAMED_MAX = 3;

/** @returns what is wrong when a rule with these conditions does not take every one of the gate's requests */
export function reachProblem(
  conditions: readonly ListenerCondition[] | undefined,
  requests: readonly GateRequest[],
): string | undefined {
  const missed = requests.flatMap(({ sender, request }) => {
    const mismatch = mismatchOf(conditions, request);
    return mismatch ? [{ ...mismatch, text: `${sender} sends ${textOf(request)}` }] : [];
  });
  const [first] = missed;
  if (!first) return undefined;
  const named = missed.slice(0, NAMED_MAX).map(({ text }) => text);
  const more = missed.length > NAMED_MAX ? [`${missed.length - NAMED_MAX} more like it`] : [];
  return (
    `${[...named, ...more].join(', ')}: the conditions of the rule do not take that (${first.field}: ` +
    `${first.expected}), so another rule would respond in the service's place: ${first.remedy}`
  );
}

function textOf({ method, hosts, path, query = [] }: RoutedRequest): string {
  const search = query.map(([name, value]) => `${name}=${value}`).join('&');
  const url = `${hosts[0] ?? ''}${path}${search === '' ? '' : `?${search}`}`;
  return `${method} ${url.replaceAll(UNKNOWN, '...')}`;
}
