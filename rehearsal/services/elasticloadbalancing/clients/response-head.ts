/** What of a request decides about the head of its response, and the server's side of it. */
export interface RequestLine {
  readonly method: string;
  /** Whether the connection serves another request afterwards. */
  readonly keepsOpen: boolean;
  /** How long a connection without a request is kept, milliseconds. */
  readonly idleMs: number;
}

/** A response's head, ready to be sent, and how its body is. */
export interface ResponseHead {
  /** In Latin-1, with the empty line. */
  readonly text: string;
  readonly body: 'none' | 'chunked' | 'length';
}

interface Given {
  readonly status: number;
  readonly reason: string;
  /** Flat pairs, without those of the connection. */
  readonly headers: readonly string[];
}

/** A head as `node:http`'s server writes it. */
export function responseHead(given: Given, request: RequestLine): ResponseHead {
  if (last && isSame(last, given, request)) return last.head;
  const names = new Set(given.headers.flatMap((name, at) => (at % 2 === 0 ? [name.toLowerCase()] : [])));
  const { status, reason, headers } = given;
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  if (!names.has('date')) text += `Date: ${new Date().toUTCString()}\r\n`;
  text += request.keepsOpen
    ? `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(request.idleMs / 1_000)}\r\n`
    : 'Connection: close\r\n';
  const body = bodyOf(status, request.method, names.has('content-length'));
  const head: ResponseHead = { text: `${text}${body === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : ''}\r\n`, body };
  if (names.has('date')) last = { given, request, head };
  return head;
}

/** Targets repeat their heads for as long as the date is the same. */
let last: { readonly given: Given; readonly request: RequestLine; readonly head: ResponseHead } | undefined;

function isSame({ given, request }: NonNullable<typeof last>, other: Given, otherRequest: RequestLine): boolean {
  return (
    given.headers === other.headers &&
    given.status === other.status &&
    given.reason === other.reason &&
    request.method === otherRequest.method &&
    request.keepsOpen === otherRequest.keepsOpen &&
    request.idleMs === otherRequest.idleMs
  );
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
function bodyOf(status: number, method: string, hasLength: boolean): ResponseHead['body'] {
  if (method === 'HEAD' || status === 204 || status === 304) return 'none';
  return hasLength ? 'length' : 'chunked';
}
