import type { DeploymentInfo } from '@aws-sdk/client-codedeploy';
import { ENDED, IN_FLIGHT, inFlightOf } from '../../aws/deployments';

test.each<[string, DeploymentInfo, boolean]>([
  ['that CodeDeploy created is a rollback', { creator: 'codeDeployRollback' }, true],
  ['that another one triggered is a rollback', { rollbackInfo: { rollbackTriggeringDeploymentId: 'd-0' } }, true],
  ['that was rolled back is none', { creator: 'user', rollbackInfo: { rollbackDeploymentId: 'd-2' } }, false],
  ['of a person is none', { creator: 'user' }, false],
])('a deployment %s', (_what, info, rollback) => {
  expect(inFlightOf({ deploymentId: 'd-1', ...info })).toEqual({
    deploymentId: 'd-1',
    rollback,
    terminationWait: false,
  });
});

test('a deployment that only waits to remove the old tasks says so', () => {
  expect(inFlightOf({ instanceTerminationWaitTimeStarted: true })).toMatchObject({ terminationWait: true });
});

test('every status of CodeDeploy is either in flight or an end', () => {
  const all = ['Created', 'Queued', 'InProgress', 'Baking', 'Succeeded', 'Failed', 'Stopped', 'Ready'];
  expect([...IN_FLIGHT, ...ENDED].sort()).toEqual([...all].sort());
});
