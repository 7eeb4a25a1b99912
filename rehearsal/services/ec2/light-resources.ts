import { type ResourceType, urlSuffixOf, type World } from '../../core/service';

/** A type of which only the ids matter. */
interface LightType {
  readonly prefix: string;
  readonly attributes: (id: string, world: World) => Readonly<Record<string, unknown>>;
}

const idAs =
  (...names: readonly string[]) =>
  (id: string) =>
    Object.fromEntries(names.map((name) => [name, id]));

/** Ids and attributes as in https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html */
const types: Readonly<Record<string, LightType>> = {
  InternetGateway: { prefix: 'igw', attributes: idAs('InternetGatewayId') },
  VPCGatewayAttachment: {
    prefix: 'vpc-attachment',
    attributes: () => ({ AttachmentType: 'IGW' }),
  },
  NatGateway: { prefix: 'nat', attributes: idAs('NatGatewayId') },
  EIP: {
    prefix: 'eipalloc',
    attributes: (id, world) => ({ AllocationId: id, PublicIp: publicAddress(world) }),
  },
  EIPAssociation: { prefix: 'eipassoc', attributes: idAs('Id') },
  VPCEndpoint: {
    prefix: 'vpce',
    attributes: (id, world) => ({
      Id: id,
      CreationTimestamp: new Date(world.clock.now()).toISOString(),
      DnsEntries: [`Z7HUB22UULQXV:${id}.vpce.${world.region}.${urlSuffixOf(world.region)}`],
      NetworkInterfaceIds: [],
    }),
  },
  FlowLog: { prefix: 'fl', attributes: idAs('Id') },
  NetworkAcl: { prefix: 'acl', attributes: idAs('Id') },
  NetworkAclEntry: { prefix: 'aclentry', attributes: idAs('Id') },
  SubnetNetworkAclAssociation: { prefix: 'aclassoc', attributes: idAs('AssociationId') },
  VPNGateway: { prefix: 'vgw', attributes: idAs('VPNGatewayId') },
  VPCDHCPOptionsAssociation: { prefix: 'dopt-association', attributes: idAs('Id') },
};

/** TEST-NET-3 (RFC 5737): documentation's own addresses, reachable by nobody. */
function publicAddress(world: World): string {
  return `203.0.113.${1 + Math.floor(world.ids.random() * 254)}`;
}

export function lightTypes(world: World): Record<string, ResourceType> {
  const built = Object.entries(types).map(([name, type]): [string, ResourceType] => [
    `AWS::EC2::${name}`,
    {
      create: () => {
        const id = `${type.prefix}-${world.ids.hex(17)}`;
        return { physicalId: id, attributes: type.attributes(id, world) };
      },
      update: ({ current }) => current,
    },
  ]);
  return Object.fromEntries(built);
}
