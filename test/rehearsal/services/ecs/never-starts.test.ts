import { errorLine } from '../../../../lambda/release/types';
import { neverStarts, type StartedTask } from '../../../../rehearsal/services/ecs/never-starts';
import type { StopCode } from '../../../../rehearsal/services/ecs/task/task-machine';

const task = (
  code: StopCode,
  reason: string,
  more: Partial<StartedTask> & { exitCode?: number } = {},
): StartedTask => ({
  id: 'abcdef0123456789',
  lastLines: [],
  ...more,
  life: {
    status: 'STOPPED',
    stop: { code, reason },
    exitCodes: more.exitCode === undefined ? {} : { web: more.exitCode },
  },
});
const times = (count: number, one: StartedTask) => Array.from({ length: count }, () => one);

const NODE_CRASH = [
  'node:internal/modules/cjs/loader:1228',
  '  throw err;',
  '  ^',
  '',
  "Error: Cannot find module 'express'",
  '    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15)',
  'Node.js v20.20.2',
];
const PYTHON_CRASH = [
  'Traceback (most recent call last):',
  '  File "app.py", line 1, in <module>',
  "KeyError: 'DB_URL'",
];

test.each([
  [
    'a crash',
    task('EssentialContainerExited', 'exited', { exitCode: 1, lastLines: NODE_CRASH }),
    "Error: Cannot find module 'express'",
  ],
  [
    'a Python crash',
    task('EssentialContainerExited', 'exited', { exitCode: 1, lastLines: PYTHON_CRASH }),
    "KeyError: 'DB_URL'",
  ],
  ['a killed task', task('EssentialContainerExited', 'exited', { exitCode: 137 }), 'its memory is used up'],
  [
    'a missing program',
    task('TaskFailedToStart', 'CannotStartContainerError: exec: "x": executable file not found'),
    'executable file not found',
  ],
  [
    'a missing secret',
    task('TaskFailedToStart', 'ResourceInitializationError: unable to pull secrets'),
    'unable to pull secrets',
  ],
  [
    'failed health checks',
    task('ServiceSchedulerInitiated', 'Task failed ELB health checks', { lastLines: ['listening on 3000'] }),
    'listening on 3000',
  ],
])('%s three times ends the wait with what the task itself wrote', (_name, failed, text) => {
  expect(neverStarts('shop', times(2, failed))).toBeUndefined();
  expect(neverStarts('shop', times(3, failed))).toContain(text);
  expect(neverStarts('shop', times(3, failed))).toMatch(
    /^service shop does not start: 3 tasks failed; task abcdef01 stopped: /,
  );
});

test('tasks that scaling or a person ended are no failures', () => {
  expect(
    neverStarts('shop', times(9, task('ServiceSchedulerInitiated', 'Scaling activity initiated by x'))),
  ).toBeUndefined();
  expect(neverStarts('shop', times(9, task('UserInitiated', 'Task stopped by user')))).toBeUndefined();
});

test('an image that this machine cannot run ends the wait at once', () => {
  const once = [task('TaskFailedToStart', 'x', { cannotRun: 'image nginx:1 comes from a registry' })];
  expect(neverStarts('shop', once)).toBe(
    'service shop cannot run on this machine: image nginx:1 comes from a registry',
  );
});

test('the error is the line that names it, not a frame of its stack', () => {
  expect(errorLine(NODE_CRASH)).toBe("Error: Cannot find module 'express'");
  expect(errorLine(['a', 'b'])).toBe('b');
  expect(errorLine([])).toBeUndefined();
});
