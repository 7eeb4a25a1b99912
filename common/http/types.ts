import type { Connections } from './connections';

/** What of a server's certificate is verified: issuer and name, only the issuer, nothing (for self-signed ones). */
export type TlsVerification = 'full' | 'chain' | 'none';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Connect here instead of to the URL's host. */
  readonly address?: string;
  /** Host header and TLS server name instead of the URL's host. */
  readonly hostName?: string;
  /** Default full. */
  readonly tlsVerification?: TlsVerification;
  /** For the whole exchange, wall milliseconds. */
  readonly timeoutMs: number;
  /** Ends the exchange early. */
  readonly signal?: AbortSignal;
  /** Keeps connections from one exchange to the next. Default: each has its own. */
  readonly connections?: Connections;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated ones joined with a comma. Values in UTF-8 where their bytes are. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body was longer than `BODY_BYTES_MAX`. */
  readonly truncated: boolean;
  /** From the connection's start to the body's end (or cut), wall milliseconds. */
  readonly durationMs: number;
  readonly timings: Timings;
  /** Of an https exchange. */
  readonly tls?: { readonly validTo: Date };
}

/** When each step was done, wall milliseconds since the start; a step that did not happen or end is absent. */
export interface Timings {
  /** Name looked up. */
  readonly dnsMs?: number;
  /** TCP connected. */
  readonly connectMs?: number;
  /** TLS agreed. */
  readonly tlsMs?: number;
  /** Status and headers there. */
  readonly firstByteMs?: number;
  /** The whole response is there, or the failure. */
  readonly totalMs: number;
}

/** An exchange took longer than its `timeoutMs`. */
export class ExchangeTimeout extends Error {}
