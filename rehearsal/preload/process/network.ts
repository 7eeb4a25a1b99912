import dns from 'node:dns';
import http from 'node:http';
import net from 'node:net';

export interface Enclosure {
  /** Where the local AWS says where a connection ends. Without it no host but loopback exists. */
  readonly url?: string;
  /** ARN of the Lambda function that this process is, or an empty text for a program on the internet. */
  readonly source: string;
  /** Runs the callback when a dropped connection attempt ends, if the caller sets no limit of its own. */
  readonly afterDrop: (callback: () => void) => NodeJS.Timeout;
}

type Route = { readonly localPort: number } | { readonly error: string };

/** `[options, callback]` as Node's own connect reads its arguments. */
type Connection = [net.TcpNetConnectOpts & { path?: string }, (() => void) | null];
type Normalize = (args: unknown[]) => Connection;

/**
 * Leads every TCP connection to the rehearsed network: for what is not loopback it asks the local AWS, which returns
 * with a local port or with how the attempt would fail. Everything in Node connects through `net.Socket`: http, https,
 * tls, undici and fetch. Host and server name stay what the caller set. DNS itself is cut off.
 */
export function enclose(enclosure: Enclosure): void {
  // Part of Node's interface in all but its documentation; agent libraries use it as well.
  const normalize = (net as unknown as { _normalizeArgs: Normalize })._normalizeArgs;
  const prototype = net.Socket.prototype as unknown as { connect: (...args: unknown[]) => net.Socket };
  const connect = prototype.connect;
  prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
    const given = Array.isArray(args[0]) ? (args[0] as Connection) : normalize(args);
    const [options, callback] = given;
    if (options.path || isLoopback(options.host)) return connect.apply(this, args);
    return connectRehearsed(this, given, enclosure, (port) => {
      connect.call(this, { ...options, lookup: undefined, host: '127.0.0.1', port }, callback ?? undefined);
    });
  };
  cutDns();
}

function isLoopback(host: string | undefined): boolean {
  return !host || host === 'localhost' || host === '::1' || /^127\.[\d.]+$/.test(host);
}

function connectRehearsed(
  socket: net.Socket,
  [options]: Connection,
  enclosure: Enclosure,
  proceed: (localPort: number) => void,
): net.Socket {
  const { host = '', port } = options;
  // Until the route is here the socket is what Node's own is during its DNS lookup: writes and reads wait.
  Object.assign(socket, { connecting: true });
  const fail = (code: string) => {
    if (!socket.destroyed) socket.destroy(connectionError(code, host, Number(port)));
  };
  ask(enclosure, host, Number(port)).then(
    (route) => {
      if (socket.destroyed) return;
      if ('localPort' in route) return proceed(route.localPort);
      if (route.error !== 'ETIMEDOUT') return fail(route.error);
      const timer = enclosure.afterDrop(() => fail('ETIMEDOUT'));
      socket.once('close', () => clearTimeout(timer));
    },
    () => fail('ENETUNREACH'),
  );
  return socket;
}

function connectionError(code: string, host: string, port: number): Error {
  if (code === 'ENOTFOUND') {
    return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code, syscall: 'getaddrinfo', hostname: host });
  }
  return Object.assign(new Error(`connect ${code} ${host}:${port}`), { code, syscall: 'connect', address: host, port });
}

function ask({ url: route, source }: Enclosure, host: string, port: number): Promise<Route> {
  if (!route) return Promise.resolve({ error: 'ENOTFOUND' });
  const url = new URL(route);
  url.search = new URLSearchParams({ host, port: String(port), source }).toString();
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode !== 200)
            return reject(new Error(`the local AWS responded with ${response.statusCode}`));
          resolve(JSON.parse(Buffer.concat(chunks).toString()) as Route);
        });
      })
      .on('error', reject);
  });
}

/** Names are resolved by connecting; a direct DNS query reaches only loopback. */
function cutDns(): void {
  const lookup = dns.lookup;
  const notFound = (host: string) => connectionError('ENOTFOUND', host, 0);
  const cutLookup = (host: string, ...rest: unknown[]) => {
    if (isLoopback(host) || net.isIP(host)) return (lookup as (...args: unknown[]) => unknown)(host, ...rest);
    const callback = rest.at(-1) as (error: Error) => void;
    process.nextTick(callback, notFound(host));
    return {};
  };
  const promised = dns.promises.lookup;
  const cutPromisedLookup = async (host: string, ...rest: unknown[]) => {
    if (!isLoopback(host) && !net.isIP(host)) throw notFound(host);
    return (promised as (...args: unknown[]) => Promise<unknown>)(host, ...rest);
  };
  Object.assign(dns, { lookup: cutLookup });
  Object.assign(dns.promises, { lookup: cutPromisedLookup });
  for (const name of Object.keys(dns).filter((key) => /^(resolve|reverse)/.test(key))) {
    Object.assign(dns, {
      [name]: (host: string, ...rest: unknown[]) =>
        process.nextTick(rest.at(-1) as (error: Error) => void, notFound(host)),
    });
    if (name in dns.promises)
      Object.assign(dns.promises, { [name]: async (host: string) => Promise.reject(notFound(host)) });
  }
}
