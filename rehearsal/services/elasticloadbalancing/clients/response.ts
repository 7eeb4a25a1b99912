import type { Socket } from 'node:net';
import { type RequestLine, responseHead } from './response-head';
import { type ClientResponse, TEXT_BYTES_MAX } from './types';

/** A response that is written on the socket, in as few writes as can be. */
export class SocketResponse implements ClientResponse {
  onClose: (() => void) | undefined;
  onDrain: (() => void) | undefined;
  /** Of the head, as long as it is not sent. */
  private pending = '';
  private body: 'none' | 'chunked' | 'length' = 'none';
  private isOver = false;

  /** @param onEnd is called once, when all is written */
  constructor(
    private readonly socket: Socket,
    private readonly request: RequestLine,
    private readonly onEnd: () => void,
  ) {}

  writeHead(status: number, reason: string, headers: readonly string[]): void {
    const { text, body } = responseHead({ status, reason, headers }, this.request);
    this.pending = text;
    this.body = body;
  }

  write(content: Buffer): boolean {
    if (!this.canWrite() || content.length === 0) return true;
    if (this.body === 'none') return this.flush('');
    if (this.body === 'length') return this.send(content, '');
    this.pending += `${content.length.toString(16)}\r\n`;
    return this.send(content, '\r\n');
  }

  end(last?: Buffer): void {
    if (!this.canWrite()) return;
    this.isOver = true;
    const content = last !== undefined && last.length > 0 && this.body !== 'none' ? last : undefined;
    if (this.body !== 'chunked') {
      if (content) this.send(content, '');
      else this.flush('');
    } else if (content) {
      this.pending += `${content.length.toString(16)}\r\n`;
      this.send(content, '\r\n0\r\n\r\n');
    } else this.flush('0\r\n\r\n');
    if (!this.request.keepsOpen) this.socket.destroySoon();
    this.onEnd();
  }

  destroy(): void {
    this.isOver = true;
    this.socket.destroy();
  }

  private canWrite(): boolean {
    return !this.isOver && this.socket.writable;
  }

  private send(content: Buffer, after: string): boolean {
    if (content.length <= TEXT_BYTES_MAX) return this.flush(content.toString('latin1') + after);
    const { socket, pending } = this;
    this.pending = '';
    socket.cork();
    if (pending !== '') socket.write(pending, 'latin1');
    const takesMore = socket.write(content);
    if (after !== '') socket.write(after, 'latin1');
    socket.uncork();
    return takesMore;
  }

  private flush(text: string): boolean {
    const all = this.pending + text;
    this.pending = '';
    return all === '' || this.socket.write(all, 'latin1');
  }
}
