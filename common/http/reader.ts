import { type Body, bodyOf, type Progress } from './framing';
import { type Head, readHead } from './head';

/** Bytes and pieces of a usual head. */
const HEAD_BYTES_MAX = 16 * 1024;
const HEAD_PIECES_MAX = 8;

/** Where a response is: complete, cut as its body is too long, or one that is not usual. */
export type Reading = 'more' | 'unusual' | 'cut' | 'complete';

/** Reads one usual response from the pieces in which it comes. */
export class ResponseReader {
  head: Head | undefined;
  /** All that came, for whom reads it if this is no usual response. */
  readonly pieces: Buffer[] = [];
  readonly content: Buffer[] = [];
  private bytes = 0;
  private body: Body | undefined;

  /** @param bytesMax of the body that are read */
  constructor(
    private readonly method: string,
    private readonly bytesMax: number,
  ) {}

  take(piece: Buffer): Reading {
    this.pieces.push(piece);
    if (this.body) return this.read(piece, this.body.take(piece, 0, this.add));
    const [start, end] = this.findHead(piece);
    if (end < 0) return start.length > HEAD_BYTES_MAX || this.pieces.length >= HEAD_PIECES_MAX ? 'unusual' : 'more';
    this.head = end > HEAD_BYTES_MAX ? undefined : readHead(start.toString('latin1', 0, end), this.method);
    if (!this.head) return 'unusual';
    this.body = bodyOf(this.head.framing, true);
    return this.read(start, this.body.take(start, end + 4, this.add));
  }

  /** All up to here in one piece, and where its head ends. */
  private findHead(piece: Buffer): readonly [start: Buffer, end: number] {
    const start = this.pieces.length === 1 ? piece : Buffer.concat(this.pieces);
    return [start, start.indexOf('\r\n\r\n')];
  }

  private read(piece: Buffer, progress: Progress): Reading {
    if (progress === 'unusual') return 'unusual';
    if (this.bytes > this.bytesMax) return 'cut';
    if (progress === 'more') return 'more';
    // What follows was not requested.
    return progress.end === piece.length ? 'complete' : 'unusual';
  }

  private readonly add = (content: Buffer): void => {
    this.content.push(content);
    this.bytes += content.length;
  };
}
