import { Duration } from 'aws-cdk-lib';
import { AlarmRule, AlarmState, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type BlueGreenServiceProps, ServiceListener, TrafficShift, type TrafficShiftOptions } from '../../../lib';
import { newStack } from '../support';
import { alarm, listenerIn } from '../validation/rows';
import { byEcs } from './support';

const canary = (options: TrafficShiftOptions) => TrafficShift.canary(options);
const linear = (options: TrafficShiftOptions) => TrafficShift.linear(options);
/** Props that just pass, and props that just do not. */
test.each<[string, Partial<BlueGreenServiceProps>, Partial<BlueGreenServiceProps>, RegExp]>([
  [
    'a bake of over a day',
    { bakeTime: Duration.minutes(1440) },
    { bakeTime: Duration.minutes(1441) },
    /bakeTime 1441 min: .*0 min to 1440 min.*shorten it, or use ReleaseEngine\.codeDeploy/,
  ],
  [
    'a bake of half a minute',
    { bakeTime: Duration.minutes(0) },
    { bakeTime: Duration.seconds(30) },
    /bakeTime 0\.5 min: must be whole minutes from 0 min/,
  ],
  [
    'linear steps under 3 %',
    { trafficShift: linear({ percent: 3, interval: Duration.minutes(1) }) },
    { trafficShift: linear({ percent: 2, interval: Duration.minutes(1) }) },
    /percent of the linear step 2: .*from 3 to 99.*codeDeploy/,
  ],
  [
    'a canary under 1 %',
    { trafficShift: canary({ percent: 1, interval: Duration.minutes(1) }) },
    { trafficShift: canary({ percent: 0, interval: Duration.minutes(1) }) },
    /percent of the canary 0: .*from 1 to 99.*codeDeploy/,
  ],
  [
    'a canary over 99 %',
    { trafficShift: canary({ percent: 99, interval: Duration.minutes(1) }) },
    { trafficShift: canary({ percent: 100, interval: Duration.minutes(1) }) },
    /percent of the canary 100: .*from 1 to 99.*codeDeploy/,
  ],
  [
    'an interval of a canary of over a day',
    { trafficShift: canary({ percent: 5, interval: Duration.minutes(1440) }) },
    { trafficShift: canary({ percent: 5, interval: Duration.minutes(1441) }) },
    /interval of the canary 1441 min.*1440 min.*codeDeploy/,
  ],
  [
    'an interval of a linear shift under a minute',
    { trafficShift: linear({ percent: 50, interval: Duration.minutes(1) }) },
    { trafficShift: linear({ percent: 50, interval: Duration.seconds(59) }) },
    /interval of the linear step 0\.98\d* min: must be whole minutes from 1 min to 1440 min/,
  ],
  [
    'more than CloudFormation waits',
    {
      bakeTime: Duration.minutes(540),
      trafficShift: canary({ percent: 5, interval: Duration.minutes(1440) }),
    },
    {
      bakeTime: Duration.minutes(541),
      trafficShift: canary({ percent: 5, interval: Duration.minutes(1440) }),
    },
    /trafficShift and bakeTime last 1981 min: .*1980 min: shorten them, or use ReleaseEngine\.codeDeploy/,
  ],
  ['no failed task', { maxFailedTasks: 1 }, { maxFailedTasks: 0 }, /maxFailedTasks 0: must be a whole number from 1/],
  [
    'too many failed tasks',
    { maxFailedTasks: 5000 },
    { maxFailedTasks: 5001 },
    /maxFailedTasks 5001: must be a whole number from 1 to 5000/,
  ],
  [
    'an approval of seconds',
    { approval: { timeout: Duration.minutes(1) } },
    { approval: { timeout: Duration.seconds(90) } },
    /approval\.timeout 1\.5 min: must be whole minutes from 1 min to 1980 min/,
  ],
  [
    'an approval that leaves no time for shift and bake',
    { approval: { timeout: Duration.minutes(1965) } },
    { approval: { timeout: Duration.minutes(1966) } },
    /trafficShift and approval\.timeout and bakeTime last 1981 min: .*1980 min.*codeDeploy/,
  ],
])('refuses %s, with the value, the limit and what to do', (_name, good, bad, sentence) => {
  expect(() => byEcs(good)).not.toThrow();
  expect(() => byEcs(bad)).toThrow(sentence);
});

test('refuses a composite alarm, and one listener for production and test', () => {
  const stack = newStack();
  const composite = new CompositeAlarm(stack, 'All', {
    alarmRule: AlarmRule.fromAlarm(alarm(stack, 'One'), AlarmState.ALARM),
  });
  expect(() => byEcs({ alarms: { additionalAlarms: [composite] } }, stack)).toThrow(
    /additionalAlarms has a composite alarm: .*pass the alarms behind it/,
  );
  const other = newStack();
  const existing = listenerIn(other);
  const listener = ServiceListener.onListener(existing, {
    conditions: [ListenerCondition.pathPatterns(['/*'])],
    priority: 1,
    testRule: { listener: existing, priority: 2 },
  });
  expect(() => byEcs({ listener }, other)).toThrow(
    /listener\.testRule\.listener is the production listener: .*use another/,
  );
});
