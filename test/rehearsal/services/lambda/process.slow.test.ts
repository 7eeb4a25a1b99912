import { spawn } from 'node:child_process';
import { isAlive } from '../../../support/processes';
import { lambdaWorld } from '../../../support/rehearsal/lambda';
import { temporaryDirectory } from '../../../support/temporary';
import { eventually } from '../../../support/until';

test('stop ends every process, also one in the middle of an invocation', async () => {
  const { create, invoke, lambda, lines } = lambdaWorld();
  await create(`exports.handler = async () => { console.log('pid ' + process.pid); for (;;); }`, { Timeout: 900 });
  const running = invoke();
  let pid = 0;
  await eventually(async () => {
    pid = Number(/pid (\d+)/.exec((await lines().catch(() => [])).join('\n'))?.[1] ?? 0);
    return pid > 0;
  });
  await lambda.stop?.();
  expect(await running).toMatchObject({ FunctionError: 'Unhandled' });
  expect(isAlive(pid)).toBe(false);
  await lambda.stop?.();
});

test('an idle process ends by itself', async () => {
  const { create, invoke } = lambdaWorld();
  await create(`exports.handler = async () => process.pid`);
  const pid = Number((await invoke()).Payload);
  expect(isAlive(pid)).toBe(true);
  await eventually(() => !isAlive(pid));
});

test('a function dies with a parent that is killed, even when it never yields', async () => {
  const script = require.resolve('../../../support/rehearsal/orphan.ts');
  const parent = spawn(process.execPath, ['--import', 'tsx', script], {
    // What it cannot remove itself goes with this test.
    env: { ...process.env, TMPDIR: temporaryDirectory('orphan') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  parent.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await eventually(() => /pid \d+\n/.test(output));
  const pid = Number(/pid (\d+)/.exec(output)?.[1]);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await eventually(() => !isAlive(pid));
});
