const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const PRINTABLE = /^[\t\x20-\x7e]*$/;
const TARGET = /^\/[\x21-\x7e]*$/;
/** Methods of usual requests; of the second kind Node sends a length also without a body. */
const WITHOUT_BODY = ['GET', 'HEAD', 'OPTIONS', 'DELETE'];
const WITH_BODY = ['POST', 'PUT', 'PATCH'];
/** What Node gives a meaning of its own, beyond sending it. */
const SPECIAL = new Set(['connection', 'transfer-encoding', 'expect', 'upgrade', 'trailer', 'te', 'proxy-connection']);

export interface RequestHead {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The head of a request as Node's own client writes it.
 * @param connection what it asks of the connection
 * @returns undefined for a request that is not usual: Node's own client can send it
 */
export function requestText(
  { method, target, headers }: RequestHead,
  connection: 'close' | 'keep-alive',
): string | undefined {
  if (!TARGET.test(target)) return undefined;
  const lines = new Map<string, string>();
  for (const name in headers) {
    const value = headers[name];
    const lower = name.toLowerCase();
    if (typeof value !== 'string' || !TOKEN.test(name) || !PRINTABLE.test(value) || SPECIAL.has(lower))
      return undefined;
    lines.set(lower, `${name}: ${value}\r\n`);
  }
  let ending = '\r\n';
  if (WITH_BODY.includes(method)) {
    if (!lines.has('content-length')) ending = 'Content-Length: 0\r\n\r\n';
  } else if (!WITHOUT_BODY.includes(method)) return undefined;
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (const line of lines.values()) text += line;
  return `${text}Connection: ${connection}\r\n${ending}`;
}
