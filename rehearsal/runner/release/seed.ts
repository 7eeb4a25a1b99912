import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExistingSubnet, ExistingVpc } from '../../services/ec2/seed';
import type { LocalAws } from '../../local-aws';
import type { Seed } from '../plan/seed';

/** Makes what stacks look up: what the rehearsal file lists, and the VPCs that the app's cdk.context.json remembers. */
export function seed(aws: LocalAws, seeds: readonly Seed[], directory: string): void {
  for (const { account, region, vpcs, parameters } of seeds) {
    const { world, services } = aws.worldOf({ ...(account && { accountId: account }), ...(region && { region }) });
    for (const { subnets, default: isDefault, ...vpc } of vpcs) {
      services.ec2.addVpc({ ...vpc, isDefault, subnets: subnets.map((subnet) => existing(world.region, subnet)) });
    }
    for (const [name, value] of Object.entries(parameters)) services.ssm.put(name, value);
  }
  for (const { accountId, region, vpc } of rememberedVpcs(join(directory, 'cdk.context.json'))) {
    aws.worldOf({ accountId, region }).services.ec2.addVpc(vpc);
  }
}

function existing(region: string, { zone, type, name, ...subnet }: Seed['vpcs'][number]['subnets'][number]) {
  const types = { public: 'Public', private: 'Private', isolated: 'Isolated' } as const;
  const made: ExistingSubnet = {
    ...subnet,
    availabilityZone: `${region}${zone}`,
    type: types[type],
    name: name ?? type,
  };
  return made;
}

interface Remembered {
  readonly accountId: string;
  readonly region: string;
  readonly vpc: ExistingVpc;
}

/** As the CLI writes the result of a VPC's lookup, `VpcContextResponse` of cx-api. */
interface VpcContext {
  readonly vpcId: string;
  readonly vpcCidrBlock?: string;
  readonly subnetGroups?: readonly {
    readonly name: string;
    readonly type: ExistingSubnet['type'];
    readonly subnets: readonly {
      readonly subnetId: string;
      readonly cidr?: string;
      readonly availabilityZone: string;
      readonly routeTableId: string;
    }[];
  }[];
}

function rememberedVpcs(file: string): readonly Remembered[] {
  if (!existsSync(file)) return [];
  const context = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return Object.entries(context).flatMap(([key, value]) => {
    const [, accountId] = /:account=(\d{12})(?::|$)/.exec(key) ?? [];
    const [, region] = /:region=([a-z0-9-]+)(?::|$)/.exec(key) ?? [];
    if (!key.startsWith('vpc-provider:') || !accountId || !region) return [];
    const { vpcId, vpcCidrBlock = '10.0.0.0/16', subnetGroups = [] } = value as VpcContext;
    const subnets = subnetGroups.flatMap(({ name, type, subnets: own }) =>
      own.map(({ subnetId, cidr = '10.0.0.0/24', availabilityZone, routeTableId }): ExistingSubnet => {
        return { id: subnetId, cidr, availabilityZone, routeTableId, type, name };
      }),
    );
    return vpcId ? [{ accountId, region, vpc: { id: vpcId, cidr: vpcCidrBlock, subnets } }] : [];
  });
}
