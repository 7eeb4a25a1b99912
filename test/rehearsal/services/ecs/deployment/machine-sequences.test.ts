import fc from 'fast-check';
import { type DeploymentPlan, isOpen, isTerminal } from '../../../../../rehearsal/services/ecs/deployment/machine';
import {
  HOOKABLE_STAGES,
  linearShares,
  PAUSABLE_STAGES,
} from '../../../../../rehearsal/services/ecs/deployment/stages';
import { DeploymentWorld, lambda, pause, type Unstamped } from '../../../../support/service-deployment';

const anyHook = fc.oneof(
  fc.subarray([...HOOKABLE_STAGES], { minLength: 1 }).map((stages) => lambda(...stages)),
  fc
    .tuple(
      fc.constantFrom('ROLLBACK' as const, 'CONTINUE' as const),
      fc.subarray([...PAUSABLE_STAGES], { minLength: 1 }),
    )
    .map(([action, stages]) => pause(action, ...stages)),
);
const anyPlan: fc.Arbitrary<DeploymentPlan> = fc.record({
  strategy: fc.constantFrom('ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'),
  hooks: fc.array(anyHook, { maxLength: 3 }),
  shares: fc.constantFrom([100], [10, 100], linearShares(20), linearShares(33.3)),
  stepBakeMs: fc.constantFrom(0, 60_000),
  bakeMs: fc.constantFrom(0, 60_000),
  reconciles: fc.boolean(),
  hasSource: fc.boolean(),
  circuitBreaker: fc.option(
    fc.record({ rollback: fc.boolean(), threshold: fc.integer({ min: 1, max: 4 }), resetOnHealthyTask: fc.boolean() }),
    { nil: undefined },
  ),
  alarms: fc.option(fc.record({ names: fc.constant(['shop-errors']), rollback: fc.boolean() }), { nil: undefined }),
  rollbackDelayMs: fc.constantFrom(0, 11_000),
  idPrefix: fc.constant('any'),
});

/** What happens next, in terms that hold in any state; `pick` chooses among executions and timers. */
const anyHappening = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant('expected' as const) },
    fc.constantFrom('hook-failed', 'hook-again', 'late-response', 'timer', 'alarm', 'task-failed', 'task-healthy'),
    fc.constantFrom('stop', 'abort', 'superseded', 'continue', 'failure', 'late-done', 'start'),
  ),
  pick: fc.nat(20),
});

/** The good path up to any place, and then anything, so that every stage is reached often. */
const anyRun = fc.record({
  firing: fc.boolean(),
  steps: fc.nat(25),
  happenings: fc.array(anyHappening, { maxLength: 40 }),
});

/** How often each final status was reached: a sequence that always ends the same way would prove little. */
const reached: Record<string, number> = {};

describe('10,000 random sequences of deployments', () => {
  test('weights add up, no revision without healthy tasks has traffic, hooks keep their order, and each one ends', () => {
    fc.assert(
      fc.property(anyPlan, anyRun, (given, { firing, steps, happenings }) => {
        const world = new DeploymentWorld(given);
        world.send({ type: 'start' });
        world.send({ type: 'prepared', firingAlarms: firing ? ['shop-errors'] : [] });
        for (let step = 0; step < steps; step++) world.step();
        for (const { kind, pick } of happenings) happen(world, kind, pick);
        world.finish();
        expect(isTerminal(world.state.status)).toBe(true);
        expect(world.state.executions.filter(isOpen)).toEqual([]);
        expect(world.problems).toEqual([]);
        reached[world.state.status] = (reached[world.state.status] ?? 0) + 1;
      }),
      { numRuns: 10_000 },
    );
    for (const status of ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'])
      expect({ status, often: (reached[status] ?? 0) > 20 }).toEqual({ status, often: true });
  });
});

function happen(world: DeploymentWorld, kind: string, pick: number): void {
  const execution = world.state.executions[pick % Math.max(1, world.state.executions.length)];
  const id = execution?.id ?? 'ecs-pause-none';
  const timer = [...world.timers.keys()][pick % Math.max(1, world.timers.size)];
  const events: Readonly<Record<string, Unstamped | undefined>> = {
    'hook-failed': { type: 'hook-response', id, response: { status: 'FAILED', sentence: 'no' } },
    'hook-again': { type: 'hook-response', id, response: { status: 'IN_PROGRESS', callBackDelayMs: 1 } },
    'late-response': { type: 'hook-response', id, response: { status: 'SUCCEEDED' } },
    timer: timer === undefined ? undefined : { type: 'timer', timer },
    alarm: { type: 'alarm', names: ['shop-errors'] },
    'task-failed': { type: 'task', result: 'failed' },
    'task-healthy': { type: 'task', result: 'healthy' },
    stop: { type: 'stop', stopType: 'ROLLBACK' },
    abort: { type: 'stop', stopType: 'ABORT' },
    superseded: { type: 'superseded' },
    continue: { type: 'continue', id, action: pick % 2 ? 'CONTINUE' : 'ROLLBACK' },
    failure: { type: 'failure', reason: 'denied' },
    'late-done': { type: 'done', act: (['clean-up', 'remove-target', 'route-test'] as const)[pick % 3] ?? 'clean-up' },
    start: { type: 'start' },
  };
  // What an act reports must be of an act that is under way: the runner reports no other.
  const event = events[kind];
  if (event?.type === 'done' && world.state.awaiting === event.act) return;
  if (kind === 'expected') world.step();
  else if (event) world.send(event);
}
