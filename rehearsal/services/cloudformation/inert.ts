import { createHash } from 'node:crypto';
import type { ResourceState, World } from '../../core/service';
import { arn, hostOf, slug, urlSuffixOf } from '../../core/service';
import type { Properties } from './template/template';

/** A resource of a type that has no behaviour here. */
export interface InertResource {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
}

/** Types whose `Ref` returns an ARN. */
const arnIds: Readonly<Record<string, (name: string) => readonly [service: string, resource: string]>> = {
  'AWS::CertificateManager::Certificate': (name) => ['acm', `certificate/${name}`],
};

/** Types whose `Ref` and ARN follow no rule, by the resource's name. */
const odd: Readonly<Record<string, (world: World, name: string) => { readonly ref: string; readonly arn: string }>> = {
  'AWS::SQS::Queue': (world, name) => ({
    ref: `https://sqs.${world.region}.${urlSuffixOf(world.region)}/${world.accountId}/${name}`,
    arn: arn(world, 'sqs', name),
  }),
};

/** Types whose `Ref` returns an id of hexadecimal digits behind a prefix; the schemas of others demand that shape. */
const prefixes: Readonly<Record<string, string>> = {
  'AWS::EC2::CustomerGateway': 'cgw',
  'AWS::EC2::Instance': 'i',
  'AWS::EC2::LaunchTemplate': 'lt',
  'AWS::EC2::PrefixList': 'pl',
  'AWS::EC2::TransitGateway': 'tgw',
  'AWS::EC2::TransitGatewayAttachment': 'tgw-attach',
  'AWS::EC2::VPCPeeringConnection': 'pcx',
  'AWS::EC2::Volume': 'vol',
  'AWS::EFS::AccessPoint': 'fsap',
  'AWS::EFS::FileSystem': 'fs',
  'AWS::EFS::MountTarget': 'fsmt',
  'AWS::FSx::FileSystem': 'fs',
};

/** What a database or cache listens on by default, by the begin of its engine's name. */
const enginePorts: Readonly<Record<string, number>> = {
  postgres: 5432,
  'aurora-postgresql': 5432,
  redis: 6379,
  valkey: 6379,
  memcached: 11_211,
  sqlserver: 1433,
  oracle: 1521,
  docdb: 27_017,
};
const MYSQL_PORT = 3306;

/** Types whose `Ref` returns a UUID. */
const uuidIds = new Set(['AWS::KMS::Key', 'AWS::Lambda::EventSourceMapping', 'AWS::CertificateManager::Certificate']);

/** ARN namespaces that are not the type's second part in lower case. */
const arnServices: Readonly<Record<string, string>> = {
  applicationautoscaling: 'application-autoscaling',
  elasticloadbalancingv2: 'elasticloadbalancing',
  stepfunctions: 'states',
  certificatemanager: 'acm',
  wafv2: 'wafv2',
};

/** A record with a documented-looking physical id: the name that the template gives, else one that AWS would make up. */
export function inertState(
  world: World,
  request: { stackName: string; logicalId: string; properties: Properties },
  type: string,
): ResourceState {
  const last = type.split('::').at(-1) ?? '';
  const given = request.properties[`${last}Name`] ?? request.properties.Name;
  const made = uuidIds.has(type)
    ? world.ids.uuid()
    : `${request.stackName.slice(0, 24)}-${request.logicalId.slice(0, 24)}-${world.ids.upper(12)}`;
  const name = typeof given === 'string' ? given : made;
  const prefix = prefixes[type];
  if (prefix !== undefined) return { physicalId: `${prefix}-${world.ids.hex(17)}`, attributes: {} };
  const inArn = arnIds[type]?.(name);
  const known = odd[type]?.(world, name);
  if (known) return { physicalId: known.ref, attributes: { Arn: known.arn } };
  return { physicalId: inArn ? arn(world, ...inArn) : name, attributes: {} };
}

/** `Fn::GetAtt` of an inert resource: its property of that name, or a value in the shape that such attributes have. */
export function inertAttribute(
  world: World,
  type: string,
  record: { readonly state: ResourceState; readonly properties: Properties },
  attribute: string,
): unknown {
  const { physicalId } = record.state;
  if (attribute in record.properties) return record.properties[attribute];
  if (type in prefixes && ['Id', `${type.split('::').at(-1)}Id`].includes(attribute)) return physicalId;
  if (/Port$/.test(attribute)) return String(portOf(record.properties));
  if (attribute.endsWith('Arn')) return physicalId.startsWith('arn:') ? physicalId : inertArn(world, type, physicalId);
  if (/Name$/.test(attribute) && !/Domain|Dns|DNS/.test(attribute)) return physicalId.split(/[:/]/).at(-1);
  if (/(Domain|Dns|DNS|Endpoint|Url|URL)/.test(attribute)) return hostOf(world, physicalId);
  if (/^(Id|.*Id)$/.test(attribute)) return `${slug(attribute)}-${digest(physicalId + attribute)}`;
  return `${slug(physicalId)}-${slug(attribute)}`;
}

function portOf({ Port, Engine }: Properties): unknown {
  const byEngine = Object.entries(enginePorts).find(([name]) => String(Engine).startsWith(name));
  return Port ?? byEngine?.[1] ?? MYSQL_PORT;
}

function inertArn(world: World, type: string, physicalId: string): string {
  const [, service = '', resource = ''] = type.split('::').map((part) => part.toLowerCase());
  return arn(world, arnServices[service] ?? service, `${resource}/${physicalId}`);
}

/** The same id for the same attribute each time. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 17);
}
