import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ServiceListener } from '../../../lib';
import { flat, newStack, ofType, serviceIn, templateOf } from '../support';
import { nonEmpty } from '../../support/non-empty';

/** Where tasks and gate run, and whether they find their way out. */

test.each([
  [true, 'ENABLED'],
  [false, 'DISABLED'],
])(
  'tasks in public subnets, with assignPublicIp %s, start so, and each release starts them so',
  (assignPublicIp, expected) => {
    const stack = newStack();
    serviceIn(stack, { taskSubnets: { subnetType: SubnetType.PUBLIC }, assignPublicIp });
    const [, service] = ofType(stack, 'AWS::ECS::Service')[0] ?? [];
    expect(service?.Properties.NetworkConfiguration).toMatchObject({
      AwsvpcConfiguration: { AssignPublicIp: expected },
    });
    const [, release] = ofType(stack, 'Custom::GreenlightEcsRelease')[0] ?? [];
    expect(flat(release?.Properties.AppSpec)).toContain(`"AssignPublicIp":"${expected}"`);
  },
);

test('a VPC without a way out has its gate in the subnets that gate.vpcSubnets names', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc', {
    subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
  const isolated = { subnetType: SubnetType.PRIVATE_ISOLATED };
  serviceIn(stack, {
    listener: ServiceListener.create({ internetFacing: false }),
    vpc,
    taskSubnets: isolated,
    gate: { vpcSubnets: isolated },
  });
  const gates = ofType(stack, 'AWS::Lambda::Function').filter(([id]) => id.startsWith('WebGate'));
  expect(gates).toHaveLength(3);
  for (const [, { Properties }] of nonEmpty(gates)) {
    expect(flat(Properties.VpcConfig)).toContain('VpcIsolatedSubnet1');
  }
  expect(() => templateOf(stack)).not.toThrow();
});
