import { request } from 'node:https';
import { Responses, responseHost, startResponseServer } from '../../../../rehearsal/services/cloudformation/responses';
import { VirtualClock } from '../../../../rehearsal/core/clock';
import { Network } from '../../../../rehearsal/core/network';
import { temporaryDirectory } from '../../../support/temporary';

const host = responseHost('us-east-1');

/** @returns the status, or why there is none */
function put(port: number, path: string, headers: Readonly<Record<string, string>>, servername = host) {
  const options = { port, host: '127.0.0.1', servername, path, headers, method: 'PUT', rejectUnauthorized: false };
  return new Promise<number | string>((resolve) => {
    const call = request({ ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', ({ message }) => resolve(message));
    call.end('{}');
  });
}

test('a ResponseURL takes its response from the function, and nothing from a web page or by another name', async () => {
  const network = new Network();
  const responses = new Responses();
  const server = await startResponseServer(responses, network, temporaryDirectory('responses'));
  server.serve('us-east-1');
  const route = network.resolve(host, 443, {});
  const port = 'localPort' in route ? route.localPort : 0;
  const received: string[] = [];
  const { url } = responses.expect({ region: 'us-east-1', clock: new VirtualClock() }, 'n', (body) =>
    received.push(body.toString()),
  );
  const { pathname, search } = new URL(url);
  const path = pathname + search;
  expect(await put(port, path, { host: 'evil.example' })).toBe(403);
  expect(await put(port, path, { host: `127.0.0.1:${port}` })).toBe(403);
  expect(await put(port, path, { host, origin: 'https://evil.example' })).toBe(403);
  expect(await put(port, path, { host, 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await put(port, `${pathname}?X-Amz-Signature=0`, { host })).toBe(403);
  expect(await put(port, '//', { host })).toBe(403);
  expect(await put(port, path, { host }, 'evil.example')).toEqual(expect.any(String));
  expect(received).toEqual([]);
  expect(await put(port, path, { host })).toBe(200);
  expect(received).toEqual(['{}']);
  await server.close();
});
