import fc from 'fast-check';
import { AwsError } from '../../../../../rehearsal/core/service';
import { HOOKABLE_STAGES, PAUSABLE_STAGES } from '../../../../../rehearsal/services/ecs/deployment/stages';
import { nonEmpty } from '../../../../support/non-empty';
import { FUNCTION, HOOK_ROLE } from '../../../../support/rehearsal/service-deployment-fakes';
import { type HookMode, ServiceHistory, type Version } from '../../../../support/rehearsal/service-history';

const anyTimeout = fc.record({
  Action: fc.constantFrom('ROLLBACK', 'CONTINUE'),
  TimeoutInMinutes: fc.constantFrom(20, 90),
});
const anyHook = fc.oneof(
  fc.record({
    HookTargetArn: fc.constant(FUNCTION),
    RoleArn: fc.constant(HOOK_ROLE),
    LifecycleStages: fc.subarray([...HOOKABLE_STAGES], { minLength: 1 }),
    TimeoutConfiguration: anyTimeout,
  }),
  fc.record({
    TargetType: fc.constant('PAUSE'),
    LifecycleStages: fc.subarray([...PAUSABLE_STAGES], { minLength: 1, maxLength: 2 }),
    TimeoutConfiguration: anyTimeout,
  }),
);
const anyStrategy = fc.constantFrom(
  { Strategy: 'BLUE_GREEN' },
  { Strategy: 'CANARY', CanaryConfiguration: { CanaryPercent: 0.5, CanaryBakeTimeInMinutes: 15 } },
  { Strategy: 'LINEAR', LinearConfiguration: { StepPercent: 33.3, StepBakeTimeInMinutes: 15 } },
);
const anyConfiguration = fc
  .record({
    strategy: anyStrategy,
    BakeTimeInMinutes: fc.constantFrom(0, 30, 30),
    LifecycleHooks: fc.array(anyHook, { maxLength: 2, size: 'max' }),
    Alarms: fc.record({
      AlarmNames: fc.constant(['errors']),
      Enable: fc.constantFrom(true, true, false),
      Rollback: fc.constantFrom(true, true, false),
    }),
    DeploymentCircuitBreaker: fc.record({ Enable: fc.boolean(), Rollback: fc.constantFrom(true, true, false) }),
  })
  .map(({ strategy, ...rest }) => ({ ...strategy, ...rest }));

type Command = (history: ServiceHistory) => void | Promise<void>;
/** What a failing sequence prints. */
const named = (name: string, run: Command) => Object.assign(run, { toString: () => name });

const anyVersion = fc.constantFrom<Version>('good-1', 'good-2', 'good-3', 'good-2', 'slow-1', 'sick-1', 'crashing-1');
const wait = (minutes: number) => named(`wait ${minutes}`, ({ clock }) => clock.advance(minutes * 60_000));
const anyWait = fc.constantFrom(0.2, 1, 3, 12, 31, 70).map(wait);
const anyRelease: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: anyVersion.map((to) => named(`stack to ${to}`, (history) => history.updateStack(to))) },
  { weight: 1, arbitrary: anyVersion.map((to) => named(`service to ${to}`, (history) => history.updateService(to))) },
);
const anyDisturbance: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom<HookMode>('succeeds', 'succeeds', 'succeeds', 'fails', 'again', 'still', 'throws', 'hangs')
      .map((mode) => named(`hooks: ${mode}`, (history) => void (history.hookMode = mode))),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('ROLLBACK' as const, 'ABORT' as const)
      .map((type) => named(`stop ${type}`, (history) => history.stopDeployment(type))),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('CONTINUE' as const, 'CONTINUE' as const, 'ROLLBACK' as const)
      .map((action) => named(`continue ${action}`, (history) => history.continueDeployment(action))),
  },
  { weight: 4, arbitrary: fc.constant(named('alarm', (history) => history.fireAlarm())) },
  { weight: 1, arbitrary: fc.constant(named('cancel', (history) => history.cancelStack())) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(0, 50, 100)
      .map((blue) => named(`blue to ${blue}`, (history) => history.resetRule(blue))),
  },
  { weight: 1, arbitrary: fc.constantFrom(true, false).map((denies) => named(`deny: ${denies}`, deny(denies))) },
);

/** A release, and what comes in its way. */
const anyEpisode = fc
  .tuple(anyRelease, anyWait, anyDisturbance, anyWait, fc.option(anyDisturbance))
  .map((commands) => commands.filter((command) => command !== null));

const deny = (denies: boolean) => (history: ServiceHistory) => {
  if (denies) history.refused.set('ModifyRule', new AwsError('AccessDenied', 'no'));
  else history.refused.delete('ModifyRule');
};

/** What the sequences must come to, or the invariants would hold of nothing. */
const REACHED = [
  ...['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'superseded', 'rule reset'],
  ...['alarm in the bake', 'alarm before the bake', 'alarm before the start', 'circuit breaker'],
  ...['update cancelled', 'stack rolled back', 'rollback of the stack deploys nothing'],
  ...['hook succeeds', 'hook fails', 'hook again', 'hook still', 'hook throws', 'hook hangs'],
  ...['AWS_LAMBDA SUCCEEDED', 'AWS_LAMBDA FAILED', 'AWS_LAMBDA TIMED_OUT'],
  ...['PAUSE SUCCEEDED', 'PAUSE FAILED', 'PAUSE TIMED_OUT', 'pause: CONTINUE', 'pause: ROLLBACK'],
  ...['weights of a shift', 'weights of a rollback'],
];

const SEQUENCES = 10_000;

test('10,000 histories of a service: traffic has healthy targets, one deployment at a time ends as documented, and what was rolled back stays so', async () => {
  const total = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      anyConfiguration,
      fc.array(anyEpisode, { minLength: 1, maxLength: 3 }),
      async (given, episodes) => {
        const history = new ServiceHistory(given);
        await history.create();
        for (const command of episodes.flat()) await command(history);
        await history.settle();
        if (history.invariants.problems.size > 0) throw new Error([...history.invariants.problems].join('; '));
        for (const [what, count] of history.invariants.reached) total.set(what, (total.get(what) ?? 0) + count);
      },
    ),
    { numRuns: SEQUENCES, seed: 20_261_127 },
  );
  const rare = nonEmpty(REACHED).filter((what) => (total.get(what) ?? 0) < SEQUENCES / 200);
  expect(rare).toEqual([]);
}, 600_000);
