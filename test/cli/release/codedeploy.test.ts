import { finishedOf, type RawDeployment, type RawEvent, releaseOf } from '../../../cli/release/codedeploy';

const info: RawDeployment = {
  deploymentId: 'd-1',
  status: 'InProgress',
  createTime: 1_000,
  blueGreenDeploymentConfiguration: {
    deploymentReadyOption: { waitTimeInMinutes: 15 },
    terminateBlueInstancesOnDeploymentSuccess: { terminationWaitTimeInMinutes: 5 },
  },
};
const events: RawEvent[] = [
  { lifecycleEventName: 'BeforeInstall', status: 'Succeeded', startTime: 1_000, endTime: 1_010 },
  { lifecycleEventName: 'Install', status: 'Succeeded', startTime: 1_010, endTime: 1_060 },
];

test('a release is at the lifecycle event in progress, since it began', () => {
  const shift = { lifecycleEventName: 'AllowTraffic', status: 'InProgress', startTime: 1_100 };
  expect(releaseOf(info, [...events, shift])).toEqual({
    id: 'd-1',
    engine: 'codedeploy',
    status: 'InProgress',
    stage: 'AllowTraffic',
    stageSince: '1970-01-01T00:18:20.000Z',
    startedAt: '1970-01-01T00:16:40.000Z',
    rollsBack: false,
    bakes: false,
    waitsForApproval: false,
  });
});

test('an approval and a bake end after their time since the last event', () => {
  expect(releaseOf({ ...info, status: 'Ready' }, events)).toMatchObject({
    stage: 'Approval',
    waitsForApproval: true,
    stageSince: '1970-01-01T00:17:40.000Z',
    endsAt: '1970-01-01T00:32:40.000Z',
    then: 'the release is rolled back',
  });
  expect(releaseOf({ ...info, instanceTerminationWaitTimeStarted: true }, events)).toMatchObject({
    stage: 'Bake',
    bakes: true,
    waitsForApproval: false,
    endsAt: '1970-01-01T00:22:40.000Z',
    then: 'the old version is removed',
  });
});

test("CodeDeploy's own rollback is one", () => {
  expect(releaseOf({ ...info, creator: 'codeDeployRollback' }, []).rollsBack).toBe(true);
});

test.each<[RawDeployment, string]>([
  [{ status: 'Succeeded' }, 'succeeded'],
  [{ status: 'Failed' }, 'failed'],
  [{ status: 'Stopped' }, 'stopped'],
  [{ status: 'Stopped', rollbackInfo: { rollbackDeploymentId: 'd-2' } }, 'rolled back'],
])('%j ended as %s', (ended, outcome) => {
  expect(finishedOf(ended)).toMatchObject({ outcome });
});
