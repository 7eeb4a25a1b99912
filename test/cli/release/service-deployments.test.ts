import { finishedOf, releaseOf } from '../../../cli/release/service-deployments';

const arn = 'arn:aws:ecs:eu-west-1:1:service-deployment/Shop/Web/abc';
const deployment = { serviceDeploymentArn: arn, status: 'IN_PROGRESS', createdAt: 1_000, updatedAt: 1_100 };
const service = {
  serviceArn: 's',
  serviceName: 'Web',
  clusterArn: 'c',
  deploymentConfiguration: { strategy: 'CANARY', bakeTimeInMinutes: 5 },
};

test('a release is at its lifecycle stage', () => {
  const shift = { ...deployment, lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT' };
  expect(releaseOf(shift, service)).toEqual({
    id: 'abc',
    arn,
    engine: 'ecs',
    status: 'IN_PROGRESS',
    stage: 'PRODUCTION_TRAFFIC_SHIFT',
    stageSince: '1970-01-01T00:18:20.000Z',
    startedAt: '1970-01-01T00:16:40.000Z',
    rollsBack: false,
    bakes: false,
    waitsForApproval: false,
  });
});

test('a pause hook waits for a person until it expires', () => {
  const hook = { hookId: 'h', targetType: 'PAUSE', status: 'AWAITING_ACTION', expiresAt: 1_200 };
  const paused = { ...deployment, lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT', lifecycleHookDetails: [hook] };
  expect(releaseOf(paused, service)).toMatchObject({
    waitsForApproval: true,
    hookId: 'h',
    endsAt: '1970-01-01T00:20:00.000Z',
    then: 'the release is rolled back',
  });
  const lambda = { ...paused, lifecycleHookDetails: [{ ...hook, targetType: 'AWS_LAMBDA' }] };
  expect(releaseOf(lambda, service).waitsForApproval).toBe(false);
});

test('a bake ends after its minutes, and a rollback is one', () => {
  expect(releaseOf({ ...deployment, lifecycleStage: 'BAKE_TIME' }, service)).toMatchObject({
    bakes: true,
    endsAt: '1970-01-01T00:23:20.000Z',
  });
  expect(releaseOf({ ...deployment, status: 'ROLLBACK_IN_PROGRESS' }, service).rollsBack).toBe(true);
});

test.each([
  ['SUCCESSFUL', 'succeeded'],
  ['STOPPED', 'stopped'],
  ['ROLLBACK_SUCCESSFUL', 'rolled back'],
  ['ROLLBACK_FAILED', 'failed'],
])('%s ended as %s', (status, outcome) => {
  expect(finishedOf({ ...deployment, status, finishedAt: 1_300, statusReason: 'why' })).toEqual({
    id: 'abc',
    arn,
    outcome,
    endedAt: '1970-01-01T00:21:40.000Z',
    reason: 'why',
  });
});
