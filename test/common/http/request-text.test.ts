import { requestText } from '../../../common/http/request-text';

const text = (method: string, headers: Record<string, string> = {}, target = '/a?b=c') =>
  requestText({ method, target, headers }, 'keep-alive');

test('a request without a body is its line, its headers and its connection', () => {
  expect(text('GET', { Host: 'a.example', 'X-A': '1' })).toBe(
    'GET /a?b=c HTTP/1.1\r\nHost: a.example\r\nX-A: 1\r\nConnection: keep-alive\r\n\r\n',
  );
  expect(requestText({ method: 'HEAD', target: '/', headers: {} }, 'close')).toBe(
    'HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n',
  );
});

test('a request that may have a body says how long it is, once', () => {
  expect(text('POST')).toBe('POST /a?b=c HTTP/1.1\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n');
  expect(text('POST', { 'Content-Length': '5' })).toBe(
    'POST /a?b=c HTTP/1.1\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n',
  );
});

test('of a header in two spellings the last one is sent', () => {
  expect(text('GET', { 'x-a': '1', 'X-A': '2' })).toContain('\r\nX-A: 2\r\n');
  expect(text('GET', { 'x-a': '1', 'X-A': '2' })).not.toContain('x-a: 1');
});

test.each([
  ['CONNECT', {}, '/'],
  ['get', {}, '/'],
  ['GET', {}, '/with space'],
  ['GET', {}, '/ü'],
  ['GET', { 'X-A': 'line\r\nX-B: 1' }, '/'],
  ['GET', { 'X A': '1' }, '/'],
  ['GET', { 'X-A': 'ü' }, '/'],
  ['GET', { 'Transfer-Encoding': 'chunked' }, '/'],
])('%s with %j to %s is not written by hand', (method, headers, target) => {
  expect(text(method, headers, target)).toBeUndefined();
});
