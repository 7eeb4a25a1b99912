import type { Framing } from './head';

const CR = 0x0d;
const LF = 0x0a;
/** Hexadecimal digits of a chunk's length. */
const SIZE_DIGITS_MAX = 8;

/** What a piece of a body comes to: how far it belongs to the response, or that it is not usual. */
export type Progress = 'more' | 'unusual' | { readonly end: number };

/** Follows a body to its end, piece by piece; `onData` gets what is content. */
export interface Body {
  /** @param at where in the piece the body goes on */
  take(piece: Buffer, at: number, onData: (content: Buffer) => void): Progress;
}

export function bodyOf(framing: Framing): Body {
  return framing === 'chunked' ? new ChunkedBody() : new LengthBody(framing.bytes);
}

class LengthBody implements Body {
  constructor(private left: number) {}

  take(piece: Buffer, at: number, onData: (content: Buffer) => void): Progress {
    const end = Math.min(piece.length, at + this.left);
    this.left -= end - at;
    if (end > at) onData(at === 0 && end === piece.length ? piece : piece.subarray(at, end));
    return this.left === 0 ? { end } : 'more';
  }
}

/** What the next byte must be. */
const enum Expect {
  Size,
  SizeLF,
  Data,
  DataCR,
  DataLF,
  EndCR,
  EndLF,
}

/**
 * Chunks with neither extensions nor trailers, as servers send them.
 * https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
class ChunkedBody implements Body {
  private expected = Expect.Size;
  private digits = 0;
  private left = 0;

  take(piece: Buffer, at: number, onData: (content: Buffer) => void): Progress {
    let position = at;
    while (position < piece.length) {
      if (this.expected === Expect.Data) {
        const end = Math.min(piece.length, position + this.left);
        onData(piece.subarray(position, end));
        this.left -= end - position;
        position = end;
        if (this.left === 0) this.expected = Expect.DataCR;
        continue;
      }
      const isEnd = this.expected === Expect.EndLF;
      if (!this.step(piece[position] as number)) return 'unusual';
      position += 1;
      if (isEnd) return { end: position };
    }
    return 'more';
  }

  /** @returns whether the byte may stand here */
  private step(byte: number): boolean {
    switch (this.expected) {
      case Expect.Size:
        return this.size(byte);
      case Expect.SizeLF:
        this.expected = this.left === 0 ? Expect.EndCR : Expect.Data;
        this.digits = 0;
        return byte === LF;
      case Expect.DataCR:
        this.expected = Expect.DataLF;
        return byte === CR;
      case Expect.DataLF:
        this.expected = Expect.Size;
        return byte === LF;
      case Expect.EndCR:
        this.expected = Expect.EndLF;
        return byte === CR;
      default:
        return byte === LF;
    }
  }

  private size(byte: number): boolean {
    if (byte === CR && this.digits > 0) {
      this.expected = Expect.SizeLF;
      return true;
    }
    const digit = hexadecimal(byte);
    this.digits += 1;
    this.left = this.left * 16 + digit;
    return digit >= 0 && this.digits <= SIZE_DIGITS_MAX;
  }
}

function hexadecimal(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
