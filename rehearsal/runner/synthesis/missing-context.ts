/** What an app looked up in vain, and what to write for it. Pure but for the reading of the manifest. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** https://docs.aws.amazon.com/cdk/v2/guide/context.html */
export interface MissingContext {
  readonly key: string;
  readonly provider: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** Of an assembly and those of its stages: what the CDK's own context providers could not find. */
export function missingContext(directory: string): readonly MissingContext[] {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file)) return [];
  const { missing = [], artifacts = {} } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const stages = Object.values(artifacts).flatMap(({ properties }) => properties?.directoryName ?? []);
  return [...missing, ...stages.flatMap((name) => missingContext(join(directory, name)))];
}

interface Manifest {
  readonly missing?: readonly MissingContext[];
  readonly artifacts?: Readonly<Record<string, { readonly properties?: { readonly directoryName?: string } }>>;
}

const arn = (service: string, resource: string) => (props: MissingContext['props']) =>
  `arn:aws:${service}:${String(props['region'])}:${String(props['account'])}:${resource}`;

/** Values as the CDK writes them into cdk.context.json, by provider. VPCs and parameters have a seed of their own. */
const EXAMPLES: Readonly<Record<string, (props: MissingContext['props']) => unknown>> = {
  'hosted-zone': ({ domainName }) => ({ Id: '/hostedzone/Z0123456789ABCDEFGHIJ', Name: `${String(domainName)}.` }),
  'load-balancer': (props) => ({
    ipAddressType: 'ipv4',
    loadBalancerArn: arn('elasticloadbalancing', 'loadbalancer/app/shop/0123456789abcdef')(props),
    loadBalancerCanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
    loadBalancerDnsName: `shop-1234567890.${String(props['region'])}.elb.amazonaws.com`,
    securityGroupIds: ['sg-0123456789abcdef0'],
    vpcId: 'vpc-0123456789abcdef0',
  }),
  'load-balancer-listener': (props) => ({
    listenerArn: arn('elasticloadbalancing', 'listener/app/shop/0123456789abcdef/0123456789abcdef')(props),
    listenerPort: 443,
    securityGroupIds: ['sg-0123456789abcdef0'],
  }),
  'security-group': () => ({ securityGroupId: 'sg-0123456789abcdef0', allowAllOutbound: true }),
  ami: () => 'ami-0123456789abcdef0',
  'availability-zones': ({ region }) => ['a', 'b', 'c'].map((zone) => `${String(region)}${zone}`),
  'endpoint-service-availability-zones': ({ region }) => ['a', 'b'].map((zone) => `${String(region)}${zone}`),
  'key-provider': () => ({ keyId: '12345678-1234-1234-1234-123456789012' }),
};

/** @returns what to write into cdk.context.json, with values to change; undefined when a seed has it all */
export function contextExample(missing: readonly MissingContext[]): string | undefined {
  const entries = missing.flatMap(({ key, provider, props }) => {
    const example = EXAMPLES[provider];
    return example ? [[key, example(props)] as const] : [];
  });
  return entries.length > 0 ? JSON.stringify(Object.fromEntries(entries), null, 2) : undefined;
}
