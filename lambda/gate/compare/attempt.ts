import * as http from 'node:http';
import * as https from 'node:https';
import { describeExchange } from '../../shared/exchange-problem';
import { exchange, type HttpRequest, type TlsVerification } from '../../shared/http';
import type { Attempt } from './comparator';
import type { Side } from './differences';

/** Where one side answers. */
export interface SideTarget {
  readonly base: URL;
  /** Private addresses to connect to, in turn; empty: by name. */
  readonly addresses: readonly string[];
  readonly hostName?: string;
  readonly tlsVerification: TlsVerification;
}

export interface HttpAttempts {
  readonly attempt: Attempt;
  /** Ends the kept connections. */
  close(): void;
}

/**
 * Attempts over HTTP. Both sides keep their connections, as a load balancer and a browser do, each its own.
 * @param timeoutMs of one attempt; an answer that takes longer is a failed one
 */
export function httpAttempts(targets: Readonly<Record<Side, SideTarget>>, timeoutMs: number): HttpAttempts {
  const agents = { blue: agentFor(targets.blue.base), green: agentFor(targets.green.base) };
  const turns = { blue: 0, green: 0 };
  const attempt: Attempt = async (side, request, signal) => {
    const { base, addresses, hostName, tlsVerification } = targets[side];
    const wire: HttpRequest = {
      method: request.method ?? 'GET',
      // Appended, not resolved: a path that begins with two slashes must not name another host.
      url: new URL(`${base.origin}${request.path}`),
      headers: request.headers ?? {},
      address: addresses[turns[side]++ % Math.max(1, addresses.length)],
      hostName,
      tlsVerification,
      timeoutMs,
      signal,
      agent: agents[side],
    };
    const startMs = performance.now();
    try {
      const { status, headers, body, durationMs } = await exchange(wire);
      return { durationMs, answer: { status, headers, body } };
    } catch (error) {
      return { durationMs: performance.now() - startMs, error: describeExchange(error) };
    }
  };
  return { attempt, close: () => Object.values(agents).forEach((agent) => agent.destroy()) };
}

function agentFor(base: URL): http.Agent {
  const options = { keepAlive: true, maxFreeSockets: 64 };
  return base.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options);
}
