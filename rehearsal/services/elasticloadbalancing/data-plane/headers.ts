/** Headers of one connection, which a proxy does not pass on. RFC 9110, 7.6.1. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Set by the load balancer itself; it responds to `expect`. */
const replaced = new Set(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-port', 'x-amzn-trace-id', 'expect']);

export interface Forwarding {
  readonly clientAddress: string;
  readonly protocol: 'http' | 'https';
  readonly port: string;
  /** Full value of X-Amzn-Trace-Id for the target. */
  readonly traceId: string;
}

/**
 * The request's headers as the target gets them, flat name and value pairs.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 * @param raw flat pairs, as received
 */
export function requestHeaders(raw: readonly string[], forwarding: Forwarding): string[] {
  const headers: string[] = [];
  let forwardedFor = '';
  const named = connectionNames(raw);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const lower = name.toLowerCase();
    if (lower === 'x-forwarded-for') forwardedFor += `${raw[i + 1] as string}, `;
    if (hopByHop.has(lower) || replaced.has(lower) || named?.has(lower)) continue;
    headers.push(name, raw[i + 1] as string);
  }
  headers.push('X-Forwarded-For', forwardedFor + forwarding.clientAddress);
  headers.push('X-Forwarded-Proto', forwarding.protocol, 'X-Forwarded-Port', forwarding.port);
  headers.push('X-Amzn-Trace-Id', forwarding.traceId);
  return headers;
}

/** The target's headers as the client gets them. @param raw flat pairs, as received */
export function responseHeaders(raw: readonly string[]): string[] {
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    if (!hopByHop.has(name.toLowerCase())) headers.push(name, raw[i + 1] as string);
  }
  return headers;
}

/** Names that the Connection header lists as hop-by-hop too. */
function connectionNames(raw: readonly string[]): Set<string> | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if ((raw[i] as string).toLowerCase() !== 'connection') continue;
    const value = (raw[i + 1] as string).toLowerCase();
    if (value === 'keep-alive' || value === 'close') return undefined;
    return new Set(value.split(',').map((name) => name.trim()));
  }
  return undefined;
}

/** `Root=...` of a trace header, without `Root=`. */
export function rootOf(header: string): string | undefined {
  return /(?:^|;)\s*Root=([^;\s]+)/i.exec(header)?.[1];
}

/** New trace ids: `1-<8 hex of the time>-<24 hex>`, unique by a counter behind a seeded prefix. */
export class TraceIds {
  private count = 0;

  constructor(private readonly prefix: string) {}

  /** @param nowMs AWS time */
  next(nowMs: number): string {
    this.count += 1;
    return `1-${Math.floor(nowMs / 1000).toString(16)}-${this.prefix}${this.count.toString(16).padStart(12, '0')}`;
  }
}
