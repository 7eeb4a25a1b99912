import { AwsError } from '../service';

export interface Chunk {
  readonly content: Buffer;
  /** Present when each chunk is signed. */
  readonly signature?: string;
}

export interface Framed {
  /** In order; the last one is empty. */
  readonly chunks: readonly Chunk[];
  /** Headers after the last chunk, in order, names in lower case. */
  readonly trailer: readonly (readonly [name: string, value: string])[];
}

/**
 * Reads the aws-chunked framing: `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n`, ended by a chunk of size 0 and
 * trailing headers.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @throws AwsError IncompleteBody
 */
export function readChunks(framed: Buffer): Framed {
  const chunks: Chunk[] = [];
  for (let offset = 0; ;) {
    const lineEnd = framed.indexOf('\r\n', offset);
    const line = framed.toString('latin1', offset, Math.max(lineEnd, offset));
    const [, hex, signature] = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line) ?? [];
    const size = Number.parseInt(hex ?? '', 16);
    const start = lineEnd + 2;
    if (Number.isNaN(size) || start + size > framed.length) throw incomplete();
    chunks.push({ content: framed.subarray(start, start + size), ...(signature !== undefined && { signature }) });
    if (size === 0) return { chunks, trailer: readTrailer(framed.toString('latin1', start)) };
    offset = start + size + 2;
  }
}

export function contentOf({ chunks }: Framed): Buffer {
  return Buffer.concat(chunks.map(({ content }) => content));
}

function readTrailer(text: string): [string, string][] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  return lines.map((line) => {
    const at = line.indexOf(':');
    if (at < 1) throw incomplete();
    return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
  });
}

function incomplete(): AwsError {
  return new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
}
