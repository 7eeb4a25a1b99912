import {
  appSpec,
  BLUE,
  codedeployWorld,
  type DeploymentInfo,
  GREEN,
  GROUP,
} from '../../../support/rehearsal/codedeploy';

const MINUTE = 60_000;

test('CreateDeployment refuses a second one, an unknown group and a wrong AppSpec', async () => {
  const { deploy } = await codedeployWorld();
  await expect(deploy(appSpec(), { deploymentGroupName: 'none' })).rejects.toMatchObject({
    code: 'DeploymentGroupDoesNotExistException',
  });
  await expect(deploy('{}')).rejects.toMatchObject({
    code: 'InvalidRevisionException',
    message: expect.stringContaining('Resources') as string,
  });
  await expect(deploy(': : :')).rejects.toMatchObject({ code: 'InvalidRevisionException' });
  await deploy(appSpec());
  await expect(deploy(appSpec())).rejects.toMatchObject({ code: 'DeploymentLimitExceededException' });
});

test('the revision is kept by its sha256', async () => {
  const { deploy, info, call } = await codedeployWorld();
  const { revision } = await info(await deploy(appSpec()));
  const found = await call<{ revision: DeploymentInfo['revision'] }>('GetApplicationRevision', {
    applicationName: 'app',
    revision,
  });
  expect(found.revision.appSpecContent.content).toBe(appSpec());
});

test('the target shows the lifecycle and both task sets', async () => {
  const { world, deploy, call } = await codedeployWorld();
  const deploymentId = await deploy(appSpec());
  await world.clock.advance(MINUTE);
  const { targetIds } = await call<{ targetIds: string[] }>('ListDeploymentTargets', { deploymentId });
  expect(targetIds).toEqual(['c:s']);
  const result = await call<{ deploymentTargets: unknown[] }>('BatchGetDeploymentTargets', {
    deploymentId,
    targetIds,
  });
  expect(result.deploymentTargets).toMatchObject([
    {
      ecsTarget: {
        status: 'InProgress',
        taskSetsInfo: [
          {
            identifer: 'ecs-svc/1',
            status: 'PRIMARY',
            trafficWeight: 90,
            taskSetLabel: 'Blue',
            targetGroup: { name: 'tg-a' },
          },
          {
            identifer: 'ecs-svc/2',
            status: 'ACTIVE',
            trafficWeight: 10,
            taskSetLabel: 'Green',
            targetGroup: { name: 'tg-b' },
          },
        ],
      },
    },
  ]);
});

test('StopDeployment rolls back when asked, and refuses a finished deployment', async () => {
  const { world, aws, deploy, call, info } = await codedeployWorld({
    ...GROUP,
    AutoRollbackConfiguration: { Enabled: false },
  });
  const deploymentId = await deploy(appSpec());
  await world.clock.advance(MINUTE);
  expect(await call('StopDeployment', { deploymentId, autoRollbackEnabled: true })).toMatchObject({
    status: 'Pending',
  });
  await world.clock.advance(1000);
  expect(await info(deploymentId)).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' } });
  expect(aws.weights(aws.listeners.prod)).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  await expect(call('StopDeployment', { deploymentId })).rejects.toMatchObject({
    code: 'DeploymentAlreadyCompletedException',
  });
});

test('what a stop without a rollback left is removed only once no request goes there', async () => {
  const group = { ...GROUP, AutoRollbackConfiguration: { Enabled: false } };
  const { world, aws, deploy, call } = await codedeployWorld(group);
  const deploymentId = await deploy(appSpec());
  await world.clock.advance(MINUTE);
  await call('StopDeployment', { deploymentId, autoRollbackEnabled: false });
  await world.clock.advance(1000);
  expect(aws.weights(aws.listeners.prod)).toEqual({ [BLUE]: 90, [GREEN]: 10 });
  const next = await deploy(appSpec({}, 3));
  await world.clock.advance(world.parameters.listenerPropagationMs);
  expect(aws.weights(aws.listeners.prod)).toEqual({ [BLUE]: 100, [GREEN]: 0 });
  expect(aws.taskSets).toMatchObject([{ taskDefinition: 'app:1' }, { externalId: deploymentId }]);
  await world.clock.advance(MINUTE);
  expect(aws.taskSets).toMatchObject([{ taskDefinition: 'app:1' }, { externalId: next }]);
});

test('ContinueDeployment ends the ready wait and the bake time', async () => {
  const BlueGreenDeploymentConfiguration = {
    ...GROUP.BlueGreenDeploymentConfiguration,
    DeploymentReadyOption: { ActionOnTimeout: 'STOP_DEPLOYMENT', WaitTimeInMinutes: 20 },
  };
  const { world, aws, deploy, call, info } = await codedeployWorld({ ...GROUP, BlueGreenDeploymentConfiguration });
  const deploymentId = await deploy(appSpec());
  await world.clock.advance(MINUTE);
  expect((await info(deploymentId)).status).toBe('Ready');
  await call('ContinueDeployment', { deploymentId, deploymentWaitType: 'READY_WAIT' });
  await expect(call('ContinueDeployment', { deploymentId })).rejects.toMatchObject({
    code: 'DeploymentIsNotInReadyStateException',
  });
  await world.clock.advance(6 * MINUTE);
  await call('ContinueDeployment', { deploymentId, deploymentWaitType: 'TERMINATION_WAIT' });
  // The listener may still send requests to blue.
  await world.clock.advance(world.parameters.listenerPropagationMs);
  expect(aws.taskSets).toHaveLength(2);
  await world.clock.advance(2 * world.parameters.listenerPropagationMs);
  expect(aws.taskSets).toHaveLength(1);
  expect((await info(deploymentId)).status).toBe('Succeeded');
});
