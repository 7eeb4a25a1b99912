/**
 * Loaded into each Node process of a rehearsed task. A container has a network of its own, so services listen on fixed
 * ports on every address; a rehearsal runs many on one machine. So each listen moves to loopback: the container's ports
 * to the ports that the rehearsal chose for this task, any other to a free one. Nothing but loopback is ever bound. The
 * containers of a task share that network, so a connection to localhost and a port of the task finds the container.
 *
 * A container's port that is to be reached from localhost only gets another port too: no load balancer of AWS reaches it
 * there. A port that only the task's containers use is theirs on localhost as well. Each listen is noted in a file, with what was requested.
 */
import cluster from 'node:cluster';
import { appendFileSync } from 'node:fs';
import net, { type ListenOptions, Server, Socket, type TcpNetConnectOpts } from 'node:net';

const PATCHED = Symbol.for('greenlight.rehearsal.listen');
const LOOPBACK = '127.0.0.1';

type Listen = (...args: unknown[]) => Server;

/** `{"8080": 43121}`: container port to port on loopback. */
function assignedPorts(): Ports {
  return JSON.parse(process.env.GREENLIGHT_TASK_PORTS ?? '{}') as Ports;
}

/** Those of them that no port mapping has. */
function innerPorts(): readonly number[] {
  return JSON.parse(process.env.GREENLIGHT_TASK_INNER_PORTS ?? '[]') as number[];
}

interface Wanted {
  readonly host: string;
  readonly port: number;
}

type Ports = Readonly<Record<string, number>>;

/** Whether it listens where a command that replaces a container must: at HOST and PORT of its environment. */
function isAsAssigned({ host, port }: Wanted, assigned: Ports): boolean {
  return host === process.env.GREENLIGHT_TASK_HOST && Object.values(assigned).includes(port);
}

/** Whether a worker of Node's `cluster` has moved it already: its primary process is the one that binds. */
function isMoved({ host, port }: Wanted, assigned: Ports): boolean {
  return cluster.isPrimary && host === LOOPBACK && Object.values(assigned).includes(port);
}

/** 0, any that is free, for one that is not the container's, and where nobody could reach it. */
function localPort(wanted: Wanted, assigned: Ports): number {
  if (isAsAssigned(wanted, assigned)) return wanted.port;
  const isUnreachable = isLoopback(wanted.host) && !innerPorts().includes(wanted.port);
  return isUnreachable ? 0 : (assigned[wanted.port] ?? 0);
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** What a call of `listen` asks for; undefined for Unix sockets, handles and file descriptors. */
function wantedBy([first, second]: readonly unknown[]): Wanted | undefined {
  if (typeof first === 'object' && first !== null) {
    const options = first as ListenOptions & { fd?: number; _handle?: unknown; handle?: unknown };
    if (options.path !== undefined || options.fd !== undefined || options._handle || options.handle) return undefined;
    return { host: text(options.host) ?? '0.0.0.0', port: Number(options.port ?? 0) };
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return undefined;
  const port = typeof first === 'function' || first === undefined || first === null ? 0 : Number(first);
  return { host: text(second) ?? '0.0.0.0', port };
}

/** The arguments of `listen` as they are to be. */
function onLoopback(args: readonly unknown[], wanted: Wanted, assigned: Ports): unknown[] {
  const [first] = args;
  const callback = args.find((argument) => typeof argument === 'function');
  const place = { port: localPort(wanted, assigned), host: LOOPBACK };
  if (typeof first === 'object' && first !== null) return [{ ...first, ...place }, callback];
  const backlog = args.slice(1).find((argument) => typeof argument === 'number');
  return [{ ...place, backlog }, callback];
}

/** Read by the check that the container can be reached. */
function note(server: Server, wanted: Wanted, assigned: Ports): void {
  const file = process.env.GREENLIGHT_TASK_SOCKETS;
  const address = server.address();
  if (!file || typeof address !== 'object' || !address || isAsAssigned(wanted, assigned)) return;
  appendFileSync(file, `${JSON.stringify({ ...wanted, localPort: address.port })}\n`);
}

type Connection = [TcpNetConnectOpts & { path?: string | null }, (() => void) | null];

/** The connection as it is to be: unchanged but for a port of the task on localhost. */
function withinTask([options, callback]: Connection, assigned: Ports): Connection {
  const { host, port, path } = options;
  const local = !path && isLoopback(host) ? assigned[port] : undefined;
  return local === undefined ? [options, callback] : [{ ...options, host: LOOPBACK, port: local }, callback];
}

function isLoopback(host: string | undefined): boolean {
  return !host || host === 'localhost' || host === '::1' || host === LOOPBACK;
}

const prototype = Server.prototype as unknown as Record<symbol, boolean> & { listen: Listen };
if (!prototype[PATCHED]) {
  const listen = prototype.listen;
  const assigned = assignedPorts();
  prototype[PATCHED] = true;
  prototype.listen = function (this: Server, ...args: unknown[]) {
    const wanted = wantedBy(args);
    if (!wanted || isMoved(wanted, assigned)) return listen.apply(this, args);
    this.once('listening', () => note(this, wanted, assigned));
    return listen.apply(this, onLoopback(args, wanted, assigned));
  };

  // Part of Node's interface in all but its documentation; agent libraries use it as well.
  const normalize = (net as unknown as { _normalizeArgs: (args: unknown[]) => Connection })._normalizeArgs;
  const sockets = Socket.prototype as unknown as { connect: (...args: unknown[]) => Socket };
  const connect = sockets.connect;
  sockets.connect = function (this: Socket, ...args: unknown[]) {
    const given = Array.isArray(args[0]) ? (args[0] as Connection) : normalize(args);
    const wanted = withinTask(given, assigned);
    return wanted[0] === given[0] ? connect.apply(this, args) : connect.call(this, wanted[0], wanted[1] ?? undefined);
  };
}
