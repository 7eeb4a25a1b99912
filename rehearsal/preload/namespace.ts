/**
 * Runs a program that cannot be moved to loopback from inside, in a network of its own: a Linux network namespace in
 * which it may listen wherever it wants. What reaches the task's ports on loopback is handed in, what the program asks of
 * loopback is handed out. Starts itself again inside the namespace.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { constants } from 'node:os';

interface Setting {
  /** Container port to port on loopback, of this container. */
  readonly ports: Readonly<Record<string, number>>;
  /** Port inside to port on loopback outside: the local AWS, and the task's other containers. */
  readonly outside: Readonly<Record<string, number>>;
  /** The task's private address. */
  readonly address: string;
  /** Path of the socket through which connections leave. */
  readonly socket: string;
}

const [mode, text = '{}', ...command] = process.argv.slice(2);
const setting = JSON.parse(text) as Setting;
// The program decides when it ends; this process ends with it.
for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const) process.on(name, () => undefined);

if (mode === 'inside') inside();
else outside();

function outside(): void {
  const exits = createServer((inner) => {
    inner.once('data', (chunk: Buffer) => {
      const end = chunk.indexOf('\n');
      const port = Number(chunk.subarray(0, end).toString());
      inner.unshift(chunk.subarray(end + 1));
      if (Object.values(setting.outside).includes(port)) join(inner, connect(port, '127.0.0.1'));
      else inner.destroy();
    });
  });
  exits.listen(setting.socket, () => {
    const again = [process.execPath, __filename, 'inside', text, ...command];
    const child = spawn('unshare', ['--user', '--map-root-user', '--net', ...again], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    endWith(child);
    for (const [port, local] of Object.entries(setting.ports)) handIn(child, Number(port), local);
  });
}

/** The listening socket belongs to this machine's network, also when another process accepts from it. */
function handIn(child: ChildProcess, port: number, local: number): void {
  const server = createServer((early) => early.destroy());
  server.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(125);
  });
  server.listen(local, '127.0.0.1', () => child.send({ port }, server, () => server.close()));
}

function inside(): void {
  for (const args of [
    ['link', 'set', 'lo', 'up'],
    ['addr', 'add', `${setting.address}/32`, 'dev', 'lo'],
  ]) {
    const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
    if (status !== 0) process.stderr.write(`ip ${args.join(' ')}: ${stderr}\n`);
  }
  process.on('message', ({ port }: { port: number }, server: Server) => {
    server.on('connection', (outer: Socket) => join(outer, connect(port, setting.address)));
  });
  for (const [port, local] of Object.entries(setting.outside)) {
    createServer((inner) => {
      const exit = connect(setting.socket);
      exit.write(`${local}\n`);
      join(inner, exit);
    }).listen(Number(port), '127.0.0.1');
  }
  const [program = '', ...args] = command;
  endWith(spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] }));
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on('error', () => peer.destroy());
    socket.on('close', () => peer.destroy());
  }
}

/** https://docs.docker.com/reference/cli/docker/container/run/#exit-status */
function endWith(child: ChildProcess): void {
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(127);
  });
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
}
