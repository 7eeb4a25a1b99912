import { spawn } from 'node:child_process';
import { isAlive, processesOf, socketsOf } from './processes';
import { temporaryDirectory } from './temporary';
import { until } from './until';

/** Tests conclude from these functions that nothing is left: they must find what is there. */

test('a process is found by a mark in its environment, with the port on which it listens, until it ends', async () => {
  const mark = temporaryDirectory('marked');
  const script = `require('net').createServer().listen(0, '127.0.0.1')`;
  const child = spawn(process.execPath, ['-e', script], { env: { ...process.env, MARK: mark }, stdio: 'ignore' });
  try {
    const [socket] = await until('it to listen', () => {
      const found = socketsOf(processesOf(mark));
      return found.length > 0 ? found : undefined;
    });
    expect(socket).toEqual({ pid: child.pid, address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string });
    expect(processesOf(mark)).toEqual([{ pid: child.pid, command: expect.stringContaining(script) as string }]);
    expect(isAlive(child.pid ?? 0)).toBe(true);
  } finally {
    child.kill('SIGKILL');
  }
  await until('it to end', () => processesOf(mark).length === 0 && !isAlive(child.pid ?? 0));
  expect(socketsOf([{ pid: child.pid ?? 0, command: script }])).toEqual([]);
});

test('a process is found by a mark in its command', async () => {
  const mark = `mark-${process.pid}-of-a-command`;
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', mark], { stdio: 'ignore' });
  try {
    const [found] = await until('it to begin', () => (processesOf(mark).length > 0 ? processesOf(mark) : undefined));
    expect(found?.pid).toBe(child.pid);
  } finally {
    child.kill('SIGKILL');
  }
});
