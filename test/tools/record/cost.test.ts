import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costPerHour } from '../../../tools/record/cost';
import { temporaryDirectory } from '../../support/temporary';

function costOf(resources: Readonly<Record<string, { Type: string; Properties?: object }>>): number {
  const directory = temporaryDirectory('assembly');
  writeFileSync(join(directory, 'Shop.template.json'), JSON.stringify({ Resources: resources }));
  return costPerHour({ directory, stacks: [] }, { id: 'Shop', stackName: 'Shop' });
}

test('tasks cost twice what the service wants, as both sides run during a release', () => {
  const task = { Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '1024', Memory: '2048' } };
  const service = { Type: 'AWS::ECS::Service', Properties: { DesiredCount: 3 } };
  expect(costOf({ task, service })).toBeCloseTo(2 * 3 * (0.04048 + 2 * 0.004445), 6);
});

test('load balancers, NAT gateways and addresses cost by the hour, other resources nothing', () => {
  const cost = costOf({
    balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' },
    nat: { Type: 'AWS::EC2::NatGateway' },
    address: { Type: 'AWS::EC2::EIP' },
    role: { Type: 'AWS::IAM::Role' },
  });
  expect(cost).toBeCloseTo(0.0225 + 0.008 + 0.01 + 0.045 + 0.005, 6);
  expect(costOf({})).toBe(0);
});
