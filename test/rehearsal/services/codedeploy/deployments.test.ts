import { appSpec, BLUE, codedeployWorld, GREEN, GROUP } from '../../../support/rehearsal/codedeploy';

const MINUTE = 60_000;

describe('a deployment', () => {
  test('shifts by canary, makes green primary, waits and removes blue', async () => {
    const { world, aws, deploy, info } = await codedeployWorld();
    const id = await deploy(appSpec());
    expect((await info(id)).status).toBe('Created');
    await world.clock.advance(MINUTE);
    expect(aws.weights(aws.listeners.prod)).toEqual({ [BLUE]: 90, [GREEN]: 10 });
    expect(aws.weights(aws.rules.api)).toEqual({ [BLUE]: 90, [GREEN]: 10 });
    expect(aws.weights(aws.listeners.test)).toEqual({ [BLUE]: 0, [GREEN]: 100 });
    expect(aws.rules.foreign?.[0]?.TargetGroupArn).toMatch(/other/);
    await world.clock.advance(5 * MINUTE);
    expect(aws.weights(aws.listeners.prod)).toEqual({ [BLUE]: 0, [GREEN]: 100 });
    expect(await info(id)).toMatchObject({ status: 'InProgress', instanceTerminationWaitTimeStarted: true });
    expect(aws.taskSets).toMatchObject([
      { status: 'ACTIVE' },
      { status: 'PRIMARY', externalId: id, taskDefinition: 'app:2' },
    ]);
    await world.clock.advance(10 * MINUTE);
    expect(await info(id)).toMatchObject({
      status: 'Succeeded',
      creator: 'user',
      revision: { appSpecContent: { content: null } },
    });
    expect(aws.taskSets).toHaveLength(1);
  });

  test('the two target groups swap roles at the next release', async () => {
    const { world, aws, deploy, info } = await codedeployWorld();
    await deploy(appSpec());
    await world.clock.advance(30 * MINUTE);
    const second = await deploy(appSpec({}, 3));
    await world.clock.advance(MINUTE);
    expect(aws.weights(aws.listeners.prod)).toEqual({ [GREEN]: 90, [BLUE]: 10 });
    await world.clock.advance(30 * MINUTE);
    expect((await info(second)).status).toBe('Succeeded');
    expect(aws.taskSets).toMatchObject([{ taskDefinition: 'app:3', loadBalancers: [{ targetGroupArn: BLUE }] }]);
  });

  test('an alarm during the shift stops it by name and a rollback routes back', async () => {
    const { world, aws, deploy, info } = await codedeployWorld();
    const id = await deploy(appSpec());
    await world.clock.advance(MINUTE);
    aws.alarms.errors = 'ALARM';
    await world.clock.advance(20_000);
    const failed = await info(id);
    expect(failed).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE' } });
    expect(failed.errorInformation?.message).toMatch(/Activated alarms: <errors>$/);
    const rollbackId = failed.rollbackInfo?.rollbackDeploymentId ?? '';
    expect(await info(rollbackId)).toMatchObject({
      status: 'Succeeded',
      creator: 'codeDeployRollback',
      deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
      rollbackInfo: { rollbackTriggeringDeploymentId: id },
    });
    expect(aws.weights(aws.listeners.prod)).toEqual({ [BLUE]: 100, [GREEN]: 0 });
    expect(aws.weights(aws.listeners.test)).toEqual({ [BLUE]: 100, [GREEN]: 0 });
    expect(aws.taskSets).toMatchObject([{ taskDefinition: 'app:1', status: 'PRIMARY' }]);
  });

  test('an alarm in the bake time makes blue primary again', async () => {
    const { world, aws, deploy, info } = await codedeployWorld();
    const id = await deploy(appSpec());
    await world.clock.advance(8 * MINUTE);
    expect((await info(id)).instanceTerminationWaitTimeStarted).toBe(true);
    aws.alarms.errors = 'ALARM';
    await world.clock.advance(MINUTE);
    expect((await info(id)).status).toBe('Stopped');
    expect(aws.taskSets).toMatchObject([{ taskDefinition: 'app:1', status: 'PRIMARY' }]);
    expect(aws.weights(aws.listeners.prod)).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('a firing alarm stops a new deployment unless this deployment overrides the alarms', async () => {
    const { world, aws, deploy, info } = await codedeployWorld();
    aws.alarms.errors = 'ALARM';
    const stopped = await deploy(appSpec());
    await world.clock.advance(MINUTE);
    expect((await info(stopped)).status).toBe('Stopped');
    const passed = await deploy(appSpec(), { overrideAlarmConfiguration: { enabled: false } });
    await world.clock.advance(30 * MINUTE);
    expect((await info(passed)).status).toBe('Succeeded');
  });

  test('unreadable alarms stop it, unless that is to be ignored', async () => {
    const { world, aws, deploy, info } = await codedeployWorld();
    aws.denied.add('cloudwatch:DescribeAlarms');
    const id = await deploy(appSpec());
    await world.clock.advance(MINUTE);
    expect((await info(id)).errorInformation).toEqual({
      code: 'IAM_ROLE_PERMISSIONS',
      message:
        'The IAM role arn:aws:iam::111111111111:role/deploy does not give you permission to perform operations in the following AWS service: AmazonCloudWatch.',
    });
    const ignoring = { enabled: true, ignorePollAlarmFailure: true, alarms: [{ name: 'errors' }] };
    const passed = await deploy(appSpec(), { overrideAlarmConfiguration: ignoring });
    await world.clock.advance(30 * MINUTE);
    expect((await info(passed)).status).toBe('Succeeded');
  });

  test('a role without a permission fails the deployment with its ARN', async () => {
    const { world, aws, deploy, info } = await codedeployWorld();
    aws.denied.add('ecs:CreateTaskSet');
    const id = await deploy(appSpec());
    await world.clock.advance(MINUTE);
    expect(await info(id)).toMatchObject({ status: 'Failed', errorInformation: { code: 'IAM_ROLE_PERMISSIONS' } });
    expect(aws.weights(aws.listeners.prod)).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  });

  test('green that never becomes steady fails after an hour', async () => {
    const { world, aws, deploy, info } = await codedeployWorld();
    aws.steady = false;
    const id = await deploy(appSpec());
    await world.clock.advance(59 * MINUTE);
    expect((await info(id)).status).toBe('InProgress');
    await world.clock.advance(2 * MINUTE);
    expect((await info(id)).errorInformation).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('60 minutes') as string,
    });
    expect(aws.taskSets).toHaveLength(1);
  });

  test('only calls that AWSCodeDeployRoleForECS allows', async () => {
    const { world, aws, deploy, endHook } = await codedeployWorld();
    await deploy(appSpec({ BeforeInstall: 'pre' }));
    await world.clock.advance(1000);
    await endHook('Succeeded');
    await world.clock.advance(30 * MINUTE);
    expect([...new Set(aws.calls)].sort()).toEqual([
      'cloudwatch:DescribeAlarms',
      'ecs:CreateTaskSet',
      'ecs:DeleteTaskSet',
      'ecs:DescribeServices',
      'ecs:UpdateServicePrimaryTaskSet',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeRules',
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:ModifyListener',
      'elasticloadbalancing:ModifyRule',
      'lambda:Invoke',
    ]);
  });
});

