import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlueGreenService, ReleaseEngine, ServiceListener } from '../../../lib';
import { imageTask, newStack, templateOf } from '../support';

/** A stack of services that share VPC, cluster and load balancer. */
function resourcesOf(engine: ReleaseEngine, ids: readonly string[]): Record<string, number> {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc');
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  ids.forEach((id, index) => {
    const listener = ServiceListener.onLoadBalancer(loadBalancer, { port: 80 + index, testPort: 9001 + index });
    new BlueGreenService(stack, id, { task: imageTask(), engine, cluster, listener });
  });
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(templateOf(stack).Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

/**
 * The resources of one service are those that a second service adds to a stack: VPC, cluster, load balancer and what services
 * of a stack share, such as the functions of custom resources, are there already.
 */
function added(engine: ReleaseEngine): Record<string, number> {
  const [one, two] = [resourcesOf(engine, ['Web']), resourcesOf(engine, ['Web', 'Shop'])];
  return Object.fromEntries(
    Object.entries(two).flatMap(([type, count]) => {
      const more = count - (one[type] ?? 0);
      return more === 0 ? [] : [[type, more]];
    }),
  );
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);

const COMMON = {
  'AWS::ApplicationAutoScaling::ScalableTarget': 1,
  'AWS::CloudWatch::Alarm': 8,
  'AWS::CloudWatch::CompositeAlarm': 1,
  'AWS::EC2::SecurityGroup': 2,
  'AWS::EC2::SecurityGroupEgress': 1,
  'AWS::EC2::SecurityGroupIngress': 1,
  'AWS::ECS::Service': 1,
  'AWS::ECS::TaskDefinition': 1,
  'AWS::ElasticLoadBalancingV2::Listener': 2,
  'AWS::ElasticLoadBalancingV2::TargetGroup': 2,
  // What the functions of custom resources may do for this service.
  'AWS::IAM::Policy': 1,
  // The gate, the tasks and their agent, and what the engine assumes.
  'AWS::IAM::Role': 4,
  'AWS::Lambda::Function': 3,
  'AWS::Logs::LogGroup': 1,
  'Custom::GreenlightLiveRoute': 1,
  'Custom::GreenlightUpdateGuard': 1,
};

test('a service that CodeDeploy ships adds no more resources than these', () => {
  const counts = added(ReleaseEngine.codeDeploy());
  expect(counts).toEqual({ ...COMMON, 'AWS::CodeDeploy::DeploymentGroup': 1, 'Custom::GreenlightEcsRelease': 1 });
  expect(sum(counts)).toBe(33);
});

test('a service that ECS deploys adds no more resources than these', () => {
  const counts = added(ReleaseEngine.ecs());
  expect(counts).toEqual({
    ...COMMON,
    'AWS::ElasticLoadBalancingV2::ListenerRule': 2,
    'Custom::GreenlightDeploymentFollower': 1,
  });
  expect(sum(counts)).toBe(34);
});
