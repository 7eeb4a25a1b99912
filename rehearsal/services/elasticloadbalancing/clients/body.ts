import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { type Body, bodyOf } from '../../../../common/http/parts';

/** The body of a request, as it comes from the socket. The socket rests while nobody takes it. */
export class SocketBody extends Readable {
  /** Whether all of it has come. */
  isComplete = false;
  private readonly body: Body;

  constructor(
    private readonly socket: Socket,
    bytes: number,
  ) {
    super();
    this.body = bodyOf({ bytes }, true);
  }

  override _read(): void {
    this.socket.resume();
  }

  /** @returns what of the piece comes after the body */
  feed(piece: Buffer): Buffer | undefined {
    const progress = this.body.take(piece, 0, (content) => {
      if (!this.push(content)) this.socket.pause();
    });
    if (typeof progress !== 'object') return undefined;
    this.isComplete = true;
    this.push(null);
    this.socket.resume();
    return progress.end < piece.length ? piece.subarray(progress.end) : undefined;
  }
}
