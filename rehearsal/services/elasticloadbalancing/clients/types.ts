import type { Readable } from 'node:stream';

/** A client's request, as the rules and a target get it. */
export interface ClientRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly url: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Flat pairs of name and value in Latin-1, as received. */
  readonly rawHeaders: readonly string[];
  /** Of the client. */
  readonly address: string;
  /** Absent when there is none. */
  readonly body?: RequestBody;
}

export interface RequestBody {
  readonly content: Readable;
  /** Then its length is not known before its end. */
  readonly isChunked: boolean;
}

/** The response to one request of a client. */
export interface ClientResponse {
  /** Set to be called once, when the client's connection has ended, whether or not the response is complete. */
  onClose: (() => void) | undefined;
  /** Set to be called when `write` may be called again. */
  onDrain: (() => void) | undefined;
  /** @param headers flat pairs, without those of the connection */
  writeHead(status: number, reason: string, headers: readonly string[]): void;
  /** @returns false when no more should come before `onDrain` */
  write(content: Buffer): boolean;
  /** @param last content that came with the end */
  end(last?: Buffer): void;
  /** Ends the client's connection, so that it sees that the response is not complete. */
  destroy(): void;
}

/** Serves one request. */
export type Serve = (request: ClientRequest, response: ClientResponse) => void;

/** Bytes of content that are sent as text, in one write with what comes before them. */
export const TEXT_BYTES_MAX = 16 * 1024;
