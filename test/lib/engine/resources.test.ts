import { ReleaseEngine } from '../../../lib';
import { addedResources } from '../../support/service-resources';

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
  const counts = addedResources(ReleaseEngine.codeDeploy());
  expect(counts).toEqual({ ...COMMON, 'AWS::CodeDeploy::DeploymentGroup': 1, 'Custom::GreenlightEcsRelease': 1 });
  expect(sum(counts)).toBe(33);
});

test('a service that ECS deploys adds no more resources than these', () => {
  const counts = addedResources(ReleaseEngine.ecs());
  expect(counts).toEqual({
    ...COMMON,
    'AWS::ElasticLoadBalancingV2::ListenerRule': 2,
    'Custom::GreenlightDeploymentFollower': 1,
  });
  expect(sum(counts)).toBe(34);
});
