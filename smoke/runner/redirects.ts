import { ExchangeTimeout, type HttpResponse, type HttpRequest } from '../../common/http';
import type { Mask } from './mask';
import { originsOf, type CheckTarget } from './target';

/** A redirect that is invalid, or to a place that a gate must not request. */
export class RedirectRefused extends Error {
  public override readonly name = 'redirect';
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

export interface Followed {
  readonly response: HttpResponse;
  /** The URL of the last request. */
  readonly url: URL;
}

export interface FollowRules {
  /** The number of redirects to follow. */
  readonly limit: number;
  /** Hosts other than the target that may be requested. */
  readonly allowHosts: readonly string[];
  /** Headers, in lower case, that are sent to no other host. */
  readonly private: readonly string[];
  /** Masks what is reported of a response. */
  readonly mask: Mask;
}

/**
 * Sends a request and follows its redirects, all within the request's timeout.
 * @throws RedirectRefused in addition to what an exchange throws
 */
export async function follow(request: HttpRequest, rules: FollowRules, target: CheckTarget): Promise<Followed> {
  const endMs = performance.now() + request.timeoutMs;
  const visited = [keyOf(request)];
  let current = request;
  let beforeMs = 0;
  for (let hops = 0; ; hops++) {
    const last = await target.exchange(current);
    const response = { ...last, durationMs: beforeMs + last.durationMs };
    if (rules.limit === 0 || !REDIRECTS.includes(response.status) || response.headers.location === undefined) {
      return { response: response, url: current.url };
    }
    if (hops === rules.limit) throw new RedirectRefused(`more than ${rules.limit}: ${trail(visited, rules.mask)}`);
    beforeMs = response.durationMs;
    const timeoutMs = Math.ceil(endMs - performance.now());
    if (timeoutMs <= 0) throw new ExchangeTimeout(`no complete response within ${request.timeoutMs} ms`);
    current = { ...redirected(current, response, rules, target), timeoutMs };
    const key = keyOf(current);
    if (visited.includes(key)) throw new RedirectRefused(`a cycle: ${trail([...visited, key], rules.mask)}`);
    visited.push(key);
  }
}

function keyOf({ method, url }: HttpRequest): string {
  return `${method} ${url.href}`;
}

function trail(visited: readonly string[], mask: Mask): string {
  return mask.excerpt(visited.map((key) => key.slice(key.indexOf(' ') + 1)).join(' -> '));
}

function redirected(from: HttpRequest, response: HttpResponse, rules: FollowRules, target: CheckTarget): HttpRequest {
  const location = response.headers.location ?? '';
  if (!URL.canParse(location, from.url.href))
    throw new RedirectRefused(`to ${rules.mask.quote(location)}, which is no URL`);
  const url = new URL(location, from.url);
  url.hash = '';
  const next = { ...from, ...methodAfter(from, response.status) };
  // Within the target: by the target's address, whatever name it has for itself.
  if (originsOf(target).includes(url.origin))
    return { ...next, ...within(url, target), address: from.address ?? target.addresses[0] };
  if (!/^https?:$/.test(url.protocol) || !allows(rules.allowHosts, url)) {
    throw new RedirectRefused(
      `to ${rules.mask.excerpt(url.host === '' ? url.href : url.origin)}, which is not the target: allow it with allowHosts, or expect it with redirect`,
    );
  }
  const headers = Object.entries(next.headers).filter(([name]) => !rules.private.includes(name.toLowerCase()));
  return {
    ...next,
    url,
    headers: Object.fromEntries(headers),
    address: undefined,
    hostName: undefined,
    tlsVerification: 'full',
  };
}

function within(url: URL, { base, hostName, tlsVerification }: CheckTarget) {
  return { url: new URL(`${base.origin}${url.pathname}${url.search}`), hostName, tlsVerification };
}

/** As browsers do. https://fetch.spec.whatwg.org/#http-redirect-fetch */
function methodAfter({ method }: HttpRequest, status: number): Partial<HttpRequest> {
  const becomesGet = (status <= 302 && method === 'POST') || (status === 303 && !['GET', 'HEAD'].includes(method));
  return becomesGet ? { method: 'GET', body: undefined } : {};
}

function allows(hosts: readonly string[], url: URL): boolean {
  return hosts.some((host) => host === url.host || (url.port === '' && host === url.hostname));
}
