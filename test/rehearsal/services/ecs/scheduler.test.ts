import fc from 'fast-check';
import {
  computedDesiredCount,
  isSteady,
  restartDelayMs,
  type ScheduleAction,
  type ScheduledTask,
  scheduleRolling,
  scheduleTaskSet,
  type TargetState,
} from '../../../../rehearsal/services/ecs/scheduler';

const task = (id: number, more: Partial<ScheduledTask> = {}): ScheduledTask => ({
  id: String(id),
  taskSetId: 'set',
  status: 'RUNNING',
  stopping: false,
  createdAtMs: id,
  health: 'healthy',
  ...more,
});

const isLive = (each: ScheduledTask) => !each.stopping && each.status !== 'STOPPED';
const count = (tasks: readonly ScheduledTask[], setId?: string) =>
  tasks.filter((each) => isLive(each) && (!setId || each.taskSetId === setId)).length;

/** The tasks after the actions, as a world in which every start succeeds at once. */
function apply(tasks: readonly ScheduledTask[], actions: readonly ScheduleAction[], status: ScheduledTask['status']) {
  let id = 1000 + tasks.length;
  const stopped = new Set(actions.flatMap((action) => (action.kind === 'stop' ? [action.taskId] : [])));
  const started = actions.flatMap((action) =>
    action.kind === 'start'
      ? Array.from({ length: action.count }, () => task(id++, { taskSetId: action.taskSetId, status }))
      : [],
  );
  return [...tasks.filter((each) => !stopped.has(each.id)), ...started];
}

const anyTask = fc.record({
  status: fc.constantFrom<ScheduledTask['status']>('PROVISIONING', 'PENDING', 'RUNNING', 'DEACTIVATING', 'STOPPED'),
  health: fc.constantFrom<TargetState | undefined>('initial', 'healthy', 'unhealthy', 'unused', undefined),
  failed: fc.boolean(),
});
const anyTasks = fc.array(anyTask, { maxLength: 12 }).map((all) =>
  all.map(({ status, health, failed }, id) =>
    task(id, {
      status,
      health,
      stopping: status === 'DEACTIVATING' || status === 'STOPPED',
      ...(failed && health === 'unhealthy' ? { unhealthyReason: 'unhealthy' } : {}),
    }),
  ),
);

test('the computed desired count is rounded up', () => {
  expect([computedDesiredCount(2, 60), computedDesiredCount(3, 100), computedDesiredCount(5, 0)]).toEqual([2, 3, 0]);
});

test('starts what is missing and stops the newest of what is too many, those not ready first', () => {
  expect(scheduleTaskSet({ id: 'set', desiredCount: 2 }, [], 0)).toEqual([
    { kind: 'start', taskSetId: 'set', count: 2 },
  ]);
  const tasks = [task(1), task(2), task(3, { health: 'initial' }), task(4)];
  const stops = scheduleTaskSet({ id: 'set', desiredCount: 2 }, tasks, 0);
  expect(stops.map((action) => action.kind === 'stop' && action.taskId)).toEqual(['3', '4']);
});

test('replaces an unhealthy task with the reason that the load balancer gave', () => {
  const actions = scheduleTaskSet({ id: 'set', desiredCount: 1 }, [task(1, { unhealthyReason: 'Task failed' })], 0);
  expect(actions).toEqual([
    { kind: 'stop', taskId: '1', cause: { code: 'ServiceSchedulerInitiated', reason: 'Task failed' } },
    { kind: 'start', taskSetId: 'set', count: 1 },
  ]);
});

test('starts nothing before the throttle ends', () => {
  const set = { id: 'set', desiredCount: 1, notBeforeMs: 100 };
  expect(scheduleTaskSet(set, [], 99)).toEqual([]);
  expect(scheduleTaskSet(set, [], 100)).toHaveLength(1);
});

test('waits longer after each failed start, 27 minutes at most', () => {
  expect([0, 1, 2, 3, 50].map(restartDelayMs)).toEqual([0, 10_000, 20_000, 40_000, 27 * 60_000]);
});

test('is never above the desired count, and one run later at it and quiet', () => {
  fc.assert(
    fc.property(anyTasks, fc.integer({ min: 0, max: 8 }), (tasks, desiredCount) => {
      const set = { id: 'set', desiredCount };
      const after = apply(tasks, scheduleTaskSet(set, tasks, 0), 'PENDING');
      expect(count(after)).toBe(desiredCount);
      expect(scheduleTaskSet(set, after, 0)).toEqual([]);
    }),
  );
});

test('is steady only when running, desired and healthy are one number and nothing is pending', () => {
  const set = { id: 'set', desiredCount: 1 };
  expect(isSteady(set, [task(1)])).toBe(true);
  expect(isSteady(set, [task(1, { health: 'unused' })])).toBe(true);
  expect(isSteady(set, [task(1, { health: 'initial' })])).toBe(false);
  expect(isSteady(set, [task(1, { health: undefined })])).toBe(false);
  expect(isSteady(set, [task(1), task(2, { status: 'PENDING' })])).toBe(false);
  expect(isSteady(set, [task(1), task(2)])).toBe(false);
  expect(isSteady(set, [task(1), task(2, { status: 'DEACTIVATING', stopping: true })])).toBe(true);
});

test('a rolling replacement stays within its bounds and converges', () => {
  const bounds = fc.record({
    desiredCount: fc.integer({ min: 1, max: 8 }),
    minimumHealthyPercent: fc.constantFrom(0, 50, 100),
    maximumPercent: fc.constantFrom(150, 200),
  });
  fc.assert(
    fc.property(bounds, (limits) => {
      fc.pre(Math.floor((limits.desiredCount * limits.maximumPercent) / 100) > limits.desiredCount);
      const current = { id: 'new', desiredCount: limits.desiredCount };
      let tasks = Array.from({ length: limits.desiredCount }, (_, id) => task(id, { taskSetId: 'old' }));
      const minimum = Math.ceil((limits.desiredCount * limits.minimumHealthyPercent) / 100);
      const maximum = Math.floor((limits.desiredCount * limits.maximumPercent) / 100);
      for (let round = 0; round < 40; round++) {
        tasks = apply(tasks, scheduleRolling(limits, current, tasks, 0), 'PENDING');
        expect(count(tasks)).toBeLessThanOrEqual(maximum);
        expect(tasks.filter((each) => each.status === 'RUNNING').length).toBeGreaterThanOrEqual(minimum);
        tasks = tasks.map((each) => ({ ...each, status: 'RUNNING' }));
      }
      expect([count(tasks, 'old'), count(tasks, 'new')]).toEqual([0, limits.desiredCount]);
    }),
  );
});
