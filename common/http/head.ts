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

const HEADERS_MAX = 200;
const STATUS_LINE = /^HTTP\/1\.1 ([2-5]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const LINE = /^([!#$%&'*+.^_`|~\w-]+):([\t\x20-\x7e\x80-\xff]*)$/;
const DIGITS = /^\d{1,15}$/;

/** What the headers say of body and connection. */
interface Notes {
  lengths: number;
  length: string;
  coding: string | undefined;
  connection: string;
  keepAlive: string;
  isUsual: boolean;
}

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
  if (lines.length > HEADERS_MAX) return undefined;
  const start = STATUS_LINE.exec(lines[0] as string);
  if (!start) return undefined;
  const headers: string[] = [];
  const notes: Notes = { lengths: 0, length: '', coding: undefined, connection: '', keepAlive: '', isUsual: true };
  for (let at = 1; at < lines.length; at++) {
    const line = LINE.exec(lines[at] as string);
    if (!line) return undefined;
    headers.push(line[1] as string, trim(line[2] as string));
    note(notes, line[1] as string, line[2] as string);
  }
  const status = Number(start[1]);
  const framing = framingOf(notes, status, method);
  if (framing === undefined) return undefined;
  return { status, reason: start[2] ?? '', headers, framing, ...persistence(notes) };
}

/** Spaces and tabs alone: `String.trim` takes a no-break space of Latin-1, too. */
function trim(value: string): string {
  let [from, to] = [0, value.length];
  while (from < to && isBlank(value.charCodeAt(from))) from += 1;
  while (to > from && isBlank(value.charCodeAt(to - 1))) to -= 1;
  return from === 0 && to === value.length ? value : value.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Of these headers Node takes some notations and refuses others: the usual one is a space and a word. */
function note(notes: Notes, name: string, raw: string): void {
  const value = raw.charCodeAt(0) === 0x20 ? raw.slice(1) : raw;
  switch (name.length) {
    case 7:
      if (/^(upgrade|trailer)$/i.test(name)) notes.isUsual = false;
      break;
    case 10:
      if (name.toLowerCase() === 'connection') {
        notes.isUsual &&= notes.connection === '' && /^(close|keep-alive)$/i.test(value);
        notes.connection = value.toLowerCase();
      } else if (name.toLowerCase() === 'keep-alive') notes.keepAlive = value;
      break;
    case 14:
      if (name.toLowerCase() !== 'content-length') break;
      notes.lengths += 1;
      notes.length = value;
      break;
    case 16:
      if (name.toLowerCase() === 'proxy-connection') notes.isUsual = false;
      break;
    case 17:
      if (name.toLowerCase() !== 'transfer-encoding') break;
      notes.isUsual &&= notes.coding === undefined && value.toLowerCase() === 'chunked';
      notes.coding = value;
  }
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
function framingOf({ lengths, length, coding, isUsual }: Notes, status: number, method: string): Framing | undefined {
  if (!isUsual || lengths > 1 || (lengths === 1 && !DIGITS.test(length))) return undefined;
  if (lengths === 1 && coding !== undefined) return undefined;
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

/** Headers of which a second one is ignored; all others are joined. As Node's `message.headers` has them. */
const SINGLE = new Set(
  `age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since
  last-modified location max-forwards proxy-authorization referer retry-after server user-agent`.split(/\s+/),
);

/** Headers by their names in lower case. https://nodejs.org/docs/latest-v20.x/api/http.html#messageheaders */
export function foldHeaders(pairs: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < pairs.length; at += 2) {
    const name = (pairs[at] as string).toLowerCase();
    const value = pairs[at + 1] as string;
    const before = headers[name];
    // Node asks the same: an object has more names than were put in.
    if (typeof before !== 'string') headers[name] = value;
    else if (!SINGLE.has(name)) headers[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}
