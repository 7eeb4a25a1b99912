import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ClientRequest, type ClientResponse, TEXT_BYTES_MAX } from './types';

/** A request that `node:http`'s server has read. */
export function nodeRequest(incoming: IncomingMessage): ClientRequest {
  const { method = 'GET', url = '/', headers, rawHeaders, socket } = incoming;
  const isChunked = headers['transfer-encoding'] !== undefined;
  const hasBody = isChunked || Number(headers['content-length'] ?? 0) > 0;
  const address = socket.remoteAddress ?? '127.0.0.1';
  return { method, url, headers, rawHeaders, address, ...(hasBody && { body: { content: incoming, isChunked } }) };
}

/** A response that `node:http`'s server writes. */
export class NodeResponse implements ClientResponse {
  onClose: (() => void) | undefined;
  onDrain: (() => void) | undefined;

  constructor(private readonly response: ServerResponse) {
    response.on('close', () => this.onClose?.());
    response.on('drain', () => this.onDrain?.());
  }

  writeHead(status: number, reason: string, headers: readonly string[]): void {
    if (!this.response.destroyed) this.response.writeHead(status, reason, [...headers]);
  }

  write(content: Buffer): boolean {
    return this.response.write(content);
  }

  /** Node sends a text together with the head, and bytes after it. */
  end(last?: Buffer): void {
    if (last && last.length <= TEXT_BYTES_MAX) this.response.end(last.toString('latin1'), 'latin1');
    else this.response.end(last);
  }

  destroy(): void {
    this.response.destroy();
  }
}
