import type { PlannedRelease } from '../../../rehearsal/plan/plan';
import { failureReason, isAsExpected, outcomeOf } from '../../../rehearsal/run/outcome';

test.each([
  [{ cdkExitCode: 0, stackStatus: 'CREATE_COMPLETE', existedBefore: false }, 'created'],
  [{ cdkExitCode: 0, stackStatus: 'UPDATE_COMPLETE', existedBefore: true, deploymentStatus: 'Succeeded' }, 'succeeded'],
  [{ cdkExitCode: 0, stackStatus: 'UPDATE_COMPLETE', existedBefore: true }, 'succeeded'],
  [
    { cdkExitCode: 1, stackStatus: 'UPDATE_ROLLBACK_COMPLETE', existedBefore: true, deploymentStatus: 'Stopped' },
    'rolled-back',
  ],
  // The bake failed after `cdk deploy` was done.
  [{ cdkExitCode: 0, stackStatus: 'UPDATE_COMPLETE', existedBefore: true, deploymentStatus: 'Failed' }, 'rolled-back'],
  [{ cdkExitCode: 1, stackStatus: 'ROLLBACK_COMPLETE', existedBefore: false }, 'rolled-back'],
  [{ cdkExitCode: 1, stackStatus: '', existedBefore: false }, 'refused'],
  [{ cdkExitCode: 1, stackStatus: 'UPDATE_COMPLETE', existedBefore: true }, 'refused'],
] as const)('%j is %s', (facts, outcome) => {
  expect(outcomeOf(facts)).toBe(outcome);
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

test('an outcome with another reason than the plan names is not as expected', () => {
  const planned: PlannedRelease = { name: 'v3', context: {}, expect: 'rolled-back', reason: 'orders' };
  expect(isAsExpected(planned, 'rolled-back', 'check "orders" failed')).toBe(true);
  expect(isAsExpected(planned, 'rolled-back', 'tasks never got healthy')).toBe(false);
  expect(isAsExpected(planned, 'succeeded', 'orders')).toBe(false);
});
