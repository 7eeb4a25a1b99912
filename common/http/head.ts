import { readFields, type Notes } from './fields';

/** How the end of a response's body is found. */
export type Framing = 'chunked' | { readonly bytes: number };

/** Status line and headers of a response. */
export interface Head {
  readonly status: number;
  readonly reason: string;
  /** Flat pairs of name and value in Latin-1, as received. */
  readonly headers: readonly string[];
  readonly framing: Framing;
  /** Whether the connection serves another request afterwards. */
  readonly keepsOpen: boolean;
  /** How long the server keeps the connection without a request, milliseconds, where it says so. */
  readonly idleMs?: number;
}

const STATUS_LINE = /^HTTP\/1\.1 ([2-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;

/**
 * Reads the head of a usual response: HTTP/1.1, a final status, no line that RFC 9112 forbids or calls obsolete, and a body whose end
 * can be found. All others are left to Node's own parser.
 * @param text status line and headers in Latin-1, without the empty line
 * @returns undefined for a head that is not usual
 */
export function readHead(text: string, method: string): Head | undefined {
  if (last?.text === text && last.method === method) return last.head;
  const head = parse(text, method);
  if (head) last = { text, method, head };
  return head;
}

/** A server that is asked again and again responds with the same head for as long as its date is the same. */
let last: { readonly text: string; readonly method: string; readonly head: Head } | undefined;

function parse(text: string, method: string): Head | undefined {
  const lines = text.split('\r\n');
  const start = STATUS_LINE.exec(lines[0] as string);
  const fields = start && readFields(lines);
  if (!fields) return undefined;
  const { headers, notes } = fields;
  const status = Number(start[1]);
  const framing = framingOf(notes, status, method);
  if (framing === undefined) return undefined;
  return { status, reason: start[2] ?? '', headers, framing, ...persistence(notes) };
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
function framingOf({ lengths, length, coding, isUsual }: Notes, status: number, method: string): Framing | undefined {
  if (!isUsual) return undefined;
  if (method === 'HEAD') return { bytes: 0 };
  if (status === 204 || status === 304) return coding === undefined && Number(length) === 0 ? { bytes: 0 } : undefined;
  if (coding !== undefined) return 'chunked';
  // Without either the body ends with the connection.
  return lengths === 1 ? { bytes: Number(length) } : undefined;
}

function persistence({ connection, keepAlive }: Notes): Pick<Head, 'keepsOpen' | 'idleMs'> {
  const seconds = /(?:^|[\s,])timeout=(\d{1,6})/i.exec(keepAlive)?.[1];
  return { keepsOpen: connection !== 'close', ...(seconds !== undefined && { idleMs: Number(seconds) * 1_000 }) };
}
