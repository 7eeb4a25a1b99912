import fc from 'fast-check';
import { isTerminal, LIFECYCLE } from '../../../../rehearsal/services/codedeploy/lifecycle';
import {
  advance,
  type DeploymentEvent,
  type DeploymentPlan,
  type DeploymentState,
  type Effect,
  initialState,
} from '../../../../rehearsal/services/codedeploy/machine';
import {
  advanceRollback,
  initialRollback,
  type RollbackStep,
} from '../../../../rehearsal/services/codedeploy/rollback';
import { shiftSteps } from '../../../../aws/traffic-schedule';

const hook = (name: string) => ({ functionName: name, executionId: `id-${name}` });
const plan: DeploymentPlan = {
  hooks: { BeforeInstall: hook('pre'), AfterAllowTestTraffic: hook('smoke'), AfterAllowTraffic: hook('bake') },
  hasTestListener: true,
  steps: shiftSteps({ type: 'TimeBasedCanary', percent: 10, intervalMinutes: 5 }),
  readyWaitMs: 60_000,
  bakeMs: 300_000,
  rollbackOn: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
};

/** What the effects have done to the world: the traffic, the hooks that ran, the rollbacks. */
interface Traffic {
  green: number;
  hooks: string[];
  rollbacks: number;
  history: number[];
  terminated: boolean;
}

function drive(events: readonly DeploymentEvent[], given = plan) {
  const traffic: Traffic = { green: 0, hooks: [], rollbacks: 0, history: [], terminated: false };
  let state: DeploymentState = initialState(given);
  const states: DeploymentState[] = [];
  for (const event of events) {
    const { state: next, effects } = advance(state, event);
    effects.forEach((effect) => perform(effect, traffic));
    state = next;
    states.push(next);
  }
  return { state, states, traffic };
}

function perform(effect: Effect, traffic: Traffic): void {
  if (effect.type === 'route') traffic.history.push((traffic.green = effect.greenPercent));
  if (effect.type === 'invoke-hook') traffic.hooks.push(effect.event);
  if (effect.type === 'delete-blue') traffic.terminated = true;
  if (effect.type === 'roll-back') {
    traffic.rollbacks += 1;
    rollBack(traffic);
  }
}

/** The rollback's own machine, with every step succeeding. */
function rollBack(traffic: Traffic): void {
  const steps: RollbackStep[] = ['route-production', 'route-test', 'restore-primary', 'delete-green'];
  let { state, perform: step } = advanceRollback(initialRollback(steps), { type: 'start', atMs: 0 });
  while (step) {
    if (step === 'route-production') traffic.green = 0;
    ({ state, perform: step } = advanceRollback(state, { type: 'done', step, atMs: 0 }));
  }
  expect(state.status).toBe('Succeeded');
}

const happy: readonly DeploymentEvent[] = (
  [
    { type: 'start' },
    { type: 'done', what: 'prepared' },
    { type: 'hook-result', executionId: 'id-pre', status: 'Succeeded' },
    { type: 'done', what: 'green-created' },
    { type: 'done', what: 'green-steady' },
    { type: 'done', what: 'test-routed' },
    { type: 'hook-result', executionId: 'id-smoke', status: 'Succeeded' },
    { type: 'continue', wait: 'READY_WAIT' },
    { type: 'done', what: 'routed' },
    { type: 'timer', timer: 'shift' },
    { type: 'done', what: 'routed' },
    { type: 'done', what: 'primary-updated' },
    { type: 'hook-result', executionId: 'id-bake', status: 'Succeeded' },
    { type: 'timer', timer: 'termination' },
    { type: 'done', what: 'blue-deleted' },
  ] as const
).map((event, index) => ({ ...event, atMs: index * 1000 }));

const anyEvent: fc.Arbitrary<DeploymentEvent> = fc
  .oneof(
    { weight: 12, arbitrary: fc.constantFrom(...happy) },
    fc.record({ type: fc.constant('alarm' as const), names: fc.constant(['high-errors']) }),
    fc.record({ type: fc.constant('stop' as const), rollBack: fc.constant(true) }),
    fc.record({
      type: fc.constant('hook-result' as const),
      executionId: fc.constantFrom('id-pre', 'id-smoke', 'id-bake', 'other'),
      status: fc.constantFrom('Succeeded' as const, 'Failed' as const),
    }),
    fc.record({
      type: fc.constant('timer' as const),
      timer: fc.constantFrom('hook', 'install', 'shift', 'ready', 'termination', 'stability'),
    }),
    fc.record({ type: fc.constant('green-stability' as const), steady: fc.boolean() }),
    fc.constant({ type: 'failure' as const, error: { code: 'ECS_UPDATE_ERROR' as const, message: 'no' } }),
  )
  .map((event) => ({ atMs: 0, ...event }));

/** The good path cut into pieces, with anything else in between, so that every phase is reached often. */
const anyRun = fc
  .tuple(fc.nat(happy.length), fc.array(anyEvent, { maxLength: 60 }))
  .map(([reached, rest]) => [...happy.slice(0, reached), ...rest]);

