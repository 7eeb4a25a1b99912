import type { IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** Bytes of a body that are read; what follows is cut and the connection closed. */
export const BODY_BYTES_MAX = 1024 * 1024;
/** Bytes that a compressed body may unpack to. */
const UNPACKED_BYTES_MAX = 8 * BODY_BYTES_MAX;

/** A body that is not what its headers say; the message says in which way. */
export class ContentProblem extends Error {
  public override readonly name = 'ContentProblem';
}

/**
 * The text of a body, as a browser reads it: unpacked, in its character set, without a byte order mark.
 * @param isCut whether the body continued: it is then unpacked as far as it came
 * @throws ContentProblem when it cannot be unpacked, or unpacks to more than 8 MiB
 */
export function contentOf(
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  isCut: boolean,
): { readonly body: string; readonly truncated: boolean } {
  const content = unpack(bytes, headers['content-encoding'] ?? '', isCut);
  const truncated = isCut || content.length > BODY_BYTES_MAX;
  return { body: decode(content.subarray(0, BODY_BYTES_MAX), headers['content-type'] ?? ''), truncated };
}

/**
 * Servers may compress unasked, and more than once. Of an unknown coding the bytes are left as they are.
 * https://www.rfc-editor.org/rfc/rfc9110#section-8.4
 */
function unpack(bytes: Buffer, encoding: string, isCut: boolean): Buffer {
  if (bytes.length === 0) return bytes;
  const codings = encoding.split(',').map((each) => each.trim().toLowerCase());
  let content = bytes;
  for (const coding of codings.reverse()) {
    const unpacked = unpackOnce(content, coding, isCut);
    if (!unpacked) break;
    content = unpacked;
  }
  return content;
}

/** @returns undefined for a coding that is unknown */
function unpackOnce(bytes: Buffer, coding: string, isCut: boolean): Buffer | undefined {
  const options = { maxOutputLength: UNPACKED_BYTES_MAX, ...(isCut && { finishFlush: constants.Z_SYNC_FLUSH }) };
  try {
    switch (coding) {
      case '':
      case 'identity':
        return bytes;
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, options);
      case 'deflate':
        return hasZlibHeader(bytes) ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
      case 'br':
        return brotliDecompressSync(bytes, {
          maxOutputLength: UNPACKED_BYTES_MAX,
          ...(isCut && { finishFlush: constants.BROTLI_OPERATION_FLUSH }),
        });
      default:
        return undefined;
    }
  } catch (error) {
    throw new ContentProblem(problemOf(coding, error as NodeJS.ErrnoException), { cause: error });
  }
}

/** "Deflate" means data with a header; servers send it without one, too. RFC 1950, 2.2. */
function hasZlibHeader(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

function problemOf(coding: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_BUFFER_TOO_LARGE')
    return `${coding} that unpacks to more than ${UNPACKED_BYTES_MAX / 1024 / 1024} MiB`;
  if (code === 'Z_BUF_ERROR') return `${coding} that ends early (${message})`;
  return `not ${coding}, as content-encoding says (${message})`;
}

const MARKS: readonly (readonly [label: string, mark: Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
];
/** Bytes of a page in which browsers search for its character set. https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding */
const PRESCAN_BYTES = 1_024;

function decode(bytes: Buffer, contentType: string): string {
  // Most texts begin in ASCII.
  const mark = (bytes[0] ?? 0) < 0x80 ? undefined : MARKS.find(([, each]) => bytes.indexOf(each) === 0);
  const label = mark?.[0] ?? charsetOf(contentType) ?? charsetOfPage(bytes, contentType) ?? 'utf-8';
  if (/^utf-?8$/i.test(label)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

function charsetOf(text: string): string | undefined {
  return /charset\s*=\s*["']?([^\s"';/>]+)/i.exec(text)?.[1];
}

function charsetOfPage(bytes: Buffer, contentType: string): string | undefined {
  if (!/^\s*text\/html/i.test(contentType)) return undefined;
  const meta = /<meta\s[^>]*charset[^>]*>/i.exec(bytes.toString('latin1', 0, PRESCAN_BYTES));
  return meta ? charsetOf(meta[0]) : undefined;
}

/** Names in lower case; repeated ones joined with a comma. Values are UTF-8 where their bytes are, else Latin-1. */
export function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    texts[name] = headerText(Array.isArray(value) ? value.join(', ') : (value ?? ''));
  }
  return texts;
}

function headerText(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return latin1;
  }
}
