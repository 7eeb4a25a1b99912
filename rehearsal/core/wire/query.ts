import { AwsError } from '../service';
import type { DecodedCall, ResponseCodec } from './message';
import { isSenderFault } from './message';
import { styled, toXml, type XmlStyle } from './xml';

interface Tree {
  [name: string]: Tree | string;
}

/**
 * The query protocol: `Action=...&Foo.member.1.Bar=...` in, XML out. Every value arrives as text.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * @throws AwsError MissingAction
 */
export function decodeQuery(form: URLSearchParams, namespace: string): DecodedCall {
  const operation = requiredAction(form);
  return { operation, input: nested(form, (name) => name), codec: queryCodec(operation, namespace) };
}

/**
 * EC2's own form of it: lists without `member` and in the singular (`SubnetId.1` is `SubnetIds`), `item` in responses.
 * https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 * @throws AwsError MissingAction
 */
export function decodeEc2Query(form: URLSearchParams, namespace: string): DecodedCall {
  const operation = requiredAction(form);
  return { operation, input: nested(form, plural), codec: ec2Codec(operation, namespace) };
}

function requiredAction(form: URLSearchParams): string {
  const action = form.get('Action');
  if (!action) throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.');
  return action;
}

const plural = (name: string) => (name.endsWith('s') ? name : `${name}s`);

function nested(form: URLSearchParams, listName: (name: string) => string): unknown {
  const tree: Tree = Object.create(null) as Tree;
  for (const [path, value] of form) {
    // An empty list is sent as an empty parameter, and so is an empty text: both as good as absent.
    const isEmptyParameter = value === '' && !path.includes('.');
    if (path !== 'Action' && path !== 'Version' && !isEmptyParameter) insert(tree, path.split('.'), value);
  }
  return folded(tree, listName);
}

function insert(tree: Tree, path: readonly string[], value: string): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) return void (tree[name] = value);
  const existing = tree[name];
  const inner: Tree = typeof existing === 'object' ? existing : (Object.create(null) as Tree);
  tree[name] = inner;
  insert(inner, rest, value);
}

/** Numbered entries become lists, `entry` ones become maps. */
function folded(node: Tree | string, listName: (name: string) => string): unknown {
  if (typeof node === 'string') return node;
  const names = Object.keys(node);
  if (names.length === 0) return {};
  if (names.length === 1 && (names[0] === 'member' || names[0] === 'entry')) {
    return names[0] === 'member' ? folded(node['member'] ?? '', listName) : mapOf(node['entry'] as Tree, listName);
  }
  if (names.every((name) => /^\d+$/.test(name))) {
    return names.sort((a, b) => Number(a) - Number(b)).map((name) => folded(node[name] ?? '', listName));
  }
  const members = names.map((name) => {
    const value = folded(node[name] ?? '', listName);
    return [Array.isArray(value) ? listName(name) : name, value] as const;
  });
  return Object.fromEntries(members);
}

function mapOf(entries: Tree, listName: (name: string) => string): unknown {
  const pairs = Object.values(entries).filter((entry): entry is Tree => typeof entry === 'object');
  const text = (value: Tree | string | undefined) => (typeof value === 'string' ? value : '');
  return Object.fromEntries(pairs.map((entry) => [text(entry['key']), folded(entry['value'] ?? '', listName)]));
}

const memberStyle: XmlStyle = { listItem: 'member', name: (name) => name };

export function queryCodec(operation: string, namespace: string): ResponseCodec {
  const headers = (requestId: string) => ({ 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
  return {
    success: (output, requestId) => ({
      status: 200,
      headers: headers(requestId),
      body: toXml(
        `${operation}Response`,
        { [`${operation}Result`]: styled(output ?? {}, memberStyle), ResponseMetadata: { RequestId: requestId } },
        namespace,
      ),
    }),
    failure: (error, requestId) => ({
      status: error.statusCode,
      headers: headers(requestId),
      body: toXml(
        'ErrorResponse',
        {
          Error: {
            Type: isSenderFault(error) ? 'Sender' : 'Receiver',
            ...(styled({ Code: error.code, Message: error.message }, memberStyle) as object),
          },
          RequestId: requestId,
        },
        namespace,
      ),
    }),
  };
}

/** Lists whose element is not the member's name in lower camel case. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ */
const ec2Names: Readonly<Record<string, string>> = {
  NetworkInterfaces: 'networkInterfaceSet',
  Groups: 'groupSet',
  PrivateIpAddresses: 'privateIpAddressesSet',
  Ipv6Addresses: 'ipv6AddressesSet',
  TagSet: 'tagSet',
  Tags: 'tagSet',
  AvailabilityZones: 'availabilityZoneInfo',
  Messages: 'messageSet',
  State: 'zoneState',
  Subnets: 'subnetSet',
  Vpcs: 'vpcSet',
  SecurityGroups: 'securityGroupInfo',
  RouteTables: 'routeTableSet',
  Routes: 'routeSet',
  VpnGateways: 'vpnGatewaySet',
  Associations: 'associationSet',
  IpRanges: 'ipRanges',
  Ipv6Ranges: 'ipv6Ranges',
  UserIdGroupPairs: 'groups',
};

function ec2Style(operation: string): XmlStyle {
  // A zone's State is `zoneState`; everything else has a `state` or a `status` of its own name.
  const isZones = operation === 'DescribeAvailabilityZones';
  const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
  const special = (name: string) => (name === 'State' && !isZones ? undefined : ec2Names[name]);
  return { listItem: 'item', name: (name) => special(name) ?? lower(name) };
}

export function ec2Codec(operation: string, namespace: string): ResponseCodec {
  const headers = (requestId: string) => ({ 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId });
  const style = ec2Style(operation);
  return {
    success: (output, requestId) => ({
      status: 200,
      headers: headers(requestId),
      body: toXml(
        `${operation}Response`,
        { requestId, ...(styled({ ...(output as object) }, style) as object) },
        namespace,
      ),
    }),
    failure: (error, requestId) => ({
      status: error.statusCode,
      headers: headers(requestId),
      body: toXml('Response', {
        Errors: { Error: styled({ Code: error.code, Message: error.message }, memberStyle) },
        RequestID: requestId,
      }),
    }),
  };
}
