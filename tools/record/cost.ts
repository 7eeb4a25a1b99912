import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assembly, AssemblyStack } from '../../rehearsal/runner/synthesis/assembly';

/** US dollars an hour in US East (N. Virginia): docs/cost.md has the sources and their dates. */
const PER_HOUR: Readonly<Record<string, number>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 0.0225 + 0.008 + 2 * 0.005,
  'AWS::EC2::NatGateway': 0.045,
  'AWS::EC2::EIP': 0.005,
};
const VCPU_HOUR = 0.04048;
const GB_HOUR = 0.004445;

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/**
 * What the stack costs while it exists, US dollars an hour: load balancers, NAT gateways, addresses, and tasks twice, as both
 * sides run during a release. Requests, logs and functions of an hour are cents.
 */
export function costPerHour({ directory }: Assembly, { stackName }: AssemblyStack): number {
  const file = join(directory, `${stackName}.template.json`);
  const { Resources = {} } = JSON.parse(readFileSync(file, 'utf8')) as { Resources?: Record<string, Resource> };
  const all = Object.values(Resources);
  const fixed = all.reduce((sum, { Type }) => sum + (PER_HOUR[Type] ?? 0), 0);
  return fixed + 2 * tasksOf(all);
}

function tasksOf(resources: readonly Resource[]): number {
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  const definitions = ofType('AWS::ECS::TaskDefinition').map(({ Properties = {} }) => priceOf(Properties));
  const dearest = Math.max(0, ...definitions);
  const desired = ofType('AWS::ECS::Service').map(({ Properties = {} }) => Number(Properties.DesiredCount ?? 1));
  return dearest * desired.reduce((sum, count) => sum + count, 0);
}

/** Units: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
function priceOf({ Cpu = 256, Memory = 512 }: Readonly<Record<string, unknown>>): number {
  return (Number(Cpu) / 1_024) * VCPU_HOUR + (Number(Memory) / 1_024) * GB_HOUR;
}
