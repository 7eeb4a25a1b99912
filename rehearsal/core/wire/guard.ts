import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Why a request does not come from a program of this machine that means this server; undefined for one that is served.
 *
 * A page in a browser can send requests to loopback. The browser names the page in Origin or Sec-Fetch-Site, or, when the
 * page's own name was made to resolve to 127.0.0.1 (DNS rebinding), in Host. Node's fetch sends neither of the first two.
 * https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/
 * @param own Host headers that address this server
 */
export function problemOf(request: IncomingMessage, own = hostsOf(request)): string | undefined {
  const { url, headersDistinct } = request;
  const hosts = headersDistinct.host ?? [];
  if (hosts.length !== 1 || !own.includes(hosts[0]?.toLowerCase() ?? '')) {
    return `the Host header is ${JSON.stringify(hosts.join(', '))}: address this server as ${own.join(' or ')}`;
  }
  for (const name of ['origin', 'sec-fetch-site']) {
    if (headersDistinct[name]) return `the request has the header ${name}: this server serves no web page`;
  }
  if (!url?.startsWith('/')) return `the request target is ${JSON.stringify(url)}: give a path that begins with /`;
  return undefined;
}

function hostsOf({ socket }: IncomingMessage): readonly string[] {
  return ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);
}

/** Refuses a request before its body is read. */
export function refuse(response: ServerResponse, why: string): void {
  const message = `The rehearsal refuses this request: ${why}.`;
  response.writeHead(403, {
    'content-type': 'application/json',
    'x-amzn-errortype': 'AccessDeniedException',
    connection: 'close',
  });
  response.end(JSON.stringify({ __type: 'AccessDeniedException', message }));
}