describe('the deployment state machine', () => {
  test('the good path runs every lifecycle event in order and ends Succeeded on green', () => {
    const { state, traffic } = drive(happy);
    expect(state.status).toBe('Succeeded');
    expect(state.lifecycle.map(({ name, status }) => `${name} ${status}`)).toEqual(
      LIFECYCLE.map(({ name }) => `${name} Succeeded`),
    );
    expect(traffic).toEqual({
      green: 100,
      hooks: ['BeforeInstall', 'AfterAllowTestTraffic', 'AfterAllowTraffic'],
      rollbacks: 0,
      history: [10, 100],
      terminated: true,
    });
  });

  test('without a test listener the smoke hook is not invoked', () => {
    const { traffic, state } = drive(happy.slice(0, 5), { ...plan, hasTestListener: false, readyWaitMs: 1 });
    expect(traffic.hooks).toEqual(['BeforeInstall']);
    expect(state.lifecycle[4]).toMatchObject({ name: 'AfterAllowTestTraffic', status: 'Skipped' });
    expect(state.status).toBe('Ready');
  });

  test('an alarm during the shift fails AllowTraffic, skips the rest and rolls back', () => {
    const { state, traffic } = drive([...happy.slice(0, 9), { type: 'alarm', names: ['a', 'b'], atMs: 1 }]);
    expect(state.status).toBe('Stopped');
    expect(state.error).toEqual({
      code: 'ALARM_ACTIVE',
      message: expect.stringMatching(/Activated alarms: <a> <b>$/) as string,
    });
    expect(state.lifecycle.slice(5).map(({ status }) => status)).toEqual(['Succeeded', 'Failed', 'Skipped']);
    expect(traffic).toMatchObject({ green: 0, rollbacks: 1, history: [10] });
  });

  test('a failure before Install has nothing to roll back', () => {
    const failed = { type: 'hook-result', executionId: 'id-pre', status: 'Failed', atMs: 1 } as const;
    const { state, traffic } = drive([...happy.slice(0, 2), failed]);
    expect(state.error?.code).toBe('HOOK_EXECUTION_FAILURE');
    expect(traffic.rollbacks).toBe(0);
  });

  test('once termination of blue began, an alarm changes nothing', () => {
    const { state } = drive([...happy.slice(0, 14), { type: 'alarm', names: ['a'], atMs: 1 }, ...happy.slice(14)]);
    expect(state.status).toBe('Succeeded');
  });

  test('green that is unsteady for five minutes during the shift fails the deployment', () => {
    const unsteady = { type: 'green-stability', steady: false, atMs: 0 } as const;
    const late = { type: 'timer', timer: 'stability', atMs: 0 } as const;
    expect(drive([...happy.slice(0, 9), unsteady, late]).state.error?.code).toBe('TIMEOUT');
    expect(drive([...happy.slice(0, 9), unsteady, { ...unsteady, steady: true }, late]).state.status).toBe(
      'InProgress',
    );
  });

  test('without rollback events a failure leaves traffic where it was', () => {
    const alarm = { type: 'alarm', names: ['a'], atMs: 1 } as const;
    expect(drive([...happy.slice(0, 9), alarm], { ...plan, rollbackOn: [] }).traffic).toMatchObject({
      green: 10,
      rollbacks: 0,
    });
  });

  test('property: in any order of events hooks run once, traffic is whole, failures end on blue, ends absorb', () => {
    fc.assert(
      fc.property(anyRun, (events) => {
        const { state, states, traffic } = drive(events);
        expect(new Set(traffic.hooks).size).toBe(traffic.hooks.length);
        for (const green of traffic.history) expect([10, 100]).toContain(green);
        expect(traffic.history).toEqual([...traffic.history].sort((a, b) => a - b));
        expect(traffic.rollbacks).toBeLessThanOrEqual(1);
        const failedBeforeTermination = ['Failed', 'Stopped'].includes(state.status) && !traffic.terminated;
        if (failedBeforeTermination) expect(traffic.green).toBe(0);
        if (traffic.terminated) expect(traffic.green).toBe(100);
        const end = states.findIndex((each) => isTerminal(each.status));
        if (end >= 0) for (const each of states.slice(end)) expect(each).toBe(states[end]);
        const inProgress = state.lifecycle.filter(({ status }) => status === 'InProgress').length;
        expect(inProgress).toBeLessThanOrEqual(isTerminal(state.status) ? 0 : 1);
      }),
      { numRuns: 2000 },
    );
  });

  test('property: the generated runs do reach all three ends', () => {
    const statuses = new Set(fc.sample(anyRun, { numRuns: 2000, seed: 7 }).map((events) => drive(events).state.status));
    expect([...statuses]).toEqual(expect.arrayContaining(['Succeeded', 'Failed', 'Stopped']));
  });
});
