import { abort } from '../../../cli/release/abort';
import { approve } from '../../../cli/release/approve';
import type { ReleaseStatus } from '../../../cli/release/status-types';
import { fakeAws } from './support';

const codedeploy: ReleaseStatus = {
  id: 'd-1',
  engine: 'codedeploy',
  status: 'Ready',
  rollsBack: false,
  bakes: false,
  waitsForApproval: true,
};
const ecs: ReleaseStatus = { ...codedeploy, engine: 'ecs', arn: 'arn:1', hookId: 'hook' };

test.each([
  [approve, codedeploy, 'ContinueDeployment', { deploymentId: 'd-1', deploymentWaitType: 'READY_WAIT' }],
  [approve, ecs, 'ContinueServiceDeployment', { serviceDeploymentArn: 'arn:1', hookId: 'hook', action: 'CONTINUE' }],
  [abort, codedeploy, 'StopDeployment', { deploymentId: 'd-1', autoRollbackEnabled: true }],
  [abort, ecs, 'StopServiceDeployment', { serviceDeploymentArn: 'arn:1', stopType: 'ROLLBACK' }],
])('$name of a release calls the operation of its engine', async (act, release, operation, input) => {
  const aws = fakeAws({ [operation]: () => ({}) });
  await act.perform(aws, release);
  expect(aws.calls).toEqual([{ operation, input }]);
  expect(act.refusal(release)).toBeUndefined();
});

test('approve refuses a release that does not wait, and abort one that is rolled back already', () => {
  const running = { ...codedeploy, status: 'InProgress', stage: 'Install', waitsForApproval: false };
  expect(approve.refusal(running)).toBe('release d-1 does not wait for approval: it is InProgress (Install)');
  expect(abort.refusal(running)).toBeUndefined();
  expect(abort.refusal({ ...running, rollsBack: true })).toBe('release d-1 is being rolled back already');
  for (const act of [approve, abort]) expect(act.refusal(undefined)).toContain('no release is in progress');
});

test('abort says what CloudFormation has afterwards: a CodeDeploy bake is not its own', () => {
  expect(abort.done({ ...codedeploy, bakes: true }).join(' ')).toContain('The stack keeps the new version');
  expect(abort.done({ ...ecs, bakes: true }).join(' ')).toContain('its stack rolls back');
  expect(abort.done(codedeploy).join(' ')).toContain('its stack rolls back');
});
