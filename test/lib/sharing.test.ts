import { type App, Duration } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, Secret as ContainerSecret } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  BlueGreenService,
  type BlueGreenServiceProps,
  ServiceTask,
  SmokeAuth,
  SmokeSuite,
  TrafficShift,
} from '../../lib';
import { flat, newStack, ofType, statements, templateOf } from './support';
import { nonEmpty } from '../support/non-empty';

/** What the services of a stack share, and what each of them adds. */

function stackOf(ids: readonly string[], props: Partial<BlueGreenServiceProps> = {}) {
  const stack = newStack();
  const cluster = new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc') });
  const image = ContainerImage.fromRegistry('example/web:1');
  const services = ids.map(
    (id) =>
      new BlueGreenService(stack, id, {
        ...props,
        task: ServiceTask.fromImage(image, { containerPort: 8080 }),
        cluster,
      }),
  );
  return { stack, services };
}

test('a service adds 35 resources to a stack: each of them names its listeners, tasks, alarms or deployment group', () => {
  const one = templateOf(stackOf(['Shop']).stack).Resources;
  const two = templateOf(stackOf(['Shop', 'Blog']).stack).Resources;
  const added: Record<string, number> = {};
  for (const [id, { Type }] of Object.entries(two)) if (!(id in one)) added[Type] = (added[Type] ?? 0) + 1;
  expect(added).toEqual({
    'AWS::ApplicationAutoScaling::ScalableTarget': 1,
    'AWS::CloudWatch::Alarm': 8,
    'AWS::CloudWatch::CompositeAlarm': 1,
    'AWS::CodeDeploy::DeploymentGroup': 1,
    'AWS::EC2::SecurityGroup': 3,
    'AWS::EC2::SecurityGroupEgress': 1,
    'AWS::EC2::SecurityGroupIngress': 1,
    'AWS::ECS::Service': 1,
    'AWS::ECS::TaskDefinition': 1,
    'AWS::ElasticLoadBalancingV2::Listener': 2,
    'AWS::ElasticLoadBalancingV2::LoadBalancer': 1,
    'AWS::ElasticLoadBalancingV2::TargetGroup': 2,
    'AWS::IAM::Policy': 1,
    'AWS::IAM::Role': 4,
    'AWS::Lambda::Function': 3,
    'AWS::Logs::LogGroup': 1,
    'Custom::GreenlightEcsRelease': 1,
    'Custom::GreenlightLiveRoute': 1,
    'Custom::GreenlightUpdateGuard': 1,
  });
});

test('one application, one dashboard and one log group of gates; a deployment configuration for equal shifts', () => {
  const trafficShift = TrafficShift.canary({ percent: 20, interval: Duration.minutes(7) });
  const { stack, services } = stackOf(['Shop', 'Blog'], { trafficShift });
  for (const type of ['CodeDeploy::Application', 'CloudWatch::Dashboard', 'CodeDeploy::DeploymentConfig'])
    expect([type, ofType(stack, `AWS::${type}`).length]).toEqual([type, 1]);
  expect(services[0]?.application).toBe(services[1]?.application);
  const [event] = services[0]?.gate.lifecycleEvents ?? [];
  if (event) expect(services[0]?.gate.logGroupOf(event)).toBe(services[1]?.gate.logGroupOf(event));
  const body = flat(ofType(stack, 'AWS::CloudWatch::Dashboard')[0]?.[1].Properties.DashboardBody);
  expect(body.match(/## (Shop|Blog)/g)).toEqual(['## Shop', '## Blog']);
});

test('shifts that differ have configurations of their own', () => {
  const { stack, services } = stackOf(['Shop']);
  const { cluster } = services[0] as BlueGreenService;
  for (const percent of [20, 30]) {
    const trafficShift = TrafficShift.canary({ percent, interval: Duration.minutes(7) });
    const image = ContainerImage.fromRegistry('example/web:1');
    new BlueGreenService(stack, `At${percent}`, {
      task: ServiceTask.fromImage(image, { containerPort: 8080 }),
      cluster,
      trafficShift,
    });
  }
  expect(ofType(stack, 'AWS::CodeDeploy::DeploymentConfig')).toHaveLength(2);
});

test('deployment groups have names of their own, and each gate and route is granted only its own group', () => {
  const { stack } = stackOf(['Shop', 'Blog']);
  const names = ofType(stack, 'AWS::CodeDeploy::DeploymentGroup').map(([, { Properties }]) =>
    String(Properties.DeploymentGroupName),
  );
  expect(new Set(names).size).toBe(2);
  const [shop = '', blog = ''] = names;
  const gate = (id: string) =>
    JSON.stringify(statements(stack).filter(({ holder }) => holder.startsWith(`${id}GateRole`)));
  expect(gate('Shop')).toContain(shop);
  expect(gate('Shop')).not.toContain(blog);
  const routes = JSON.stringify(statements(stack).filter(({ holder }) => holder.startsWith('GreenlightLiveRoute')));
  for (const name of nonEmpty(names)) expect(routes).toContain(`/${name}`);
  expect(routes).not.toContain('ListDeploymentGroups');
  expect(
    ofType(stack, 'Custom::GreenlightLiveRoute').map(([, { Properties }]) => Properties.DeploymentGroupName),
  ).toEqual(names);
});

test('secrets under a key of the stack make no cycle: what users grant stays outside the roles', () => {
  const { stack, services } = stackOf(['Shop']);
  const secret = new Secret(stack, 'Token', { encryptionKey: new Key(stack, 'Key') });
  const { cluster } = services[0] as BlueGreenService;
  const image = ContainerImage.fromRegistry('example/web:1');
  const suite = SmokeSuite.of({ name: 'me', path: '/me', auth: SmokeAuth.bearer(secret) });
  const secrets = { TOKEN: ContainerSecret.fromSecretsManager(secret) };
  new BlueGreenService(stack, 'Blog', {
    task: ServiceTask.fromImage(image, { containerPort: 8080, secrets }),
    cluster,
    suite,
  });
  expect(() => (stack.node.root as App).synth()).not.toThrow();
  const holders = statements(stack)
    .filter(({ Action }) => JSON.stringify(Action).includes('secretsmanager:GetSecretValue'))
    .map(({ holder }) => holder.replace(/[0-9A-F]{8}$/, ''));
  expect(holders.sort()).toEqual(['BlogExecutionRoleDefaultPolicy', 'BlogGateRoleDefaultPolicy']);
});
