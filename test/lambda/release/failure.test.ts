import { DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetDeploymentCommand } from '@aws-sdk/client-codedeploy';
import type { WaiterState } from '../../../lambda/release/types';
import { createRelease } from '../../../lambda/release/handler';
import { type Aws, aws } from '../../../lambda/release/aws';
import {
  cloudwatch,
  codedeploy,
  completeTime,
  createTime,
  deployment,
  failedBy,
  lifecycle,
  logs,
  properties,
  release,
  state,
  suspendScaling,
  world,
} from './world';

describe('a poll of the waiter after a failure', () => {
  test('a failed gate: waits for the rollback, then says which check saw what', async () => {
    failedBy('HOOK_EXECUTION_FAILURE');
    lifecycle({ BeforeInstall: 'Succeeded', AfterAllowTestTraffic: 'Failed', AllowTraffic: 'Skipped' });
    const sentence = 'check "orders" failed: status was 500, expected 200 (GET http://lb/orders, 3 attempts)';
    logs
      .on(FilterLogEventsCommand)
      .resolvesOnce({ events: [], nextToken: 'more' })
      .resolves({
        events: [
          { message: JSON.stringify({ kind: 'greenlight.verdict', deploymentId: 'd-0', sentence: 'of another' }) },
          { message: JSON.stringify({ kind: 'greenlight.verdict', deploymentId: 'd-1', sentence }) },
        ],
      });
    deployment('d-2', { status: 'InProgress' });
    const waiting = await release(state());
    expect(waiting).toMatchObject({ done: false, failureSeenAt: expect.any(String) as string });
    deployment('d-2', { status: 'Succeeded' });
    await expect(release(waiting as WaiterState)).resolves.toMatchObject({ done: true });
    expect(world.responses).toMatchObject([
      {
        Status: 'FAILED',
        Reason: `web was not released: the AfterAllowTestTraffic gate says: ${sentence}; deployment d-1 failed; production is back on the old version (rollback d-2).`,
      },
    ]);
    expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toEqual({
      logGroupName: '/aws/lambda/smoke',
      filterPattern: '{ ($.kind = "greenlight.verdict") && ($.deploymentId = "d-1") }',
      startTime: createTime.getTime(),
    });
  });

  test('an alarm: names the newest transition before the end, with value and threshold', async () => {
    failedBy('ALARM_ACTIVE', { status: 'Stopped' });
    lifecycle({ AllowTraffic: 'Failed' });
    deployment('d-2', { status: 'Succeeded' });
    const item = (minutesBefore: number, stateValue: string, stateReason: string) => ({
      Timestamp: new Date(completeTime.getTime() - minutesBefore * 60_000),
      HistoryData: JSON.stringify({ newState: { stateValue, stateReason } }),
    });
    const reason = 'Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (1.0).';
    cloudwatch.on(DescribeAlarmHistoryCommand).resolves({ AlarmHistoryItems: [] });
    cloudwatch.on(DescribeAlarmHistoryCommand, { AlarmName: 'web-errors' }).resolves({
      AlarmHistoryItems: [item(-1, 'ALARM', 'too late'), item(1, 'ALARM', reason), item(3, 'OK', 'fine')],
    });
    await release(state());
    const at = new Date(completeTime.getTime() - 60_000).toISOString();
    expect(world.responses[0]?.Reason).toBe(
      `web was not released: alarm "web-errors" went to ALARM at ${at}: ${reason.slice(0, -1)}; deployment d-1 stopped; ` +
        'production is back on the old version (rollback d-2).',
    );
    expect(cloudwatch.commandCalls(DescribeAlarmHistoryCommand)[0]?.args[0].input).toMatchObject({
      HistoryItemType: 'StateUpdate',
      StartDate: createTime,
    });
  });

  test('an alarm that fired before the deployment began is found by its state', async () => {
    failedBy('ALARM_ACTIVE');
    lifecycle({});
    deployment('d-2', { status: 'Failed' });
    cloudwatch.on(DescribeAlarmHistoryCommand).resolves({});
    cloudwatch.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [{ AlarmName: 'web-latency', StateReason: '2.5 > 1.0', StateUpdatedTimestamp: new Date(0) }],
    });
    await release(state());
    expect(world.responses[0]?.Reason).toMatch(
      /alarm "web-latency" went to ALARM at 1970-01-01T00:00:00.000Z: 2.5 > 1.0; deployment d-1 failed; its rollback d-2 failed too/,
    );
  });

  test('evidence that cannot be read leaves CodeDeploy’s own reason, at most 1000 characters', async () => {
    failedBy('ALARM_ACTIVE', {
      errorInformation: { code: 'ALARM_ACTIVE', message: `An alarm fired. ${'x'.repeat(2_000)}` },
    });
    lifecycle({});
    deployment('d-2', { status: 'Succeeded' });
    cloudwatch.on(DescribeAlarmHistoryCommand).rejects(new Error('throttled'));
    await release(state());
    expect(world.responses[0]?.Reason).toMatch(
      /^web was not released: An alarm fired\. x+….*production is back on the old version/,
    );
    expect(world.responses[0]?.Reason.length).toBeLessThanOrEqual(1_000);
  });

  test('a rollback of the stack whose deployment fails succeeds, or the stack would be stuck', async () => {
    failedBy('HOOK_EXECUTION_FAILURE');
    deployment('d-2', { status: 'Succeeded' });
    await release(state({ stackRollsBack: true }));
    expect(world.responses).toMatchObject([
      { Status: 'SUCCESS', Reason: expect.stringMatching(/^web was not released: .* \(rollback d-2\)/) as string },
    ]);
  });

  test('the timeout fails clearly and says that the deployment continues', async () => {
    deployment('d-1', { status: 'InProgress', createTime });
    await release(state({ startedAt: new Date(Date.now() - 3_001_000).toISOString() }));
    expect(world.responses[0]).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(
        /d-1 did not end within 3000 s; it is InProgress and continues in CodeDeploy/,
      ) as string,
    });
  });

  describe('a call that IAM denies for longer than it needs to settle ends the release with that sentence', () => {
    const denies = () => Object.assign(new Error('not authorized to perform: it'), { name: 'AccessDeniedException' });
    const sentence =
      /^web was not released: AccessDeniedException: not authorized to perform: it: denied for longer than IAM/;
    const followed = { properties, startedAt: new Date().toISOString() };

    test.each<[string, (aws: Aws) => Partial<Aws>]>([
      ['BatchGetDeploymentTargets', () => ({ lifecycleEvents: () => Promise.reject(denies()) })],
      ['GetDeployment', () => ({ deployment: () => Promise.reject(denies()) })],
      ['RegisterScalableTarget', () => ({ suspendScaling: () => Promise.reject(denies()) })],
    ])('%s', async (_call, change) => {
      deployment('d-1', { status: 'Succeeded', createTime });
      const refused = createRelease({}, { ...aws, suspendScaling, ...change(aws) });
      await expect(refused(state(followed))).resolves.toMatchObject({ done: true });
      expect(world.responses).toMatchObject([{ Status: 'FAILED', Reason: expect.stringMatching(sentence) as string }]);
    });
  });

  test('an unreadable deployment is polled again, until the time is over', async () => {
    codedeploy.on(GetDeploymentCommand).rejects(new Error('throttled'));
    await expect(release(state())).resolves.toMatchObject({ done: false });
    expect(world.responses).toEqual([]);
    await expect(release(state({ startedAt: new Date(0).toISOString() }))).resolves.toMatchObject({ done: true });
    expect(world.responses[0]?.Status).toBe('FAILED');
  });
});
