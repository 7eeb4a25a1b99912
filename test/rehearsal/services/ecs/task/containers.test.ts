import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { LocalProcesses } from '../../../../../rehearsal/services/ecs/task/containers';
import { temporaryDirectory } from '../../../../support/temporary';
import { eventually } from '../../../../support/until';

const ROOT = join(__dirname, '../../../../..');
const folder = temporaryDirectory('containers');
const bundle = (source: string, name: string) => {
  const outfile = join(folder, name);
  buildSync({ entryPoints: [join(ROOT, source)], outfile, bundle: true, platform: 'node', format: 'cjs' });
  return outfile;
};

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const path = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const runtime = new LocalProcesses();
let parent: ChildProcess | undefined;
afterEach(async () => {
  parent?.kill('SIGKILL');
  await runtime.stop();
});

function run(command: string[], environment: Record<string, string> = path) {
  const lines: string[] = [];
  const spec = { name: 'web', command, directory: folder, environment, onLine: (line: string) => lines.push(line) };
  return { lines, container: runtime.start(spec) };
}

test('lines are whole, also the last one without a newline, and the exit code is the process’s own', async () => {
  const { lines, container } = run(['sh', '-c', 'printf "a\\nb"; echo c >&2; exit 3']);
  expect(await container.exited).toBe(3);
  expect(lines.sort()).toEqual(['a', 'b', 'c']);
});

test('a signal shows as 128 and its number, and what the process started ends with it', async () => {
  const { lines, container } = run(['sh', '-c', 'sleep 60 & echo $!; wait']);
  const child = Number(await eventually(() => lines[0]));
  container.signal('SIGKILL');
  expect(await container.exited).toBe(137);
  await eventually(() => !isAlive(child));
});

test('a command that does not exist rejects, with no process left', async () => {
  const { container } = run(['no-such-program']);
  await expect(container.started).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await container.exited).toBe(127);
});

test('SIGKILL of the rehearsal leaves nothing behind', async () => {
  const module = bundle('rehearsal/services/ecs/task/containers.ts', 'containers.cjs');
  const script = `
    const { LocalProcesses } = require(${JSON.stringify(module)});
    const runtime = new LocalProcesses();
    const onLine = (line) => console.log(line);
    const command = ['sh', '-c', 'sleep 300 & echo $$ $!; wait'];
    runtime.start({ name: 'a', command, directory: '/', environment: ${JSON.stringify(path)}, onLine });
    setInterval(() => {}, 1000);
  `;
  parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(parent.stdout!, 'data')) as [Buffer];
  const pids = chunk.toString().trim().split(' ').map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);
  parent.kill('SIGKILL');
  await eventually(() => !pids.some(isAlive));
});

test.each([
  ['its port', 'listen(8080)', 'assigned'],
  ['its port on every address', "listen(8080, '0.0.0.0')", 'assigned'],
  ['its port as text, with backlog and callback', "listen('8080', '::', 10, () => {})", 'assigned'],
  ['options', "listen({ port: 8080, host: '::' })", 'assigned'],
  ['another port', 'listen(9999)', 'other'],
  ['no port', 'listen()', 'other'],
])('the preload moves a listen on %s to loopback', async (_name, call, where) => {
  const preload = bundle('rehearsal/preload/task.ts', 'task.cjs');
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const script = `const s = require('node:http').createServer(); s.on('listening', () => {
    console.log(JSON.stringify(s.address())); process.exit(); }); s.${call}`;
  const environment = { NODE_OPTIONS: `--require "${preload}"`, GREENLIGHT_TASK_PORTS: `{"8080":${port}}` };
  const { lines, container } = run([process.execPath, '-e', script], { ...path, ...environment });
  expect(await container.exited).toBe(0);
  const bound = JSON.parse(lines[0]!) as { address: string; port: number };
  expect(bound.address).toBe('127.0.0.1');
  expect(bound.port === port).toBe(where === 'assigned');
  expect([8080, 9999]).not.toContain(bound.port);
});
