import {
  requestHeaders,
  responseHeaders,
  rootOf,
  TraceIds,
} from '../../../../../rehearsal/services/elasticloadbalancing/data-plane/headers';

const forwarding = { clientAddress: '127.0.0.1', protocol: 'https', port: '443', traceId: 'Root=1-0-0' } as const;

/** Names and values as the target gets them, without those that the load balancer adds. */
function passedOn(raw: readonly string[]): Record<string, string> {
  const headers = requestHeaders(raw, forwarding);
  const pairs = headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? '']] : []));
  return Object.fromEntries(pairs.filter(([name = '']) => !/^x-(forwarded|amzn)/i.test(name))) as Record<
    string,
    string
  >;
}

test('headers that Connection names are of one connection and do not reach the target', () => {
  const raw = ['Host', 'a', 'Connection', 'X-Session, x-debug', 'x-session', '1', 'X-Debug', '2', 'X-Kept', '3'];
  expect(passedOn(raw)).toEqual({ Host: 'a', 'X-Kept': '3' });
});

test('a Connection of keep-alive or close names no header', () => {
  for (const value of ['keep-alive', 'Close'])
    expect(passedOn(['Connection', value, 'close', '1', 'X-Kept', '3'])).toEqual({ close: '1', 'X-Kept': '3' });
});

test.each(['Connection', 'Keep-Alive', 'Proxy-Connection', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade', 'Expect'])(
  '%s is of one connection',
  (name) => {
    expect(passedOn([name, 'x', 'X-Kept', '3'])).toEqual({ 'X-Kept': '3' });
  },
);

test('the target learns client, protocol, port and trace, and a client cannot make them up', () => {
  const raw = [
    'X-Forwarded-For',
    '9.9.9.9',
    'x-forwarded-proto',
    'http',
    'X-Forwarded-Port',
    '1',
    'X-Amzn-Trace-Id',
    'mine',
  ];
  expect(requestHeaders(raw, forwarding)).toEqual([
    ...['X-Forwarded-For', '9.9.9.9, 127.0.0.1'],
    ...['X-Forwarded-Proto', 'https', 'X-Forwarded-Port', '443'],
    ...['X-Amzn-Trace-Id', 'Root=1-0-0'],
  ]);
});

test("a response's headers of one connection do not reach the client", () => {
  expect(
    responseHeaders(['Keep-Alive', 'timeout=5', 'Content-Type', 'text/plain', 'Transfer-Encoding', 'chunked']),
  ).toEqual(['Content-Type', 'text/plain']);
});

test('a trace begins with the root that the client sent, and no two new ones are the same', () => {
  expect(rootOf('Self=1-2-3; Root=1-a-b;Sampled=1')).toBe('1-a-b');
  expect(rootOf('Sampled=1')).toBeUndefined();
  const ids = new TraceIds('0123456789ab');
  const made = [ids.next(1_000), ids.next(1_000)];
  expect(new Set(made).size).toBe(2);
  for (const id of made) expect(id).toMatch(/^1-1-[0-9a-f]{24}$/);
});
