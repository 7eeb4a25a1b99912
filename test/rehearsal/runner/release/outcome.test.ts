import { type Facts, failureReason, outcomeOf } from '../../../../rehearsal/runner/release/outcome';

const good: Facts = {
  cdkExitCode: 0,
  changedStatuses: ['UPDATE_COMPLETE'],
  existedBefore: true,
  deploymentStatuses: [],
  newTasks: false,
};

test.each<[string, Partial<Facts>, string]>([
  ['a first deployment', { changedStatuses: ['CREATE_COMPLETE'], existedBefore: false }, 'created'],
  ['a blue/green deployment', { deploymentStatuses: ['Succeeded'], newTasks: true }, 'succeeded'],
  ["new tasks by ECS's own update", { newTasks: true }, 'succeeded'],
  ['a change of other resources', {}, 'updated'],
  ['a deployment that changes nothing', { changedStatuses: [] }, 'unchanged'],
  ['a stopped deployment', { cdkExitCode: 1, deploymentStatuses: ['Stopped'] }, 'rolled-back'],
  ['a bake that failed after `cdk deploy` was done', { deploymentStatuses: ['Failed'] }, 'rolled-back'],
  ['one of two deployments that failed', { deploymentStatuses: ['Succeeded', 'Failed'] }, 'rolled-back'],
  [
    'a first deployment that failed',
    { cdkExitCode: 1, changedStatuses: ['ROLLBACK_COMPLETE'], existedBefore: false },
    'rolled-back',
  ],
  ['a first deployment that never began', { cdkExitCode: 1, changedStatuses: [], existedBefore: false }, 'refused'],
  ['an update that never began', { cdkExitCode: 1, changedStatuses: [] }, 'refused'],
])('%s is reported as what it is', (_what, facts, outcome) => {
  expect(outcomeOf({ ...good, ...facts })).toBe(outcome);
});

test('the reason is that of the first resource that failed by itself', () => {
  expect(
    failureReason([
      { ResourceStatus: 'UPDATE_IN_PROGRESS' },
      { ResourceStatus: 'UPDATE_FAILED', ResourceStatusReason: 'Resource update cancelled' },
      {
        ResourceStatus: 'UPDATE_FAILED',
        ResourceStatusReason:
          'Received response status [FAILED] from custom resource. Message returned: check "orders" failed (RequestId: 12ab-34)',
      },
      { ResourceStatus: 'UPDATE_FAILED', ResourceStatusReason: 'later' },
    ]),
  ).toBe('check "orders" failed');
});
