import { createServer } from 'node:http';
import * as net from 'node:net';
import { Connections, exchange, type HttpRequest } from '../../../common/http';
import { listen, type Listening } from '../../support/servers/servers';
import { until } from '../../support/until';

/** Connections that are kept from one request of the gate to the next. */

const TEXT = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';

let closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

function requestTo({ port }: Pick<Listening, 'port'>, changes: Partial<HttpRequest>): HttpRequest {
  return { method: 'GET', url: new URL(`http://127.0.0.1:${port}/a?b=c`), headers: {}, timeoutMs: 3_000, ...changes };
}

describe('kept connections', () => {
  let connections: Connections;
  beforeEach(() => (connections = new Connections('http:')));
  afterEach(() => connections.close());

  async function countingServer(headers: Record<string, string> = {}) {
    let count = 0;
    const http = createServer((_request, response) => response.writeHead(200, headers).end('hello'));
    const server = await listen(http.on('connection', () => (count += 1)));
    closing.push(() => server.close());
    return { server, count: () => count };
  }

  test('one connection serves one request after the other', async () => {
    const { server, count } = await countingServer();
    const request = requestTo(server, { connections });
    for (let turn = 0; turn < 5; turn++) expect(await exchange(request)).toMatchObject({ body: 'hello' });
    expect(count()).toBe(1);
  });

  test('one that the server is about to close serves no other request', async () => {
    const { server, count } = await countingServer({ 'keep-alive': 'timeout=1', connection: 'keep-alive' });
    for (let turn = 0; turn < 3; turn++) await exchange(requestTo(server, { connections }));
    expect(count()).toBe(3);
  });

  test('one that the server closed, or on which it sends unasked, serves no other request', async () => {
    let [turn, closed] = [0, 0];
    const server = await listen(
      net.createServer((socket) =>
        socket
          .on('close', () => (closed += 1))
          .on('data', () => {
            const body = `turn ${turn++}`;
            socket.write(`${TEXT}content-length: ${body.length}\r\n\r\n${body}`, () =>
              setImmediate(() =>
                turn % 2 === 0 ? socket.end() : socket.write(`${TEXT}content-length: 5\r\n\r\nwrong`),
              ),
            );
          }),
      ),
    );
    closing.push(() => server.close());
    for (let at = 0; at < 6; at++) {
      const { body } = await exchange(requestTo(server, { connections }));
      expect(body).toBe(`turn ${at}`);
      await until('the gate closed it, too', () => closed === at + 1);
    }
  });
});
