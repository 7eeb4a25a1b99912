import { describeExchange } from '../../common/http/problem';
import { Connections, exchange, ExchangeTimeout, type HttpRequest, type TlsVerification } from '../../common/http';
import type { Attempt } from './comparator';
import type { Side } from './differences';
import type { ComparedRequest } from './options';

/** Where one side responds. */
export interface SideTarget {
  readonly base: URL;
  /** Private addresses to connect to, in turn; empty: by name. */
  readonly addresses: readonly string[];
  readonly hostName?: string;
  readonly tlsVerification: TlsVerification;
}

export interface HttpAttempts {
  readonly attempt: Attempt;
  /** Closes the connections that are kept open. */
  close(): void;
}

/** Attempts over HTTP. Each side keeps its own connections open, as a load balancer and a browser do. */
export function httpAttempts(targets: Readonly<Record<Side, SideTarget>>): HttpAttempts {
  const sides = { blue: new SideRequests(targets.blue), green: new SideRequests(targets.green) };
  const attempt: Attempt = async (side, request, signal, timeoutMs) => {
    const startMs = performance.now();
    try {
      const { status, headers, body, durationMs } = await exchange(sides[side].next(request, signal, timeoutMs));
      return { durationMs, response: { status, headers, body } };
    } catch (error) {
      const timedOut = error instanceof ExchangeTimeout;
      return { durationMs: performance.now() - startMs, error: describeExchange(error), ...(timedOut && { timedOut }) };
    }
  };
  return { attempt, close: () => Object.values(sides).forEach((each) => each.connections.close()) };
}

/** The requests to one side. Each is created once and sent many times, and created again when its timeout changes. */
class SideRequests {
  readonly connections: Connections;
  private readonly made = new WeakMap<ComparedRequest, HttpRequest[]>();
  private turn = 0;

  constructor(private readonly target: SideTarget) {
    this.connections = new Connections(target.base.protocol);
  }

  /** To the target's next address. */
  next(request: ComparedRequest, signal: AbortSignal, timeoutMs: number): HttpRequest {
    const at = this.turn++ % Math.max(1, this.target.addresses.length);
    const made = this.made.get(request) ?? [];
    if (made.length === 0) this.made.set(request, made);
    const known = made[at];
    if (known?.signal === signal && known.timeoutMs === timeoutMs) return known;
    return (made[at] = { ...this.make(request, this.target.addresses[at]), signal, timeoutMs });
  }

  private make(request: ComparedRequest, address: string | undefined): Omit<HttpRequest, 'timeoutMs'> {
    const { base, hostName, tlsVerification } = this.target;
    return {
      method: request.method ?? 'GET',
      // Appended, not resolved: a path that begins with two slashes must not name another host.
      url: new URL(`${base.origin}${request.path}`),
      headers: request.headers ?? {},
      address,
      hostName,
      tlsVerification,
      connections: this.connections,
    };
  }
}
