import { runSuite } from '../../../smoke/runner/run';
import type { SmokeCheck } from '../../../smoke/suite/model';
import { exchange } from '../../../common/http';
import { httpServer, type Listening } from '../../support/servers/servers';

let server: Listening;
beforeAll(async () => {
  server = await httpServer((request, response) => {
    const status = Number(request.url?.slice(1));
    response.writeHead(status, status < 400 && status >= 300 ? { location: '/there' } : {}).end('{"ok":true}');
  });
});
afterAll(() => server.close());

const json = [{ path: '$.ok', equalTo: true }];
const ROWS: readonly (readonly [number, Pick<SmokeCheck, 'expect' | 'warn' | 'repeat'>, string])[] = [
  [503, { warn: { status: 200 } }, 'degraded'],
  [200, { warn: { status: 200 } }, 'passed'],
  [204, { warn: { status: [200, 201] } }, 'degraded'],
  [503, { warn: { status: 200 }, expect: { json } }, 'degraded'],
  [503, { warn: { status: 200 }, expect: { bodyContains: 'never' } }, 'failed'],
  [503, { warn: { status: 200 }, repeat: { times: 3 } }, 'degraded'],
  [302, { warn: { redirect: '/there' } }, 'passed'],
  [302, { warn: { redirect: '/elsewhere' } }, 'degraded'],
  [200, { warn: { redirect: '/there' } }, 'degraded'],
  [302, { warn: { status: 301 }, expect: { redirect: '/there' } }, 'degraded'],
  [200, { warn: { status: 301 }, expect: { redirect: '/there' } }, 'failed'],
  // Without a word on the status, 200 is expected as ever.
  [503, { warn: { latencyMs: 60_000 } }, 'failed'],
  [503, { warn: { json } }, 'failed'],
  [503, {}, 'failed'],
  [503, { expect: { status: 200 }, warn: { status: 200 } }, 'failed'],
];

test.each(ROWS)('a response of %s to a check with %j is %s', async (status, expectations, outcome) => {
  const { checks } = await runSuite(
    { checks: [{ name: 'a', path: `/${status}`, retries: 0, ...expectations }] },
    {
      base: new URL(`http://127.0.0.1:${server.port}`),
      addresses: [],
      tlsVerification: 'full',
      exchange,
      signal: new AbortController().signal,
      limitMs: 20_000,
    },
  );
  expect(checks[0]?.outcome).toBe(outcome);
});
