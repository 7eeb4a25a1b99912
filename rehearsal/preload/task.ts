/**
 * Loaded into each Node process of a rehearsed task. A container has a network of its own, so services listen on fixed
 * ports on every address; a rehearsal runs many on one machine. So each listen moves to loopback: the container's ports
 * to the ports that the rehearsal chose for this task, any other to a free one. Nothing but loopback is ever bound. The
 * containers of a task share that network, so a connection to localhost and a port of the task finds the container.
 */
import net, { type ListenOptions, Server, Socket, type TcpNetConnectOpts } from 'node:net';

const PATCHED = Symbol.for('greenlight.rehearsal.listen');
const LOOPBACK = '127.0.0.1';

type Listen = (...args: unknown[]) => Server;

/** `{"8080": 43121}`: container port to port on loopback. */
function assignedPorts(): Readonly<Record<string, number>> {
  return JSON.parse(process.env.GREENLIGHT_TASK_PORTS ?? '{}') as Record<string, number>;
}

function localPort(wanted: number, assigned: Readonly<Record<string, number>>): number {
  if (Object.values(assigned).includes(wanted)) return wanted;
  return assigned[wanted] ?? 0;
}

/** The arguments of `listen` as they are to be: unchanged for Unix sockets, handles and file descriptors. */
function onLoopback(args: readonly unknown[], assigned: Readonly<Record<string, number>>): unknown[] {
  const [first] = args;
  const callback = args.find((argument) => typeof argument === 'function');
  if (typeof first === 'object' && first !== null) {
    const options = first as ListenOptions & { fd?: number; _handle?: unknown; handle?: unknown };
    if (options.path !== undefined || options.fd !== undefined || options._handle || options.handle) return [...args];
    return [{ ...options, port: localPort(Number(options.port ?? 0), assigned), host: LOOPBACK }, callback];
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return [...args];
  const port = typeof first === 'function' || first === undefined || first === null ? 0 : Number(first);
  const backlog = args.slice(1).find((argument) => typeof argument === 'number');
  return [{ port: localPort(port, assigned), host: LOOPBACK, backlog }, callback];
}

type Connection = [TcpNetConnectOpts & { path?: string | null }, (() => void) | null];

/** The connection as it is to be: unchanged but for a port of the task on localhost. */
function withinTask([options, callback]: Connection, assigned: Readonly<Record<string, number>>): Connection {
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
    return listen.apply(this, onLoopback(args, assigned));
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
