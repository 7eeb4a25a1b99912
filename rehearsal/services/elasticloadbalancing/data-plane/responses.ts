import { STATUS_CODES } from 'node:http';
import type { FixedResponseAction, RedirectAction } from '../actions';
import type { ClientRequest, ClientResponse } from '../clients/types';

/** ALB's own error page. */
export function respondWithError(response: ClientResponse, status: number): void {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  send(response, status, { Server: 'awselb/2.0', 'Content-Type': 'text/html' }, body);
}

/** A fixed response or a redirect. @returns the status of the response */
export function respondByAction(
  action: FixedResponseAction | RedirectAction,
  request: ClientRequest,
  response: ClientResponse,
  listener: { readonly protocol: string; readonly port: number },
): number {
  if (action.Type === 'redirect') return redirect(action, request, response, listener);
  const { StatusCode, ContentType = 'text/plain; charset=utf-8', MessageBody = '' } = action.FixedResponseConfig;
  send(response, Number(StatusCode), { Server: 'awselb/2.0', 'Content-Type': ContentType }, MessageBody);
  return Number(StatusCode);
}

function redirect(
  action: RedirectAction,
  request: ClientRequest,
  response: ClientResponse,
  listener: { readonly protocol: string; readonly port: number },
): number {
  const status = action.RedirectConfig.StatusCode === 'HTTP_301' ? 301 : 302;
  const location = redirectLocation(action, String(request.headers['host'] ?? ''), request.url, listener);
  send(response, status, { Server: 'awselb/2.0', Location: location }, '');
  return status;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions */
export function redirectLocation(
  action: RedirectAction,
  hostHeader: string,
  url: string,
  listener: { readonly protocol: string; readonly port: number },
): string {
  const [path = '/', ...rest] = url.split('?');
  const parts: Readonly<Record<string, string>> = {
    protocol: listener.protocol.toLowerCase(),
    host: hostHeader.replace(/:\d+$/, ''),
    port: String(listener.port),
    path: path.slice(1),
    query: rest.join('?'),
  };
  const fill = (text: string) =>
    text.replace(/#\{(protocol|host|port|path|query)\}/g, (_, name: string) => parts[name] ?? '');
  const { Protocol, Host, Port, Path, Query } = action.RedirectConfig;
  const query = fill(Query);
  const target = `${fill(Protocol).toLowerCase()}://${fill(Host)}:${fill(Port)}${fill(Path)}`;
  return query === '' ? target : `${target}?${query}`;
}

function send(response: ClientResponse, status: number, headers: Readonly<Record<string, string>>, text: string): void {
  const body = Buffer.from(text);
  const pairs = Object.entries({ ...headers, 'Content-Length': String(body.length) }).flat();
  response.writeHead(status, STATUS_CODES[status] ?? 'unknown', pairs);
  response.end(body);
}
