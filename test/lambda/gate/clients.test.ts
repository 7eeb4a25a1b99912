import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { BatchGetDeploymentTargetsCommand, CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { mockClient } from 'aws-sdk-client-mock';
import { clients } from '../../../lambda/gate/clients';

const codedeploy = mockClient(CodeDeployClient);
const cloudwatch = mockClient(CloudWatchClient);
const { signal } = new AbortController();
beforeEach(() => {
  codedeploy.reset();
  cloudwatch.reset();
});

describe('the target group of green', () => {
  const taskSetsInfo = [
    { taskSetLabel: 'Blue' as const, targetGroup: { name: 'web-b' } },
    { taskSetLabel: 'Green' as const, targetGroup: { name: 'web-a' } },
  ];

  test('is that of the task set that CodeDeploy labels Green, whatever the group is called', async () => {
    for (const order of [taskSetsInfo, [...taskSetsInfo].reverse()]) {
      codedeploy
        .on(BatchGetDeploymentTargetsCommand, { deploymentId: 'd-1', targetIds: ['cluster:web'] })
        .resolves({ deploymentTargets: [{ ecsTarget: { taskSetsInfo: order } }] });
      expect(await clients.greenTargetGroup('d-1', 'cluster:web', signal)).toBe('web-a');
    }
  });

  test('is unknown before the task set is there', async () => {
    const blue = taskSetsInfo.slice(0, 1);
    codedeploy
      .on(BatchGetDeploymentTargetsCommand)
      .resolves({ deploymentTargets: [{ ecsTarget: { taskSetsInfo: blue } }] });
    expect(await clients.greenTargetGroup('d-1', 'cluster:web', signal)).toBeUndefined();
  });
});

test('alarms are read a hundred at a time, and composite ones only by the names that no metric alarm has', async () => {
  const names = Array.from({ length: 230 }, (_, index) => `alarm-${index}`);
  const isComposite = (name: string) => name.endsWith('9');
  cloudwatch
    .on(DescribeAlarmsCommand)
    .callsFake(({ AlarmNames, AlarmTypes }: { AlarmNames: string[]; AlarmTypes: string[] }) => {
      const composite = AlarmTypes[0] === 'CompositeAlarm';
      const found = AlarmNames.filter((name) => isComposite(name) === composite);
      const alarms = found.map((AlarmName) => ({ AlarmName, StateValue: 'OK' }));
      return composite ? { CompositeAlarms: alarms } : { MetricAlarms: alarms };
    });
  const described = await clients.describeAlarms(names, signal);
  expect(described.map(({ name }) => name).sort()).toEqual([...names].sort());
  const calls = cloudwatch.commandCalls(DescribeAlarmsCommand).map(({ args: [{ input }] }) => input);
  expect(calls.map(({ AlarmNames, AlarmTypes }) => [AlarmTypes?.[0], AlarmNames?.length])).toEqual([
    ['MetricAlarm', 100],
    ['MetricAlarm', 100],
    ['MetricAlarm', 30],
    ['CompositeAlarm', 23],
  ]);
});

// DescribeAlarms without names describes every alarm of the account.
test('a hundred alarms are one call, and nothing is read for no names', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `alarm-${index}`);
  cloudwatch
    .on(DescribeAlarmsCommand)
    .resolves({ MetricAlarms: names.map((AlarmName) => ({ AlarmName, StateValue: 'OK' })) });
  expect(await clients.describeAlarms(names, signal)).toHaveLength(100);
  expect(await clients.describeAlarms([], signal)).toEqual([]);
  expect(cloudwatch.commandCalls(DescribeAlarmsCommand)).toHaveLength(1);
});

test('an alarm has been in its state since the transition, or since the update where CloudWatch has no transition', async () => {
  const [transition, update] = [new Date(1_000), new Date(2_000)];
  const since = { StateTransitionedTimestamp: transition, StateUpdatedTimestamp: update };
  cloudwatch.on(DescribeAlarmsCommand).resolves({
    MetricAlarms: [
      { AlarmName: 'a', StateValue: 'ALARM', StateReason: 'why', ...since },
      { AlarmName: 'b', StateValue: 'OK', StateUpdatedTimestamp: update },
    ],
  });
  expect(await clients.describeAlarms(['a', 'b'], signal)).toEqual([
    { name: 'a', state: 'ALARM', reason: 'why', since: transition },
    { name: 'b', state: 'OK', reason: undefined, since: update },
  ]);
});

test('a listener settles 5 seconds after the hook was called, and at once when the run is cut off', async () => {
  jest.useFakeTimers();
  try {
    const ends: string[] = [];
    const cut = new AbortController();
    const never = new AbortController().signal;
    void clients.untilListenerSettles(Date.now(), never).then(() => ends.push('settled'));
    void clients.untilListenerSettles(Date.now(), cut.signal).then(() => ends.push('cut off'));
    void clients.untilListenerSettles(Date.now() - 60_000, never).then(() => ends.push('long ago'));
    cut.abort();
    await jest.advanceTimersByTimeAsync(4_900);
    expect(ends.sort()).toEqual(['cut off', 'long ago']);
    await jest.advanceTimersByTimeAsync(200);
    expect(ends).toContain('settled');
  } finally {
    jest.useRealTimers();
  }
});
