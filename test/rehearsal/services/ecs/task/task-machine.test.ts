import fc from 'fast-check';
import {
  advanceTask,
  NEW_TASK,
  type TaskEffect,
  type TaskEvent,
  type TaskLife,
} from '../../../../../rehearsal/services/ecs/task/task-machine';

const stop: TaskEvent = { kind: 'stop', cause: { code: 'UserInitiated', reason: 'because' } };
const crash = { kind: 'container-exited', container: 'web', exitCode: 7, essential: true } as const;

function run(...events: TaskEvent[]): { life: TaskLife; effects: TaskEffect[] } {
  const effects = [...NEW_TASK.effects];
  let life = NEW_TASK.life;
  for (const event of events) {
    const next = advanceTask(life, event);
    life = next.life;
    effects.push(...next.effects);
  }
  return { life, effects };
}

const toRunning: TaskEvent[] = [{ kind: 'provisioned' }, { kind: 'pulled' }, { kind: 'activated' }];
const toStopped: TaskEvent[] = [{ kind: 'deregistered' }, { kind: 'terminated' }, { kind: 'released' }];

test('goes the straight way from provisioning to stopped', () => {
  const { life, effects } = run(...toRunning, stop, ...toStopped);
  expect(effects).toEqual(['provision', 'pull', 'activate', 'deregister', 'terminate', 'release']);
  expect(life).toEqual({ status: 'STOPPED', exitCodes: {}, stop: { code: 'UserInitiated', reason: 'because' } });
});

test('an essential container that exits stops the task without waiting for a drain', () => {
  const { life, effects } = run(...toRunning, crash);
  expect(life).toMatchObject({ status: 'DEACTIVATING', exitCodes: { web: 7 } });
  expect(life.stop).toEqual({ code: 'EssentialContainerExited', reason: 'Essential container in task exited' });
  expect(effects.at(-1)).toBe('deregister-now');
});

test('a container that is not essential may exit', () => {
  const { life } = run(...toRunning, { ...crash, essential: false });
  expect(life).toEqual({ status: 'RUNNING', exitCodes: { web: 7 } });
});

test('the first cause stays: the exit that a stop brings about is not a crash', () => {
  expect(run(...toRunning, stop, crash).life).toMatchObject({ stop: { code: 'UserInitiated' }, exitCodes: { web: 7 } });
});

test('a failure before RUNNING is TaskFailedToStart', () => {
  const { life, effects } = run({ kind: 'provisioned' }, { kind: 'failed', reason: 'no image' });
  expect(life).toMatchObject({ status: 'DEPROVISIONING', stop: { code: 'TaskFailedToStart', reason: 'no image' } });
  expect(effects).toEqual(['provision', 'pull', 'release']);
});

const anyEvent: fc.Arbitrary<TaskEvent> = fc.constantFrom<TaskEvent>(...toRunning, ...toStopped, stop, crash, {
  kind: 'failed',
  reason: 'x',
});

test('whatever happens, processes are deregistered before they are terminated, and terminated before release', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      const { effects } = run(...events);
      const at = (effect: TaskEffect) => effects.indexOf(effect);
      const deregistered = Math.max(at('deregister'), at('deregister-now'));
      if (at('terminate') >= 0) expect(deregistered).toBeLessThan(at('terminate'));
      if (at('release') >= 0 && at('activate') >= 0) expect(at('terminate')).toBeGreaterThan(at('activate'));
      expect(new Set(effects).size).toBe(effects.length);
    }),
  );
});

test('after a stop, the events of its effects always end in STOPPED', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
      expect(run(...events, stop, ...toStopped).life.status).toBe('STOPPED');
    }),
  );
});
