import { modelOf, serviceOfDeployment } from '../../../cli/release/codedeploy-deployment';
import { fakeAws } from './support';

test('a deployment is read as the release function reads it: milliseconds, error, events', () => {
  const info = {
    deploymentId: 'd-1',
    status: 'Stopped' as const,
    createTime: 1_000,
    completeTime: 1_300,
    errorInformation: { code: 'ALARM_ACTIVE', message: 'an alarm' },
    rollbackInfo: { rollbackDeploymentId: 'd-2' },
    autoRollbackConfiguration: { enabled: true },
  };
  const event = { lifecycleEventName: 'AllowTraffic', status: 'Failed', startTime: 1_200 };
  expect(modelOf(info, [event])).toEqual({
    id: 'd-1',
    status: 'Stopped',
    createdAtMs: 1_000_000,
    completedAtMs: 1_300_000,
    error: { code: 'ALARM_ACTIVE', message: 'an alarm' },
    rollbackDeploymentId: 'd-2',
    autoRollback: true,
    terminationWait: false,
    events: [{ name: 'AllowTraffic', status: 'Failed', startedAtMs: 1_200_000, message: undefined }],
  });
});

test('the service of a deployment is that of its group; a deployment of something else is refused', async () => {
  const aws = (ecsServices: object[]) =>
    fakeAws({
      GetDeployment: () => ({ deploymentInfo: { applicationName: 'app', deploymentGroupName: 'group' } }),
      GetDeploymentGroup: () => ({ deploymentGroupInfo: { ecsServices } }),
    });
  await expect(serviceOfDeployment(aws([{ serviceName: 'web' }]), 'd-1')).resolves.toBe('web');
  await expect(serviceOfDeployment(aws([]), 'd-1')).rejects.toMatchObject({ exitCode: 2 });
});
