import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { ScaledClock } from '../rehearsal/clock';
import { createElasticLoadBalancing } from '../rehearsal/elasticloadbalancing';
import type { ResourceRequest } from '../rehearsal/service';
import { worldOn } from '../test/support/world';

const CONNECTIONS = 64;
const WARM_UP_MS = 1_000;
const MEASURE_MS = 4_000;
const BODY = JSON.stringify({ version: 'v1', greeting: 'hello' });

type Command = { readonly kind: 'backend' } | { readonly kind: 'load'; readonly port: number };
type Answer = { readonly value: number };

/**
 * Requests a second through the load balancer, and to a bare node:http server of the same process, by the same client
 * in a second process; the load balancer's target runs beside the client, so that both cores are in use.
 */
export async function run(): Promise<void> {
  const peer = fork(__filename, ['peer'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    await once(peer, 'message');
    const bare = await measureBare(peer);
    const balanced = await measureBalanced(peer);
    console.log(`load balancer: ${Math.round(balanced)} requests/s (goal: 10000 or more)`);
    console.log(`bare node:http: ${Math.round(bare)} requests/s; ratio ${(balanced / bare).toFixed(2)}`);
  } finally {
    peer.kill();
  }
}

async function ask(peer: ChildProcess, command: Command): Promise<number> {
  peer.send(command);
  const [answer] = (await once(peer, 'message')) as [Answer];
  return answer.value;
}

async function measureBare(peer: ChildProcess): Promise<number> {
  const server = await startServer();
  const rate = await ask(peer, { kind: 'load', port: portOf(server) });
  server.closeAllConnections();
  server.close();
  return rate;
}

async function measureBalanced(peer: ChildProcess): Promise<number> {
  const world = worldOn(new ScaledClock(60));
  world.add({ prefix: 'cloudwatch', operations: { PutMetricData: { handle: () => ({}) } } });
  const elb = createElasticLoadBalancing(world);
  try {
    const localPort = await ask(peer, { kind: 'backend' });
    world.network.register({
      privateAddresses: ['10.0.1.5'],
      names: [],
      internetFacing: false,
      port: 8080,
      localPort,
      securityGroupIds: [],
    });
    const create = async (type: string, properties: Record<string, unknown>) => {
      const request = {
        stackName: 'Bench',
        stackId: '',
        logicalId: 'Bench',
        properties,
        signal: new AbortController().signal,
      };
      return elb.resourceTypes?.[`AWS::ElasticLoadBalancingV2::${type}`]?.create(request satisfies ResourceRequest);
    };
    const Targets = [{ Id: '10.0.1.5', Port: 8080 }];
    const group = await create('TargetGroup', { Protocol: 'HTTP', Port: 8080, TargetType: 'ip', Targets });
    const balancer = await create('LoadBalancer', {});
    const listener = await create('Listener', {
      LoadBalancerArn: balancer?.physicalId,
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: group?.physicalId }],
    });
    const { port } = new URL(elb.listenerUrl(listener?.physicalId ?? ''));
    return await ask(peer, { kind: 'load', port: Number(port) });
  } finally {
    await elb.stop?.();
    rmSync(world.directory, { recursive: true, force: true });
  }
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
  let answered = 0;
  const sockets = Array.from({ length: CONNECTIONS }, () => ask1(port, () => (answered += 1)));
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const before = answered;
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
  const rate = ((answered - before) / (performance.now() - startedAt)) * 1000;
  for (const socket of sockets) socket.destroy();
  return rate;
}

/** Asks again as soon as an answer is whole, which its Content-Length tells. */
function ask1(port: number, onAnswer: () => void) {
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
    onAnswer();
    socket.write(request);
  });
  socket.on('error', () => undefined);
  return socket;
}

function servePeer(): void {
  process.on('message', (command: Command) => {
    const done = command.kind === 'backend' ? startServer().then(portOf) : load(command.port);
    void done.then((value) => process.send?.({ value } satisfies Answer));
  });
  process.send?.('ready');
}

if (process.argv[2] === 'peer' && process.send) servePeer();
