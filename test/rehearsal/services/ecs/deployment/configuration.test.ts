import {
  checkCloudFormationBake,
  checkConfiguration,
  type DeploymentConfiguration,
  planOf,
  thresholdOf,
} from '../../../../../rehearsal/services/ecs/deployment/configuration';
import type { LoadBalancer } from '../../../../../rehearsal/services/ecs/shapes';
import {
  BLUE,
  FUNCTION,
  GREEN,
  HOOK_ROLE,
  launch,
  PRODUCTION_RULE,
} from '../../../../support/rehearsal/service-deployments';

const { loadBalancers } = launch('v1');
const circumstances = {
  hasSource: true,
  reconciles: false,
  rollbackDelayMs: 0,
  idPrefix: '',
  desiredCount: 4,
  alarmBakeMs: 180_000,
};
const MINUTE = 60_000;

test('schedules have the defaults of the API', () => {
  const schedule = (configuration: DeploymentConfiguration) => {
    const { shares, stepBakeMs, bakeMs } = planOf(configuration, circumstances);
    return { shares, stepBakeMs, bakeMs };
  };
  expect(schedule({ strategy: 'CANARY' })).toEqual({ shares: [5, 100], stepBakeMs: 10 * MINUTE, bakeMs: 0 });
  expect(schedule({ strategy: 'LINEAR' })).toMatchObject({ stepBakeMs: 6 * MINUTE, shares: { length: 10 } });
  expect(schedule({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: '5' })).toMatchObject({
    shares: [100],
    bakeMs: 5 * MINUTE,
  });
  const alarms = { alarmNames: ['errors'], enable: 'true', rollback: true };
  expect(planOf({ alarms }, circumstances)).toMatchObject({ bakeMs: 180_000, alarms: { names: ['errors'] } });
  expect(planOf({ alarms: { ...alarms, enable: false } }, circumstances).alarms).toBeUndefined();
});

test('the circuit breaker takes half of the desired count between 3 and 200, or what the service says', () => {
  expect([1, 4, 100, 1_000].map((desired) => thresholdOf(undefined, desired))).toEqual([3, 3, 50, 200]);
  expect(thresholdOf({ type: 'COUNT', value: 1 }, 100)).toBe(1);
  expect(thresholdOf({ type: 'UNBOUNDED_PERCENT', value: 50 }, 1_000)).toBe(500);
  expect(thresholdOf({ type: 'BOUNDED_PERCENT', value: 10 }, 100)).toBe(10);
});

const blueGreen: DeploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 };
const advanced = (change: Partial<NonNullable<LoadBalancer['advancedConfiguration']>>): LoadBalancer[] =>
  loadBalancers.map((each) => ({
    ...each,
    advancedConfiguration: { alternateTargetGroupArn: GREEN, ...each.advancedConfiguration, ...change },
  }));
const plain = loadBalancers.map(({ advancedConfiguration: _, ...each }) => each);
const lambdaHook = { hookTargetArn: FUNCTION, roleArn: HOOK_ROLE, lifecycleStages: ['PRE_SCALE_UP'] };
const nlb = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/net/shop/1/2';

test.each<[string, DeploymentConfiguration, readonly LoadBalancer[], string]>([
  ['no bake time', { strategy: 'BLUE_GREEN' }, loadBalancers, 'bakeTimeInMinutes must be provided for the BLUE_GREEN'],
  ['a bake of two days', { ...blueGreen, bakeTimeInMinutes: 2880 }, loadBalancers, 'Got: 2880'],
  ['steps of 2 %', { strategy: 'LINEAR', linearConfiguration: { stepPercent: 2 } }, loadBalancers, 'between 3 and 100'],
  ['a canary of 0 %', { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0 } }, loadBalancers, 'Got: 0'],
  [
    'a pause at a shift',
    { ...blueGreen, lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }] },
    loadBalancers,
    'Invalid lifecycle stage provided for Pause Hook',
  ],
  [
    'a hook at SCALE_UP',
    { ...blueGreen, lifecycleHooks: [{ ...lambdaHook, lifecycleStages: ['SCALE_UP'] }] },
    loadBalancers,
    'Invalid lifecycle stage',
  ],
  [
    'an unknown kind of hook',
    { ...blueGreen, lifecycleHooks: [{ targetType: 'SQS', lifecycleStages: ['PRE_SCALE_UP'] }] },
    loadBalancers,
    'Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE',
  ],
  [
    'eleven hooks',
    { ...blueGreen, lifecycleHooks: Array.from({ length: 11 }, () => lambdaHook) },
    loadBalancers,
    'Got: 11',
  ],
  ['no second group', blueGreen, plain, 'advancedConfiguration field is required for all loadBalancers'],
  ['one load balancer of two', blueGreen, [...plain, ...loadBalancers], 'Either all or none of the provided'],
  [
    'one group twice',
    blueGreen,
    advanced({ alternateTargetGroupArn: BLUE }),
    `Duplicate targetGroupArn found: ${BLUE}`,
  ],
  ['a listener of an NLB', blueGreen, advanced({ productionListenerRule: nlb }), `Got: ${nlb}`],
  [
    'one rule for both',
    blueGreen,
    advanced({ testListenerRule: PRODUCTION_RULE }),
    `cannot be used as both production and test listener rules: ${PRODUCTION_RULE}`,
  ],
])('a service with %s is refused', (_, configuration, balancers, sentence) => {
  expect(() => checkConfiguration(configuration, balancers)).toThrow(sentence);
});

