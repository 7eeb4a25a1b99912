import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeAlarmHistoryCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { ListExecutionsCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { ServiceDeployment } from '../../../../aws/ecs';
import { createRelease } from '../../../../lambda/release/handler';
import { aws } from '../../../../lambda/release/aws';
import { waiterOf } from '../../../../lambda/release/begin';
import type { FollowerState } from '../../../../lambda/release/types';
import { cloudwatch, ecs, event, isInProgress, isRollingBack, logs, startedAs, states, world } from '../world';
import { deploymentOf, followerState, HOOK_FAILED, properties, SERVICE, STACK_SINCE } from './support';

const cloud = {
  resource: undefined as Awaited<ReturnType<typeof aws.stackResource>>,
  deployment: undefined as ServiceDeployment | undefined,
  error: undefined as Error | undefined,
  sinceOf: [] as string[],
};
beforeEach(() => {
  Object.assign(cloud, { deployment: undefined, error: undefined, sinceOf: [] });
  cloud.resource = {
    status: 'UPDATE_IN_PROGRESS',
    statusSinceMs: Date.parse(STACK_SINCE) + 1,
    physicalId: SERVICE,
  };
});

const release = createRelease(
  { GREENLIGHT_WAITER_ARN: 'arn:aws:states:::waiter' },
  {
    ...aws,
    isRollingBack,
    isInProgress,
    operationBegan: () => (cloud.error ? Promise.reject(cloud.error) : Promise.resolve(new Date(STACK_SINCE))),
    stackResource: () => (cloud.error ? Promise.reject(cloud.error) : Promise.resolve(cloud.resource)),
    newestServiceDeployment: (cluster, service, since) => {
      cloud.sinceOf.push(`${cluster} ${service} ${since.toISOString()}`);
      return Promise.resolve(cloud.deployment);
    },
  },
);

const denied = () => Object.assign(new Error('not authorized to perform: ecs:X'), { name: 'AccessDeniedException' });
const execution = (name: string) => ({
  name,
  executionArn: 'other',
  stateMachineArn: 'waiter',
  status: 'RUNNING' as const,
  startDate: new Date(),
});
const followed = () => startedAs<FollowerState>('greenlight.follower').map(({ state }) => state);
const request = (changes: Parameters<typeof event>[0] = {}) =>
  event({
    ResourceType: 'Custom::GreenlightDeploymentFollower',
    LogicalResourceId: 'Follower',
    ResourceProperties: properties,
    OldResourceProperties: { ...properties, Deployed: { TaskDefinition: 'web:1' } },
    ...changes,
  });
const responses = () => world.responses.map(({ Status, Reason }) => [Status, Reason]);

describe('an event of CloudFormation', () => {
  test('starts a waiter, which gets everything that a poll needs', async () => {
    await release(request());
    expect(responses()).toEqual([]);
    expect(followed()).toMatchObject([{ stackSince: STACK_SINCE, properties, done: false, pollAgainSeconds: 5 }]);
  });

  test('follows another service that replaces the one before', async () => {
    await release(request({ OldResourceProperties: { ...properties, ServiceLogicalId: 'Other' } }));
    expect(followed()).toHaveLength(1);
  });

  test.each([
    ['a deletion', () => request({ RequestType: 'Delete' }), 'a resource that is deleted follows nothing'],
    [
      'a change of nothing that starts a deployment',
      () => request({ OldResourceProperties: { ...properties, ServiceName: 'shop' } }),
      'nothing has changed that starts a deployment',
    ],
    [
      'the rollback of a stack',
      () => ((world.stackRollsBack = true), request()),
      'a stack that rolls back has said why already',
    ],
    [
      'properties that are not whole',
      () => request({ ResourceProperties: {} }),
      expect.stringContaining('the deployment cannot be followed: invalid follower properties') as string,
    ],
    [
      'a call that is denied',
      () => ((cloud.error = denied()), request()),
      expect.stringContaining('the deployment cannot be followed: AccessDeniedException: ') as string,
    ],
  ])('%s succeeds at once', async (_what, make, reason) => {
    await release(make());
    expect(responses()).toEqual([['SUCCESS', reason]]);
    expect(followed()).toEqual([]);
  });

  test('a waiter that cannot be started is no reason to fail', async () => {
    states.on(StartExecutionCommand).rejects(new Error('no such state machine'));
    await release(request());
    expect(responses()).toEqual([['SUCCESS', 'the deployment cannot be followed: no such state machine']]);
  });

  test('ends the wait of the request before it, also when it is a rollback', async () => {
    world.stackRollsBack = true;
    const { prefix } = waiterOf(request(), '');
    states.on(ListExecutionsCommand).resolves({ executions: [execution(`${prefix}other`)] });
    states.on(StopExecutionCommand).resolves({});
    await release(request());
    expect(states.commandCalls(StopExecutionCommand)[0]?.args[0].input.executionArn).toBe('other');
  });

  test('that comes too late does nothing', async () => {
    world.stackIsAtRest = true;
    await release(request());
    expect([responses(), followed()]).toEqual([[], []]);
  });
});

describe('a poll', () => {
  test('continues while the deployment runs, and asks only for those of this update', async () => {
    cloud.deployment = deploymentOf({ status: 'IN_PROGRESS' });
    await expect(release(followerState())).resolves.toEqual(followerState());
    expect(cloud.sinceOf).toEqual([`cluster ${SERVICE} ${STACK_SINCE}`]);
    expect(responses()).toEqual([]);
  });

  test('succeeds with the deployment', async () => {
    cloud.deployment = deploymentOf({ status: 'SUCCESSFUL' });
    await expect(release(followerState())).resolves.toMatchObject({ done: true });
    expect(responses()).toEqual([['SUCCESS', 'the deployment was successful']]);
  });

  test('fails with the verdict of the gate that failed, and not with one that passed', async () => {
    cloud.deployment = deploymentOf({ statusReason: HOOK_FAILED });
    const verdict = (outcome: string, lifecycleEvent: string, sentence: string) => ({
      message: JSON.stringify({ kind: 'greenlight.verdict', deploymentId: 'abc', outcome, lifecycleEvent, sentence }),
    });
    logs.on(FilterLogEventsCommand).resolves({
      events: [
        verdict('Failed', 'POST_TEST_TRAFFIC_SHIFT', 'check "home" failed'),
        verdict('Succeeded', 'TEST_TRAFFIC_SHIFT', 'all checks passed'),
      ],
    });
    await expect(release(followerState())).resolves.toMatchObject({ done: true });
    expect(responses()).toEqual([
      [
        'FAILED',
        expect.stringContaining('the POST_TEST_TRAFFIC_SHIFT gate says: check "home" failed; deployment abc '),
      ],
    ]);
    expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input).toMatchObject({
      logGroupName: 'gates',
      startTime: Date.parse(STACK_SINCE) + 60_000,
    });
  });

  test('fails with the value of the alarm that fired, and names one whose value it may not read', async () => {
    cloud.deployment = deploymentOf({ alarms: { triggeredAlarmNames: ['web-errors', 'theirs'] } });
    cloudwatch.on(DescribeAlarmHistoryCommand, { AlarmName: 'web-errors' }).resolves({
      AlarmHistoryItems: [
        {
          Timestamp: new Date(STACK_SINCE),
          HistoryData: JSON.stringify({ newState: { stateValue: 'ALARM', stateReason: '12.0 is over 5.0' } }),
        },
      ],
    });
    await release(followerState());
    expect(responses()).toEqual([
      [
        'FAILED',
        `web was not released: alarm "web-errors" went to ALARM at ${STACK_SINCE}: 12.0 is over 5.0; alarm "theirs" went to ` +
          'ALARM: its value is not known here; deployment abc is being rolled back; production stays on the old version.',
      ],
    ]);
    expect(logs.calls()).toEqual([]);
  });

  test('fails with the tasks that the circuit breaker counted', async () => {
    cloud.deployment = deploymentOf({
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
    });
    ecs.on(ListTasksCommand).resolves({ taskArns: ['a', 'b'] });
    const task = (id: string, revision: string) => ({
      taskArn: `arn:aws:ecs:us-east-1:111111111111:task/cluster/${id}`,
      startedBy: `ecs-svc/${revision}`,
      stopCode: 'EssentialContainerExited' as const,
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode: 1 }],
    });
    ecs.on(DescribeTasksCommand).resolves({ tasks: [task('oldoldold', '1'), task('newnewnew', '2')] });
    await release(followerState());
    expect(responses()).toEqual([
      [
        'FAILED',
        expect.stringContaining('3 green tasks failed (limit 3): task newnewne stopped with EssentialContainerExited'),
      ],
    ]);
  });

  test('what cannot be read is read again at the next poll', async () => {
    cloud.error = new Error('socket hang up');
    await expect(release(followerState())).resolves.toEqual(followerState());
    expect(responses()).toEqual([]);
  });

  test('a call that is denied ends it, and is no failure', async () => {
    cloud.error = denied();
    await expect(release(followerState())).resolves.toMatchObject({ done: true });
    expect(responses()).toMatchObject([['SUCCESS', expect.stringContaining('the deployment cannot be followed')]]);
  });

  test('gives way before CloudFormation stops waiting', async () => {
    cloud.deployment = deploymentOf({ status: 'IN_PROGRESS' });
    const startedAt = new Date(Date.now() - 3_481_000).toISOString();
    await expect(release(followerState({ startedAt }))).resolves.toMatchObject({ done: true });
    expect(responses()).toEqual([
      ['SUCCESS', 'the deployment of web continues, and CloudFormation follows it by itself'],
    ]);
  });
});
