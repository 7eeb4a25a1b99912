import {
  advance,
  type DeploymentPlan,
  type DeploymentState,
  type Hook,
  initialState,
} from '../../../../../rehearsal/services/ecs/deployment/machine';
import { HOOKABLE_STAGES, linearShares } from '../../../../../rehearsal/services/ecs/deployment/stages';
import { forwardSteps } from '../../../../../rehearsal/services/ecs/deployment/steps';
import { DeploymentWorld, lambda, pause } from '../../../../support/service-deployment';

const plan: DeploymentPlan = {
  strategy: 'CANARY',
  hooks: [lambda(...HOOKABLE_STAGES)],
  shares: [10, 100],
  stepBakeMs: 300_000,
  bakeMs: 600_000,
  reconciles: false,
  hasSource: true,
  circuitBreaker: { rollback: true, threshold: 3, resetOnHealthyTask: true },
  alarms: { names: ['shop-errors'], rollback: true },
  rollbackDelayMs: 11_000,
  idPrefix: 'test',
};

const started = (change: Partial<DeploymentPlan> = {}, firing: readonly string[] = []) => {
  const world = new DeploymentWorld({ ...plan, ...change });
  world.send({ type: 'start' });
  world.send({ type: 'prepared', firingAlarms: firing });
  return world;
};

