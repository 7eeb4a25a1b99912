import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetDeploymentTargetsCommand,
  type DeploymentInfo,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { WaiterState, WatchState } from '../../../lambda/release/types';
import { createRelease } from '../../../lambda/release/handler';
import { aws } from '../../../lambda/release/aws';
import {
  codedeploy,
  createTime,
  deployment,
  ecs,
  failedBy,
  lifecycle,
  logs,
  properties,
  release,
  startedAs,
  state,
  states,
  suspensions,
  world,
} from './world';

describe('a poll of the waiter', () => {
  test('continues while it runs', async () => {
    deployment('d-1', { status: 'InProgress', createTime });
    await expect(release(state())).resolves.toEqual(state());
    expect(world.responses).toEqual([]);
  });

  describe('green that does not come up', () => {
    const stopped = (id: string, exitCode: number) => ({
      taskArn: `arn:aws:ecs:us-east-1:111111111111:task/cluster/${id}`,
      startedBy: 'ecs-svc/2',
      stopCode: 'EssentialContainerExited' as const,
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode }],
    });
    const limits = {
      FailedTasksMax: '2',
      StartTimeoutSeconds: '600',
      TaskLogs: { LogGroup: 'web-logs', StreamPrefix: 'app', ContainerName: 'app' },
    };
    const watching = () => state({ properties: { ...properties, ...limits } });
    const install = (startTime: Date) =>
      codedeploy.on(BatchGetDeploymentTargetsCommand).resolves({
        deploymentTargets: [
          { ecsTarget: { lifecycleEvents: [{ lifecycleEventName: 'Install', status: 'InProgress', startTime }] } },
        ],
      });
    beforeEach(() => {
      deployment('d-1', { status: 'InProgress', createTime });
      ecs.on(DescribeServicesCommand).resolves({
        services: [{ taskSets: [{ id: 'ecs-svc/2', externalId: 'd-1', status: 'ACTIVE', computedDesiredCount: 2 }] }],
      });
      ecs.on(ListTasksCommand).resolves({ taskArns: ['a', 'b'] });
      codedeploy.on(StopDeploymentCommand).resolves({});
      install(new Date());
    });

    test('crashing tasks stop it, and the reason carries exit code and last lines', async () => {
      ecs.on(DescribeTasksCommand).resolves({ tasks: [stopped('aaaaaaaa-1', 137), stopped('b', 1)] });
      logs.on(FilterLogEventsCommand).resolves({ events: [{ message: 'out of memory' }] });
      const after = await release(watching());
      expect(codedeploy.commandCalls(StopDeploymentCommand)[0]?.args[0].input).toEqual({
        deploymentId: 'd-1',
        autoRollbackEnabled: true,
      });
      expect(logs.commandCalls(FilterLogEventsCommand)[0]?.args[0].input.logStreamNames).toEqual([
        'app/app/aaaaaaaa-1',
      ]);
      failedBy('ALARM_ACTIVE', { status: 'Stopped', errorInformation: { code: 'MANUAL_STOP', message: 'stopped' } });
      deployment('d-2', { status: 'Succeeded' });
      await release(after as WaiterState);
      expect(world.responses[0]?.Reason).toBe(
        'web was not released: 2 green tasks failed (limit 2): task aaaaaaaa stopped with EssentialContainerExited: ' +
          'Essential container in task exited (app exited with 137); its last lines: out of memory; deployment d-1 stopped; ' +
          'production is back on the old version (rollback d-2).',
      );
    });

    test.each([
      ['other task sets', { startedBy: 'ecs-svc/1' }],
      ['scaling', { stopCode: 'ServiceSchedulerInitiated' as const, stoppedReason: 'Scaling activity initiated by' }],
      ['a person', { stopCode: 'UserInitiated' as const }],
    ])('tasks stopped by %s do not count', async (_by, change) => {
      ecs.on(DescribeTasksCommand).resolves({ tasks: ['a', 'b'].map((id) => ({ ...stopped(id, 1), ...change })) });
      await release(watching());
      expect(codedeploy.commandCalls(StopDeploymentCommand)).toEqual([]);
    });

    test('neither does green that is slow, until its time is over', async () => {
      ecs.on(ListTasksCommand).resolves({ taskArns: [] });
      install(new Date(Date.now() - 590_000));
      await release(watching());
      expect(codedeploy.commandCalls(StopDeploymentCommand)).toEqual([]);
      install(new Date(Date.now() - 601_000));
      await expect(release(watching())).resolves.toMatchObject({ stopReason: 'green was not healthy within 10 min' });
      expect(codedeploy.commandCalls(StopDeploymentCommand)).toHaveLength(1);
    });
  });

  test('is done as soon as the bake begins', async () => {
    deployment('d-1', { status: 'InProgress', createTime, instanceTerminationWaitTimeStarted: true });
    lifecycle({ AfterAllowTraffic: 'Succeeded' });
    await expect(release(state())).resolves.toMatchObject({ done: true });
    expect(world.responses).toMatchObject([{ Status: 'SUCCESS', Data: { DeploymentId: 'd-1' } }]);
    expect(suspensions).toEqual([false]);
  });

  test.each<[string, DeploymentInfo, Partial<WaiterState>, boolean]>([
    ['that bakes is followed to its end', { instanceTerminationWaitTimeStarted: true }, {}, true],
    ['that takes too long is followed to its end', {}, { startedAt: new Date(0).toISOString() }, true],
    ['that is over is not followed', { status: 'Succeeded' }, {}, false],
  ])('a deployment %s', async (_which, info, changes, follows) => {
    deployment('d-1', { status: 'InProgress', createTime, ...info });
    await expect(release(state(changes))).resolves.toMatchObject({ done: true });
    const watches = startedAs<WatchState>('greenlight.watch');
    expect(watches).toMatchObject(
      follows ? [{ name: 'watch-d-1', state: { deploymentId: 'd-1', properties, done: false } }] : [],
    );
    expect(world.responses).toHaveLength(1);
  });

  test('CloudFormation gets its response although nothing can follow the bake', async () => {
    deployment('d-1', { status: 'InProgress', createTime, instanceTerminationWaitTimeStarted: true });
    states.on(StartExecutionCommand).rejects(new Error('throttled'));
    await expect(release(state())).resolves.toMatchObject({ done: true });
    expect(world.responses).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('does not respond before scaling is resumed, except at the end of its time', async () => {
    const stuck = createRelease({}, { ...aws, suspendScaling: () => Promise.reject(new Error('throttled')) });
    deployment('d-1', { status: 'Succeeded', createTime });
    await expect(stuck(state())).resolves.toMatchObject({ done: false });
    expect(world.responses).toEqual([]);
    await expect(stuck(state({ startedAt: new Date(Date.now() - 3_600_000).toISOString() }))).resolves.toMatchObject({
      done: true,
    });
    expect(world.responses).toHaveLength(1);
  });
});
