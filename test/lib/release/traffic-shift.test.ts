import { Duration, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { TrafficShift } from '../../../lib';
import { newStack } from '../support';

const minutes = (count: number) => Duration.minutes(count);

test.each([
  [TrafficShift.allAtOnce(), 'CodeDeployDefault.ECSAllAtOnce'],
  [TrafficShift.canary({ percent: 10, interval: minutes(5) }), 'CodeDeployDefault.ECSCanary10Percent5Minutes'],
  [TrafficShift.canary({ percent: 10, interval: minutes(15) }), 'CodeDeployDefault.ECSCanary10Percent15Minutes'],
  [TrafficShift.linear({ percent: 10, interval: minutes(1) }), 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes'],
  [TrafficShift.linear({ percent: 10, interval: minutes(3) }), 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes'],
])('takes the predefined configuration where it matches: %#', (shift, name) => {
  const stack = newStack();
  expect(shift.bind(stack).deploymentConfigName).toBe(name);
  expect(stack.node.children).toEqual([]);
});

test('makes a configuration where none matches', () => {
  const stack = newStack();
  TrafficShift.linear({ percent: 25, interval: minutes(2) }).bind(stack);
  Template.fromStack(stack).hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', {
    ComputePlatform: 'ECS',
    TrafficRoutingConfig: {
      Type: 'TimeBasedLinear',
      TimeBasedLinear: { LinearPercentage: 25, LinearInterval: 2 },
    },
  });
});

test.each([
  [{ percent: 0, interval: minutes(5) }, /percent 0: must be a whole number from 1 to 99: use TrafficShift.allAtOnce/],
  [{ percent: 100, interval: minutes(5) }, /percent 100/],
  [{ percent: 12.5, interval: minutes(5) }, /percent 12.5/],
  [{ percent: 10, interval: Duration.seconds(90) }, /interval 1.5 min: must be whole minutes from 1 min to 2880 min/],
  [{ percent: 10, interval: Duration.seconds(0) }, /interval 0 min/],
])('refuses %j', (options, message) => {
  expect(() => TrafficShift.canary(options).bind(newStack())).toThrow(message);
});

test('reports both problems at once', () => {
  const shift = TrafficShift.linear({ percent: 0, interval: Duration.seconds(30) });
  expect(() => shift.bind(newStack())).toThrow(/percent 0.*; interval 0.5 min/);
});

test('lets tokens pass', () => {
  const percent = Lazy.number({ produce: () => 20 });
  const shift = TrafficShift.canary({ percent, interval: minutes(5) });
  expect(() => shift.bind(newStack())).not.toThrow();
  expect(shift.duration.toMinutes()).toBe(0);
});

test('says for how long traffic is split', () => {
  expect(TrafficShift.allAtOnce().duration.toMinutes()).toBe(0);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 60 }), (percent, interval) => {
      const options = { percent, interval: minutes(interval) };
      expect(TrafficShift.canary(options).duration.toMinutes()).toBe(interval);
      const steps = Math.ceil(100 / percent);
      expect(TrafficShift.linear(options).duration.toMinutes()).toBe((steps - 1) * interval);
    }),
  );
});
