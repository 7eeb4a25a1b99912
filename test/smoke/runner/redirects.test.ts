import type { HttpRequest, HttpResponse } from '../../../common/http';
import { createMask } from '../../../smoke/runner/mask';
import { follow, type FollowRules } from '../../../smoke/runner/redirects';
import type { CheckTarget } from '../../../smoke/runner/target';
import { nonEmpty } from '../../support/non-empty';

const sent: HttpRequest[] = [];
beforeEach(() => (sent.length = 0));

/** Responds with these in turn, then with 200. */
function target(...redirects: readonly (readonly [number, string?])[]): CheckTarget {
  const exchange = (request: HttpRequest): Promise<HttpResponse> => {
    sent.push(request);
    const [status, location] = redirects[sent.length - 1] ?? [200];
    const headers: Record<string, string> = location === undefined ? {} : { location };
    return Promise.resolve({ status, headers, body: '', truncated: false, durationMs: 5, timings: { totalMs: 5 } });
  };
  return {
    base: new URL('http://lb.example.com:8080'),
    addresses: ['10.0.0.1'],
    hostName: 'shop.example.com',
    tlsVerification: 'chain',
    exchange,
    signal: new AbortController().signal,
    limitMs: 60_000,
  };
}

const request = (method = 'GET'): HttpRequest => ({
  method,
  url: new URL('http://lb.example.com:8080/start'),
  headers: { 'X-Key': 'secret', accept: '*/*' },
  body: method === 'GET' ? undefined : 'body',
  address: '10.0.0.9',
  hostName: 'shop.example.com',
  timeoutMs: 5_000,
});
const rules = (changes: Partial<FollowRules> = {}): FollowRules => ({
  limit: 3,
  allowHosts: [],
  private: ['x-key'],
  mask: createMask(),
  ...changes,
});

// https://fetch.spec.whatwg.org/#http-redirect-fetch
test.each([
  ['GET', 301, 'GET'],
  ['POST', 301, 'GET'],
  ['POST', 302, 'GET'],
  ['PUT', 302, 'PUT'],
  ['DELETE', 301, 'DELETE'],
  ['POST', 303, 'GET'],
  ['PUT', 303, 'GET'],
  ['HEAD', 303, 'HEAD'],
  ['POST', 307, 'POST'],
  ['PUT', 308, 'PUT'],
])('%s after %i becomes %s, and the body stays with the method', async (method, status, next) => {
  await follow(request(method), rules(), target([status, '/next']));
  expect(sent[1]).toMatchObject({ method: next, url: new URL('http://lb.example.com:8080/next') });
  expect(sent[1]?.body).toBe(next === method && method !== 'GET' ? 'body' : undefined);
});

test.each([
  [304, '/next'],
  [200, '/next'],
  [302, undefined],
])('status %i with location %s is the response', async (status, location) => {
  const followed = await follow(request(), rules(), target([status, location]));
  expect(followed.response.status).toBe(status);
  expect(sent).toHaveLength(1);
});

test('a limit of 0 follows nothing; otherwise the limit itself is still followed', async () => {
  expect((await follow(request(), rules({ limit: 0 }), target([302, '/a']))).response.status).toBe(302);
  sent.length = 0;
  const followed = await follow(request(), rules({ limit: 2 }), target([302, '/a'], [302, '/b?x=1#part']));
  expect(followed).toMatchObject({ response: { status: 200, durationMs: 15 } });
  expect(followed.url.href).toBe('http://lb.example.com:8080/b?x=1');
  sent.length = 0;
  await expect(follow(request(), rules({ limit: 1 }), target([302, '/a'], [302, '/b']))).rejects.toThrow(
    'more than 1: http://lb.example.com:8080/start -> http://lb.example.com:8080/a',
  );
});

test('within the target a request keeps its address, under every name of the target', async () => {
  await follow(
    request(),
    rules(),
    target([302, 'http://shop.example.com:8080/a'], [302, 'http://lb.example.com:8080/b']),
  );
  for (const each of nonEmpty(sent.slice(1)))
    expect(each).toMatchObject({
      address: '10.0.0.9',
      hostName: 'shop.example.com',
      tlsVerification: 'chain',
      headers: { 'X-Key': 'secret' },
      url: { host: 'lb.example.com:8080' },
    });
});

test('an allowed host gets no private header, and its certificate is verified in full', async () => {
  await follow(request(), rules({ allowHosts: ['login.example.com'] }), target([302, 'https://login.example.com/in']));
  expect(sent[1]).toMatchObject({ headers: { accept: '*/*' }, tlsVerification: 'full' });
  expect(sent[1]?.headers).not.toHaveProperty('X-Key');
  expect([sent[1]?.address, sent[1]?.hostName]).toEqual([undefined, undefined]);
});

test.each([
  ['login.example.com', 'https://login.example.com/in', true],
  ['login.example.com', 'https://login.example.com:8443/in', false],
  ['login.example.com:8443', 'https://login.example.com:8443/in', true],
  ['login.example.com', 'https://other.example.com/in', false],
  ['login.example.com', 'ftp://login.example.com/in', false],
])('allowHosts %s with a redirect to %s: followed %s', async (host, location, followed) => {
  const going = follow(request(), rules({ allowHosts: [host] }), target([302, location]));
  await (followed ? expect(going).resolves.toBeDefined() : expect(going).rejects.toThrow('which is not the target'));
  expect(sent).toHaveLength(followed ? 2 : 1);
});

test('a POST that comes back as GET to the same address is no cycle', async () => {
  const followed = await follow(request('POST'), rules(), target([303, '/start']));
  expect(followed.response.status).toBe(200);
  sent.length = 0;
  await expect(follow(request(), rules(), target([302, '/start']))).rejects.toThrow('a cycle');
});
