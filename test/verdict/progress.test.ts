import { type Deployment, type Progress, stateOf } from '../../verdict/progress';

const nowMs = 10_000_000;
const running: Deployment = {
  id: 'd-1',
  status: 'InProgress',
  autoRollback: true,
  terminationWait: false,
  events: [],
};
const failed: Deployment = { ...running, status: 'Failed', completedAtMs: nowMs - 5_000 };
const event = (name: string, status: string) => ({ name, status });
const rollback: Deployment = { ...running, id: 'd-2' };

test.each<[string, Progress, object]>([
  ['runs', { deployment: running }, { kind: 'waiting' }],
  ['waits for someone', { deployment: { ...running, status: 'Ready' } }, { kind: 'waiting' }],
  ['succeeded', { deployment: { ...running, status: 'Succeeded' } }, { kind: 'succeeded' }],
  [
    'bakes: the release is over',
    { deployment: { ...running, terminationWait: true, events: [event('AfterAllowTraffic', 'Succeeded')] } },
    { kind: 'succeeded' },
  ],
  [
    'bakes while the last gate still runs',
    { deployment: { ...running, terminationWait: true, events: [event('AfterAllowTraffic', 'InProgress')] } },
    { kind: 'waiting' },
  ],
  ['just failed: a rollback may follow', { deployment: failed }, { kind: 'waiting' }],
  [
    'is rolled back right now',
    { deployment: { ...failed, rollbackDeploymentId: 'd-2' }, rollback },
    { kind: 'waiting' },
  ],
  [
    'was rolled back',
    { deployment: { ...failed, rollbackDeploymentId: 'd-2' }, rollback: { ...rollback, status: 'Succeeded' } },
    { kind: 'failed', aftermath: { kind: 'back', rollbackId: 'd-2' } },
  ],
  [
    'was not rolled back, as that failed',
    { deployment: { ...failed, rollbackDeploymentId: 'd-2' }, rollback: { ...rollback, status: 'Failed' } },
    { kind: 'failed', aftermath: { kind: 'rollback-failed', rollbackId: 'd-2', status: 'Failed' } },
  ],
  [
    'no rollback came within a minute, and traffic had moved',
    { deployment: { ...failed, completedAtMs: nowMs - 60_000, events: [event('AllowTraffic', 'Failed')] } },
    { kind: 'failed', aftermath: { kind: 'left-as-is' } },
  ],
  [
    'was refused before Install: no rollback is waited for',
    { deployment: { ...failed, events: [event('BeforeInstall', 'Failed'), event('Install', 'Skipped')] } },
    { kind: 'failed', aftermath: { kind: 'never-began' } },
  ],
  [
    'no rollback is configured, and traffic never moved',
    { deployment: { ...failed, autoRollback: false, events: [event('AllowTraffic', 'Pending')] } },
    { kind: 'failed', aftermath: { kind: 'never-left' } },
  ],
])('a deployment that %s', (_name, progress, expected) => {
  expect(stateOf(progress, nowMs)).toEqual(expected);
});

test('without a completion time the first sight of the failure counts', () => {
  const deployment = { ...failed, completedAtMs: undefined, events: [event('AllowTraffic', 'Pending')] };
  expect(stateOf({ deployment }, nowMs, nowMs - 59_999)).toEqual({ kind: 'waiting' });
  expect(stateOf({ deployment }, nowMs, nowMs - 60_000)).toMatchObject({ kind: 'failed' });
});
