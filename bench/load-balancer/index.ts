import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import type * as Balancer from './balancer';
import { bundled } from '../support/bundled';
import { inTurns, type Turn } from '../support/rounds';
import { startNginx } from './nginx';

const CONNECTIONS = 64;
const WARM_UP_MS = 1_000;
const MEASURE_MS = 3_000;
const ROUNDS = 3;
const BODY = JSON.stringify({ version: 'v1', greeting: 'hello' });

type Command = { readonly kind: 'backend' } | { readonly kind: 'load'; readonly port: number };
type Measurement = { readonly value: number };

/**
 * Requests a second through the load balancer, through one worker of nginx where the machine has it, and to a bare node:http
 * server of the same process as the load balancer; by the same client, in a second process, to the same target next to it, so
 * that both cores are in use.
 */
export async function run(): Promise<void> {
  const peer = fork(__filename, ['peer'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ending: (() => unknown)[] = [() => peer.kill()];
  try {
    await once(peer, 'message');
    const targetPort = await ask(peer, { kind: 'backend' });
    const { startBalancer } = bundled<typeof Balancer>('bench/load-balancer/balancer.ts');
    const balancer = await startBalancer(targetPort);
    ending.unshift(balancer.stop);
    const bare = await startServer();
    ending.unshift(() => (bare.closeAllConnections(), bare.close()));
    const nginx = await startNginx(targetPort);
    if (nginx) ending.unshift(() => nginx.stop());
    else console.log('no nginx on this machine (Debian: apt-get install nginx-light): figures without it');
    const ownUs = () => {
      const { user, system } = process.cpuUsage();
      return user + system;
    };
    const contenders = {
      'load balancer': () => measured(peer, balancer.port, ownUs),
      'bare node:http': () => measured(peer, portOf(bare), ownUs),
      ...(nginx && { nginx: () => measured(peer, nginx.port, () => nginx.cpuUs()) }),
    };
    await inTurns(contenders, 'load balancer', ROUNDS);
    console.log('limit: 0.90 of nginx with one worker');
  } finally {
    for (const end of ending) await end();
  }
}

async function measured(peer: ChildProcess, port: number, cpuUs: () => number | undefined): Promise<Turn> {
  const [beganMs, beganUs] = [performance.now(), cpuUs()];
  const rate = await ask(peer, { kind: 'load', port });
  const endUs = cpuUs();
  // The rate held for the warm-up, too, more or less.
  const requests = (rate * (performance.now() - beganMs)) / 1_000;
  return { rate, ...(beganUs !== undefined && endUs !== undefined && { cpuUs: (endUs - beganUs) / requests }) };
}

async function ask(peer: ChildProcess, command: Command): Promise<number> {
  peer.send(command);
  const [measurement] = (await once(peer, 'message')) as [Measurement];
  return measurement.value;
}

async function startServer(): Promise<Server> {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(BODY) };
  const server = createServer((_request, response) => {
    response.writeHead(200, headers);
    response.end(BODY);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Requests a second over keep-alive connections, one request at a time on each. */
async function load(port: number): Promise<number> {
  let responses = 0;
  const sockets = Array.from({ length: CONNECTIONS }, () => keepAsking(port, () => (responses += 1)));
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const before = responses;
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
  const rate = ((responses - before) / (performance.now() - startedAt)) * 1000;
  for (const socket of sockets) socket.destroy();
  return rate;
}

/** Sends the next request as soon as a response is complete by its Content-Length. */
function keepAsking(port: number, onResponse: () => void) {
  const request = `GET / HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n\r\n`;
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true }, () => socket.write(request));
  let received = '';
  socket.on('data', (data) => {
    received += data.toString('latin1');
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? NaN);
    if (!received.startsWith('HTTP/1.1 200')) throw new Error(received.slice(0, 200));
    if (received.length < end + 4 + length) return;
    received = '';
    onResponse();
    socket.write(request);
  });
  socket.on('error', () => undefined);
  return socket;
}

function servePeer(): void {
  process.on('message', (command: Command) => {
    const done = command.kind === 'backend' ? startServer().then(portOf) : load(command.port);
    void done.then((value) => process.send?.({ value } satisfies Measurement));
  });
  process.send?.('ready');
}

if (process.argv[2] === 'peer' && process.send) servePeer();
