import { describeExchange } from '../../shared/exchange-problem';
import { Connections, exchange, type HttpRequest, type TlsVerification } from '../../shared/http';
import type { Attempt } from './comparator';
import type { Side } from './differences';
import type { ComparedRequest } from './options';

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
  const sides = { blue: new SideRequests(targets.blue, timeoutMs), green: new SideRequests(targets.green, timeoutMs) };
  const attempt: Attempt = async (side, request, signal) => {
    const startMs = performance.now();
    try {
      const { status, headers, body, durationMs } = await exchange(sides[side].next(request, signal));
      return { durationMs, answer: { status, headers, body } };
    } catch (error) {
      return { durationMs: performance.now() - startMs, error: describeExchange(error) };
    }
  };
  return { attempt, close: () => Object.values(sides).forEach((each) => each.connections.close()) };
}

/** The requests to one side, each made once and sent often. */
class SideRequests {
  readonly connections: Connections;
  private readonly made = new WeakMap<ComparedRequest, HttpRequest[]>();
  private turn = 0;

  constructor(
    private readonly target: SideTarget,
    private readonly timeoutMs: number,
  ) {
    this.connections = new Connections(target.base.protocol);
  }

  /** To the target's next address. */
  next(request: ComparedRequest, signal: AbortSignal): HttpRequest {
    const at = this.turn++ % Math.max(1, this.target.addresses.length);
    const made = this.made.get(request) ?? [];
    if (made.length === 0) this.made.set(request, made);
    const known = made[at];
    return known?.signal === signal ? known : (made[at] = this.make(request, signal, this.target.addresses[at]));
  }

  private make(request: ComparedRequest, signal: AbortSignal, address: string | undefined): HttpRequest {
    const { base, hostName, tlsVerification } = this.target;
    const { timeoutMs, connections } = this;
    return {
      method: request.method ?? 'GET',
      // Appended, not resolved: a path that begins with two slashes must not name another host.
      url: new URL(`${base.origin}${request.path}`),
      headers: request.headers ?? {},
      address,
      hostName,
      tlsVerification,
      timeoutMs,
      signal,
      connections,
    };
  }
}