describe('hooks', () => {
  test('get only the two ids, and a second result is refused', async () => {
    const { world, aws, deploy, endHook, call } = await codedeployWorld();
    const id = await deploy(appSpec({ AfterAllowTestTraffic: 'smoke' }));
    await world.clock.advance(MINUTE);
    expect(aws.invoked).toMatchObject([{ name: 'smoke', payload: { DeploymentId: id } }]);
    expect(Object.keys(aws.invoked[0]?.payload ?? {})).toEqual(['DeploymentId', 'LifecycleEventHookExecutionId']);
    await expect(endHook('Unknown')).rejects.toMatchObject({
      code: 'InvalidLifecycleEventHookExecutionStatusException',
    });
    await endHook('Succeeded');
    await expect(endHook('Succeeded')).rejects.toMatchObject({ code: 'LifecycleEventAlreadyCompletedException' });
    const other = { deploymentId: id, lifecycleEventHookExecutionId: 'x', status: 'Succeeded' };
    await expect(call('PutLifecycleEventHookExecutionStatus', other)).rejects.toMatchObject({
      code: 'InvalidLifecycleEventHookExecutionIdException',
    });
  });

  test('Failed rolls back with no production traffic on green', async () => {
    const { world, deploy, endHook, info } = await codedeployWorld();
    const id = await deploy(appSpec({ AfterAllowTestTraffic: 'smoke' }));
    await world.clock.advance(MINUTE);
    await endHook('Failed');
    await world.clock.advance(1000);
    expect((await info(id)).errorInformation).toMatchObject({ code: 'HOOK_EXECUTION_FAILURE' });
    const shifted = world.events.all().filter(({ event, data }) => event === 'weights' && data.route === 'production');
    expect(shifted.map(({ data }) => data.greenPercent)).toEqual([0]);
  });

  test('silence fails the event after an hour, and a late result is refused', async () => {
    const { world, deploy, endHook, info } = await codedeployWorld();
    const id = await deploy(appSpec({ BeforeInstall: 'pre' }));
    await world.clock.advance(61 * MINUTE);
    expect((await info(id)).errorInformation).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('status callback') as string,
    });
    await expect(endHook('Succeeded')).rejects.toMatchObject({ code: 'LifecycleEventAlreadyCompletedException' });
  });
});

test('sends EventBridge each state, once, in the documented form', async () => {
  const BlueGreenDeploymentConfiguration = {
    ...GROUP.BlueGreenDeploymentConfiguration,
    DeploymentReadyOption: { ActionOnTimeout: 'STOP_DEPLOYMENT', WaitTimeInMinutes: 20 },
  };
  const { world, deploy, call } = await codedeployWorld({ ...GROUP, BlueGreenDeploymentConfiguration });
  const entries: { Source: string; DetailType: string; Resources: string[]; Detail: string }[] = [];
  const handle = ({ Entries }: { Entries: typeof entries }) => void entries.push(...Entries);
  world.add({ prefix: 'events', operations: { PutEvents: { handle } } });
  const deploymentId = await deploy(appSpec());
  await world.clock.advance(MINUTE);
  await call('ContinueDeployment', { deploymentId, deploymentWaitType: 'READY_WAIT' });
  await world.clock.advance(30 * MINUTE);
  const details = entries.map(({ Detail }) => JSON.parse(Detail) as Record<string, string>);
  expect(details.map(({ state }) => state)).toEqual(['START', 'READY', 'SUCCESS']);
  expect(details[1]).toMatchObject({ deploymentId, deploymentGroup: 'group', application: 'app', region: 'us-east-1' });
  expect(entries[1]).toMatchObject({
    Source: 'aws.codedeploy',
    DetailType: 'CodeDeploy Deployment State-change Notification',
    Resources: [
      'arn:aws:codedeploy:us-east-1:111111111111:application:app',
      'arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:app/group',
    ],
  });
});
