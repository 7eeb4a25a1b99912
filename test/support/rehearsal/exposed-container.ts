/**
 * Run in a network of its own, so that what a container opens to the world is open to nobody: starts one whose child
 * listens on every address, as a task does, and prints the notes about it and how it ended.
 */
import { spawnSync } from 'node:child_process';
import { preloadFile } from '../../../common/bundles';
import { ScaledClock } from '../../../rehearsal/core/clock';
import { ContainerGroup } from '../../../rehearsal/services/ecs/task/container-group';
import { LocalProcesses } from '../../../rehearsal/services/ecs/task/containers';
import { launchOf } from '../../../rehearsal/services/ecs/task/launch';

const [directory = ''] = process.argv.slice(2);
spawnSync('ip', ['link', 'set', 'lo', 'up']);

const listen = `require('net').createServer().listen(8080, '0.0.0.0', () => console.log('open'))`;
const start = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(listen)}], { stdio: 'inherit', env: {} })`;
const definition = {
  name: 'web',
  image: 'any',
  portMappings: [{ containerPort: 8080 }],
  dockerLabels: { 'greenlight.rehearsal.command': JSON.stringify(['node', '-e', start]) },
};
const ports = new Map([[8080, 43121]]);
const runtime = new LocalProcesses();
const notes: string[] = [];
const group = new ContainerGroup([definition], {
  clock: new ScaledClock(60),
  runtime,
  ports,
  launch: (container) =>
    launchOf(container, {
      world: { region: 'us-east-1', endpoint: 'http://127.0.0.1:4711', directory },
      images: { find: () => undefined },
      preload: preloadFile('task'),
      ports,
      taskId: 'exposed',
    }),
  onLine: (_container, line) => void notes.push(line),
  onUnhealthy: () => undefined,
  onStarted: () => undefined,
  onListening: (_container, { isExposed, text }) => void notes.push(`${String(isExposed)} ${text}`),
  onExit: (_container, exitCode) => {
    console.log(JSON.stringify({ notes, exitCode }));
    process.exit(0);
  },
});
void group.start(new AbortController().signal);
