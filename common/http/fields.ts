const LINES_MAX = 200;
const LINE = /^([!#$%&'*+.^_`|~\w-]+):([\t\x20-\x7e\x80-\xff]*)$/;
const DIGITS = /^\d{1,15}$/;

/** What the headers say of body and connection. */
export interface Notes {
  /** How often there is a Content-Length. */
  lengths: number;
  length: string;
  /** Of Transfer-Encoding. */
  coding: string | undefined;
  connection: string;
  keepAlive: string;
  hosts: number;
  expects: boolean;
  /** Whether all of these are in the notation that nearly everyone uses, and the length is a number. */
  isUsual: boolean;
}

export interface Fields {
  /** Flat pairs of name and value in Latin-1, as received. */
  readonly headers: readonly string[];
  readonly notes: Readonly<Notes>;
}

/**
 * Reads the lines of a head after its first one.
 * @param lines the whole head
 * @returns undefined for a line that RFC 9112 forbids or calls obsolete, and for over 200
 */
export function readFields(lines: readonly string[]): Fields | undefined {
  if (lines.length > LINES_MAX) return undefined;
  const headers: string[] = [];
  const notes = noNotes();
  for (let at = 1; at < lines.length; at++) {
    const line = LINE.exec(lines[at] as string);
    if (!line) return undefined;
    headers.push(line[1] as string, trim(line[2] as string));
    note(notes, line[1] as string, line[2] as string);
  }
  const { lengths, length, coding } = notes;
  if (lengths > 1 || (lengths === 1 && (!DIGITS.test(length) || coding !== undefined))) notes.isUsual = false;
  return { headers, notes };
}

function noNotes(): Notes {
  const texts = { length: '', coding: undefined, connection: '', keepAlive: '' };
  return { ...texts, lengths: 0, hosts: 0, expects: false, isUsual: true };
}

/** Spaces and tabs: `String.trim` takes a no-break space too. */
function trim(value: string): string {
  let [from, to] = [0, value.length];
  while (from < to && isBlank(value.charCodeAt(from))) from += 1;
  while (to > from && isBlank(value.charCodeAt(to - 1))) to -= 1;
  return from === 0 && to === value.length ? value : value.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Node takes only some notations of these headers: the usual one is a space and a word. */
function note(notes: Notes, name: string, raw: string): void {
  const value = raw.charCodeAt(0) === 0x20 ? raw.slice(1) : raw;
  switch (name.length) {
    case 4:
      if (name.toLowerCase() === 'host') notes.hosts += 1;
      break;
    case 6:
      if (name.toLowerCase() === 'expect') notes.expects = true;
      break;
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

/** A second one of these is ignored; all others are joined, as in Node's `message.headers`. */
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
    // As Node: an object has more names than were put in.
    if (typeof before !== 'string') headers[name] = value;
    else if (!SINGLE.has(name)) headers[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return headers;
}
