import { readFields } from './fields';

/** Request line and headers of a request that a server got. */
export interface IncomingHead {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Flat pairs of name and value in Latin-1, as received. */
  readonly headers: readonly string[];
  /** Of the body. */
  readonly bytes: number;
  /** Whether the client wants to send another request afterwards. */
  readonly keepsOpen: boolean;
}

/** A fragment is none of a request's, and other forms of a target are rare. */
const REQUEST_LINE = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\/[\x21\x22\x24-\x7e]*) HTTP\/1\.1$/;

/**
 * Reads the head of a usual request: HTTP/1.1, a path as its target, one Host, a body of a known length or none, and nothing to
 * agree upon. All others are left to Node's own parser.
 * @param text request line and headers in Latin-1, without the empty line
 * @returns undefined for a head that is not usual
 */
export function readIncomingHead(text: string): IncomingHead | undefined {
  if (last?.text === text) return last.head;
  const head = parse(text);
  if (head) last = { text, head };
  return head;
}

/** A client that asks again and again mostly sends the same head. */
let last: { readonly text: string; readonly head: IncomingHead } | undefined;

function parse(text: string): IncomingHead | undefined {
  const lines = text.split('\r\n');
  const start = REQUEST_LINE.exec(lines[0] as string);
  const fields = start && readFields(lines);
  if (!fields) return undefined;
  const { headers, notes } = fields;
  if (!notes.isUsual || notes.coding !== undefined || notes.expects || notes.hosts !== 1) return undefined;
  const keepsOpen = notes.connection !== 'close';
  return { method: start[1] as string, target: start[2] as string, headers, bytes: Number(notes.length), keepsOpen };
}
