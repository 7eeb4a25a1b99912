import { differences } from '../../../tools/record/compare';
import type { RecordedRelease, Recording } from '../../../tools/record/recording';

const release: RecordedRelease = {
  name: 'v2',
  exitCode: 0,
  durationMs: 900_000,
  requests: { sent: 100, failed: 0 },
  stack: [
    { logicalId: 'Task', type: 'AWS::ECS::TaskDefinition', status: 'UPDATE_IN_PROGRESS', atMs: 1 },
    { logicalId: 'Release', type: 'Custom::Release', status: 'UPDATE_IN_PROGRESS', atMs: 2 },
    { logicalId: 'Task', type: 'AWS::ECS::TaskDefinition', status: 'UPDATE_COMPLETE', atMs: 3 },
    { logicalId: 'Release', type: 'Custom::Release', status: 'UPDATE_COMPLETE', atMs: 4 },
  ],
  deployments: [
    {
      status: 'Succeeded',
      creator: 'user',
      configuration: 'CodeDeployDefault.ECSAllAtOnce',
      events: [
        { name: 'BeforeInstall', status: 'Succeeded', durationMs: 10_000 },
        { name: 'Install', status: 'Succeeded', durationMs: 200_000 },
      ],
      atMs: 10,
      durationMs: 800_000,
    },
  ],
  alarms: [
    { alarm: 'Errors', from: 'INSUFFICIENT_DATA', to: 'OK', atMs: 5 },
    { alarm: 'Errors', from: 'OK', to: 'ALARM', atMs: 6 },
  ],
};

const recording = (...releases: RecordedRelease[]): Recording => ({
  format: 1,
  source: 'aws',
  recordedAt: '2026-11-27T00:00:00Z',
  region: 'us-east-1',
  versions: {},
  releases,
});

const [deployment] = release.deployments;
const differing = (change: Partial<RecordedRelease>) =>
  differences(recording(release), recording({ ...release, ...change }));
const deployed = (change: Partial<typeof deployment>) =>
  differing({ deployments: [{ ...deployment, ...change } as NonNullable<typeof deployment>] });

test('a run agrees with its own recording, wherever the states of two resources interleave', () => {
  expect(differing({})).toEqual([]);
  const [a, b, c, d] = release.stack as [never, never, never, never];
  expect(differing({ stack: [b, a, d, c] })).toEqual([]);
});

test('how often an alarm is evaluated before it has data does not count', () => {
  expect(differing({ alarms: release.alarms.slice(1) })).toEqual([]);
});

test.each<[string, string[], () => string[]]>([
  ['the exit code', ['v2: exit code of cdk deploy: 1, recorded: 0'], () => differing({ exitCode: 1 })],
  [
    'a state of a resource',
    ['v2: stack Release (Custom::Release): UPDATE_IN_PROGRESS, recorded: UPDATE_IN_PROGRESS, UPDATE_COMPLETE'],
    () => differing({ stack: release.stack.slice(0, 3) }),
  ],
  [
    'a resource that is in one of them only',
    ['v2: stack Task (AWS::ECS::TaskDefinition): nothing, recorded: UPDATE_IN_PROGRESS, UPDATE_COMPLETE'],
    () => differing({ stack: release.stack.filter(({ logicalId }) => logicalId !== 'Task') }),
  ],
  ['an alarm', ['v2: alarm Errors: nothing, recorded: OK to ALARM'], () => differing({ alarms: [] })],
  ['a deployment more or less', ['v2: deployments: 0, recorded: 1'], () => differing({ deployments: [] })],
  ['its status', ['v2: deployment 1, status: Failed, recorded: Succeeded'], () => deployed({ status: 'Failed' })],
  ['its creator', ['v2: deployment 1, creator: x, recorded: user'], () => deployed({ creator: 'x' })],
  ['its sentence', ['v2: deployment 1, message: no, recorded: none'], () => deployed({ message: 'no' })],
  [
    'its lifecycle',
    ['v2: deployment 1, lifecycle: BeforeInstall Failed, recorded: BeforeInstall Succeeded, Install Succeeded'],
    () => deployed({ events: [{ name: 'BeforeInstall', status: 'Failed', durationMs: 10_000 }] }),
  ],
  [
    'its duration, beyond twice as long',
    ['v2: deployment 1: took 1600.001 s, recorded: 800 s'],
    () => deployed({ durationMs: 1_600_001 }),
  ],
  [
    'the duration of an event, below half as long',
    ['v2: deployment 1, Install: took 99.999 s, recorded: 200 s'],
    () =>
      deployed({
        events: [deployment?.events[0] as never, { name: 'Install', status: 'Succeeded', durationMs: 99_999 }],
      }),
  ],
])('%s is a difference', (_what, expected, found) => {
  expect(found()).toEqual(expected);
});

test('a duration may be twice as long, half as long, or a minute off', () => {
  expect(deployed({ durationMs: 1_600_000 })).toEqual([]);
  expect(deployed({ durationMs: 400_000 })).toEqual([]);
  const [, install] = deployment?.events as [never, never];
  expect(deployed({ events: [{ name: 'BeforeInstall', status: 'Succeeded', durationMs: 70_000 }, install] })).toEqual(
    [],
  );
});

test('other releases are no comparison', () => {
  expect(differences(recording(release), recording({ ...release, name: 'v3' }))).toEqual([
    'releases: v3 where the recording has v2',
  ]);
});