describe('a service deployment', () => {
  test('runs the documented stages in order, hooks before and after each canary step, and ends SUCCESSFUL', () => {
    const world = started();
    world.finish();
    expect(world.state.status).toBe('SUCCESSFUL');
    expect(world.hookStages).toEqual([
      'PRE_SCALE_UP',
      'POST_SCALE_UP',
      'TEST_TRAFFIC_SHIFT',
      'POST_TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'POST_PRODUCTION_TRAFFIC_SHIFT',
    ]);
    expect(world.productionShares).toEqual([10, 100]);
    expect(world.waits).toEqual([300_000, 600_000]);
    expect(world.state.alarms.status).toBe('MONITORING_COMPLETE');
    expect(world.state.circuitBreaker.status).toBe('MONITORING_COMPLETE');
  });

  test('RECONCILE_SERVICE is a stage only when more than one revision is active', () => {
    const world = started({ reconciles: true });
    world.finish();
    expect(world.hookStages[0]).toBe('RECONCILE_SERVICE');
    expect(forwardSteps(plan).map(({ stage }) => stage)).not.toContain('RECONCILE_SERVICE');
  });

  test('linear steps of 3 % are 34, the last of which is 100 %', () => {
    expect(linearShares(3)).toHaveLength(34);
    expect(linearShares(3).at(-1)).toBe(100);
    expect(linearShares(33.3)).toEqual([33.3, 66.6, 99.9, 100]);
    expect(linearShares(0.1)[2]).toBe(0.3);
  });

  test('a hook that returns FAILED before anything started rolls back without a task or a change of traffic', () => {
    const world = started();
    world.response({ status: 'FAILED', sentence: 'Lifecycle hook target gate returned FAILED status.' });
    expect(world.state.statusReason).toBe(
      'Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target gate returned FAILED status.',
    );
    world.finish();
    expect(world.state.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.acts).toEqual([]);
  });

  test('a failure after the shift puts production back first, calls both shift hooks again, and removes green', () => {
    const world = started();
    world.finishUntil('POST_PRODUCTION_TRAFFIC_SHIFT');
    const before = world.hookStages.length;
    world.response({ status: 'FAILED', sentence: 'no' });
    world.finish();
    expect(world.state.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.acts.slice(-3)).toEqual(['route-production 0', 'route-test 0', 'remove-target']);
    expect(world.hookStages.slice(before)).toEqual(['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT']);
  });

  test('a hook that responds IN_PROGRESS is called again after its delay, and fails the deployment after 24 hours', () => {
    const world = started();
    world.response({ status: 'IN_PROGRESS', callBackDelayMs: 60_000 });
    const [id] = world.state.executions.map((execution) => execution.id);
    expect(world.timers.get(`callback ${id}`)).toBe(60_000);
    world.send({ type: 'timer', timer: `callback ${id}` });
    expect(world.hookStages).toEqual(['PRE_SCALE_UP', 'PRE_SCALE_UP']);
    world.send({ type: 'timer', timer: `timeout ${id}` });
    expect(world.state.executions[0]?.status).toBe('TIMED_OUT');
    expect(world.state.status).toBe('ROLLBACK_IN_PROGRESS');
  });

  test('a pause waits for ContinueServiceDeployment; its timeout rolls back or continues as configured', () => {
    const at = (action: Hook['timeoutAction']) =>
      started({ hooks: [pause(action, 'PRE_SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT')] });
    const continued = at('ROLLBACK');
    const { id = '' } = continued.state.executions[0] ?? {};
    expect(continued.state.executions[0]?.status).toBe('AWAITING_ACTION');
    expect(id).toMatch(/^ecs-pause-/);
    continued.send({ type: 'continue', id, action: 'CONTINUE' });
    continued.finish();
    expect(continued.state.status).toBe('SUCCESSFUL');

    const timedOut = at('ROLLBACK');
    timedOut.send({ type: 'timer', timer: `timeout ${timedOut.state.executions[0]?.id}` });
    expect(timedOut.state.statusReason).toBe(
      'Service deployment rolled back because PRE_SCALE_UP pause hook timed out.',
    );
    const passed = at('CONTINUE');
    passed.send({ type: 'timer', timer: `timeout ${passed.state.executions[0]?.id}` });
    expect(passed.state.awaiting).toBe('scale-up');
  });

  test('hooks of one stage run at once, and the deployment waits for all of them', () => {
    const world = started({ hooks: [lambda('PRE_SCALE_UP'), pause('ROLLBACK', 'PRE_SCALE_UP')] });
    world.response({ status: 'SUCCEEDED' });
    expect(world.state.awaiting).toBe('hooks');
    world.send({ type: 'continue', id: world.state.executions[1]?.id ?? '', action: 'CONTINUE' });
    expect(world.state.awaiting).toBe('scale-up');
  });

  test('an alarm that fires before the deployment starts switches alarms off for all of it', () => {
    const world = started({}, ['shop-errors']);
    world.send({ type: 'alarm', names: ['shop-errors'] });
    world.finish();
    expect(world.state.status).toBe('SUCCESSFUL');
    expect(world.state.alarms.status).toBe('DISABLED');
  });

  test('an alarm during the bake rolls back; without rollback it stops the deployment where it is', () => {
    const baking = (rollback: boolean) => {
      const world = started({ hooks: [], alarms: { names: ['shop-errors'], rollback } });
      world.finishUntil('BAKE_TIME');
      world.send({ type: 'alarm', names: ['shop-errors'] });
      world.finish();
      return world;
    };
    expect(baking(true).state).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      productionPercent: 0,
      alarms: { status: 'TRIGGERED', triggered: ['shop-errors'] },
    });
    expect(baking(false).state).toMatchObject({ status: 'STOPPED', productionPercent: 100 });
  });

  test('the circuit breaker counts tasks that fail in a row, and a healthy one resets the count', () => {
    const world = started({ hooks: [] });
    for (const result of ['failed', 'failed', 'healthy', 'failed', 'failed'] as const)
      world.send({ type: 'task', result });
    expect(world.state.circuitBreaker).toEqual({ status: 'MONITORING', failureCount: 2 });
    world.send({ type: 'task', result: 'failed' });
    expect(world.state.circuitBreaker).toEqual({ status: 'TRIGGERED', failureCount: 3 });
    expect(world.state.statusReason).toMatch(/circuit breaker threshold was exceeded/);
  });

  test('the first deployment of a service has nothing to go back to', () => {
    const world = started({ hasSource: false });
    world.response({ status: 'FAILED', sentence: 'no' });
    expect(world.state).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback',
      rollback: { reason: expect.stringMatching(/PRE_SCALE_UP/) as string },
    });
  });

  test('StopServiceDeployment rolls back, ABORT leaves all as it is, a newer deployment stops the older', () => {
    const reached = () => {
      const world = started({ hooks: [] });
      world.finishUntil('PRODUCTION_TRAFFIC_SHIFT');
      return world;
    };
    const rolledBack = reached();
    rolledBack.send({ type: 'stop', stopType: 'ROLLBACK' });
    expect(rolledBack.state.status).toBe('ROLLBACK_REQUESTED');
    rolledBack.finish();
    expect(rolledBack.state).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', productionPercent: 0 });
    for (const event of [{ type: 'stop', stopType: 'ABORT' }, { type: 'superseded' }] as const) {
      const stopped = reached();
      const { productionPercent } = stopped.state;
      stopped.send(event);
      expect(stopped.state.status).toBe('STOP_REQUESTED');
      stopped.finish();
      expect(stopped.state).toMatchObject({ status: 'STOPPED', productionPercent });
    }
  });

  test('a rolling update shifts no traffic, and a failed one brings the old revision back', () => {
    const world = started({ strategy: 'ROLLING', hooks: [] });
    expect(world.acts).toEqual(['scale-up']);
    for (let task = 0; task < 3; task++) world.send({ type: 'task', result: 'failed' });
    world.finish();
    expect(world.state.status).toBe('ROLLBACK_SUCCESSFUL');
    expect(world.acts).toEqual(['scale-up', 'restore-source']);
  });
});

test('a state machine that ended stays as it is', () => {
  const ended: DeploymentState = { ...initialState(plan), status: 'SUCCESSFUL' };
  expect(advance(ended, { type: 'stop', stopType: 'ROLLBACK', atMs: 1 })).toEqual({ state: ended, effects: [] });
});
