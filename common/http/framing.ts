import type { Framing } from './head';

const CR = 0x0d;
const LF = 0x0a;
/** Hexadecimal digits of a chunk's length. */
const SIZE_DIGITS_MAX = 8;
/** Bytes of all extensions and trailers of a body. */
const EXTRA_BYTES_MAX = 16 * 1024;
const SEMICOLON = 0x3b;
const SPACE = 0x20;

/** What a piece of a body comes to: how far it belongs to the response, or that it is not usual. */
export type Progress = 'more' | 'unusual' | { readonly end: number };

/** Follows a body to its end, piece by piece; `onData` gets what is content. */
export interface Body {
  /** @param at where in the piece the body continues */
  take(piece: Buffer, at: number, onData: (content: Buffer) => unknown): Progress;
}

/** @param isStrict whether chunks with extensions or trailers are not usual; otherwise both are passed over */
export function bodyOf(framing: Framing, isStrict: boolean): Body {
  return framing === 'chunked' ? new ChunkedBody(isStrict) : new LengthBody(framing.bytes);
}

class LengthBody implements Body {
  constructor(private left: number) {}

  take(piece: Buffer, at: number, onData: (content: Buffer) => unknown): Progress {
    const end = Math.min(piece.length, at + this.left);
    this.left -= end - at;
    if (end > at) onData(at === 0 && end === piece.length ? piece : piece.subarray(at, end));
    return this.left === 0 ? { end } : 'more';
  }
}

/** What the next byte must be. */
const enum Expect {
  Size,
  Extension,
  SizeLF,
  Data,
  DataCR,
  DataLF,
  EndCR,
  EndLF,
  Trailer,
  TrailerLF,
}

/**
 * A body in chunks.
 * https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
class ChunkedBody implements Body {
  private expected = Expect.Size;
  private digits = 0;
  private left = 0;
  /** Bytes of extensions and trailers. */
  private extra = 0;

  constructor(private readonly isStrict: boolean) {}

  take(piece: Buffer, at: number, onData: (content: Buffer) => unknown): Progress {
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
      case Expect.Extension:
        if (byte === CR) this.expected = Expect.SizeLF;
        return byte === CR || this.takesExtra(byte);
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
        this.expected = byte === CR ? Expect.EndLF : Expect.Trailer;
        return byte === CR || this.takesExtra(byte);
      case Expect.Trailer:
        if (byte === CR) this.expected = Expect.TrailerLF;
        return byte === CR || this.takesExtra(byte);
      case Expect.TrailerLF:
        this.expected = Expect.EndCR;
        return byte === LF;
      default:
        return byte === LF;
    }
  }

  private size(byte: number): boolean {
    if (byte === CR && this.digits > 0) {
      this.expected = Expect.SizeLF;
      return true;
    }
    if (this.digits > 0 && (byte === SEMICOLON || byte === SPACE)) {
      this.expected = Expect.Extension;
      return this.takesExtra(byte);
    }
    const digit = hexadecimal(byte);
    this.digits += 1;
    this.left = this.left * 16 + digit;
    return digit >= 0 && this.digits <= SIZE_DIGITS_MAX;
  }

  private takesExtra(byte: number): boolean {
    this.extra += 1;
    return !this.isStrict && byte !== LF && this.extra <= EXTRA_BYTES_MAX;
  }
}

function hexadecimal(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
