import {
  broken,
  ended,
  HOOKABLE_EVENTS,
  isTerminal,
  pendingLifecycle,
  started,
} from '../../../../rehearsal/services/codedeploy/lifecycle';

const shown = (lifecycle: ReturnType<typeof pendingLifecycle>) =>
  lifecycle.slice(0, 3).map(({ name, status, startMs, endMs }) => [name, status, startMs, endMs]);

// https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
test('five events of an ECS deployment can be hooked, in this order', () => {
  expect(HOOKABLE_EVENTS).toEqual([
    'BeforeInstall',
    'AfterInstall',
    'AfterAllowTestTraffic',
    'BeforeAllowTraffic',
    'AfterAllowTraffic',
  ]);
});

test('an event starts, ends, and what follows a failure is skipped', () => {
  const begun = started(
    ended(started(pendingLifecycle(), 'BeforeInstall', 1), 'BeforeInstall', 'Succeeded', 2),
    'Install',
    3,
  );
  expect(shown(begun)).toEqual([
    ['BeforeInstall', 'Succeeded', 1, 2],
    ['Install', 'InProgress', 3, undefined],
    ['AfterInstall', 'Pending', undefined, undefined],
  ]);
  expect(shown(broken(begun, 9))).toEqual([
    ['BeforeInstall', 'Succeeded', 1, 2],
    ['Install', 'Failed', 3, 9],
    ['AfterInstall', 'Skipped', undefined, undefined],
  ]);
});

test('an event that ends without a start took no time', () => {
  expect(shown(ended(pendingLifecycle(), 'BeforeInstall', 'Skipped', 5))[0]).toEqual([
    'BeforeInstall',
    'Skipped',
    5,
    5,
  ]);
});

test.each([
  ['Created', false],
  ['InProgress', false],
  ['Ready', false],
  ['Succeeded', true],
  ['Failed', true],
  ['Stopped', true],
] as const)('a deployment that is %s has ended: %s', (status, expected) => expect(isTerminal(status)).toBe(expected));