const pauseAt = (stage: string): DeploymentConfiguration => ({
  ...blueGreen,
  lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: [stage] }],
});
const PAUSABLE = ['RECONCILE_SERVICE', 'PRE_SCALE_UP', 'POST_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT'];
test.each([...PAUSABLE, 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'])(
  'a pause may be at %s',
  (stage) => {
    expect(() => checkConfiguration(pauseAt(stage), loadBalancers)).not.toThrow();
  },
);
test.each(['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'SCALE_UP', 'BAKE_TIME', 'CLEAN_UP'])(
  'a pause may not be at %s',
  (stage) => {
    expect(() => checkConfiguration(pauseAt(stage), loadBalancers)).toThrow(
      'Invalid lifecycle stage provided for Pause Hook',
    );
  },
);

const hooksOf = (count: number, hook: object) => ({
  ...blueGreen,
  lifecycleHooks: Array.from({ length: count }, () => hook),
});
const paused = (timeoutInMinutes: number) => ({
  targetType: 'PAUSE',
  lifecycleStages: ['PRE_SCALE_UP'],
  timeoutConfiguration: { timeoutInMinutes },
});
const linear = (stepPercent: number, stepBakeTimeInMinutes = 1): DeploymentConfiguration => ({
  strategy: 'LINEAR',
  linearConfiguration: { stepPercent, stepBakeTimeInMinutes },
});
const canaryOf = (canaryPercent: number, canaryBakeTimeInMinutes = 1): DeploymentConfiguration => ({
  strategy: 'CANARY',
  canaryConfiguration: { canaryPercent, canaryBakeTimeInMinutes },
});
/** The last value that passes, the first that does not, and the sentence. */
test.each<[string, DeploymentConfiguration, DeploymentConfiguration, string]>([
  [
    'bake',
    { ...blueGreen, bakeTimeInMinutes: 1440 },
    { ...blueGreen, bakeTimeInMinutes: 1441 },
    '0 and 1440. Got: 1441',
  ],
  [
    'least bake',
    { ...blueGreen, bakeTimeInMinutes: 0 },
    { ...blueGreen, bakeTimeInMinutes: -1 },
    '0 and 1440. Got: -1',
  ],
  ['least step', linear(3), linear(2.9), 'stepPercent must be between 3 and 100. Got: 2.9'],
  ['greatest step', linear(100), linear(100.1), 'stepPercent must be between 3 and 100. Got: 100.1'],
  ['fraction of a step', linear(3.1), linear(3.15), 'stepPercent must be a multiple of 0.1. Got: 3.15'],
  ['bake of a step', linear(50, 1440), linear(50, 1441), 'stepBakeTimeInMinutes must be between 0 and 1440. Got: 1441'],
  ['least canary', canaryOf(0.1), canaryOf(0), 'canaryPercent must be between 0.1 and 100. Got: 0'],
  ['greatest canary', canaryOf(100), canaryOf(100.1), 'canaryPercent must be between 0.1 and 100. Got: 100.1'],
  ['bake of a canary', canaryOf(5, 1440), canaryOf(5, 1441), 'canaryBakeTimeInMinutes must be between 0 and 1440'],
  ['Lambda hooks', hooksOf(10, lambdaHook), hooksOf(11, lambdaHook), 'at most 10 AWS_LAMBDA lifecycle hooks. Got: 11'],
  ['pauses', hooksOf(10, paused(1)), hooksOf(11, paused(1)), 'at most 10 PAUSE lifecycle hooks. Got: 11'],
  ['a pause', hooksOf(1, paused(20_160)), hooksOf(1, paused(20_161)), 'timeoutInMinutes must be between 1 and 20160'],
  ['the shortest pause', hooksOf(1, paused(1)), hooksOf(1, paused(0)), 'between 1 and 20160. Got: 0'],
])('the limit of %s', (_, good, bad, sentence) => {
  expect(() => checkConfiguration(good, loadBalancers)).not.toThrow();
  expect(() => checkConfiguration(bad, loadBalancers)).toThrow(sentence);
});

test.each<[string, DeploymentConfiguration, DeploymentConfiguration]>([
  ['a canary', { ...canaryOf(5, 1440), bakeTimeInMinutes: 540 }, { ...canaryOf(5, 1440), bakeTimeInMinutes: 541 }],
  ['linear steps', { ...linear(25, 600), bakeTimeInMinutes: 180 }, { ...linear(25, 600), bakeTimeInMinutes: 181 }],
  ['a pause', { ...hooksOf(1, paused(1975)) }, { ...hooksOf(1, paused(1976)) }],
])('under CloudFormation, bakes and pauses of %s last 33 hours at most', (_, good, bad) => {
  expect(() => checkCloudFormationBake(good)).not.toThrow();
  expect(() => checkCloudFormationBake(bad)).toThrow(
    'Total bake time (1981 minutes) for progressive deployment exceeds the Cloudformation limit of 33 hours.',
  );
});

test('a service without load balancers and a good configuration pass', () => {
  expect(() => checkConfiguration(blueGreen, [])).not.toThrow();
  expect(() => checkConfiguration({ ...blueGreen, lifecycleHooks: [lambdaHook] }, loadBalancers)).not.toThrow();
});
