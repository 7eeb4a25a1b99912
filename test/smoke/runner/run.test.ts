import fc from 'fast-check';
import { runSuite } from '../../../smoke/runner/run';
import { percentile } from '../../../smoke/runner/repeat';
import { cycles, finish, start } from '../../../smoke/suite/graph';
import type { Suite } from '../../../smoke/suite/model';
import { exchange, type HttpRequest } from '../../../common/http';
import { httpServer, type Listening } from '../../support/servers/servers';
import { targetAt } from '../../support/servers/target';

let server: Listening;
const received: { url?: string; method?: string; authorization?: string }[] = [];
beforeAll(async () => {
  server = await httpServer((request, response) => {
    const { url, method, headers } = request;
    received.push({ url, method, authorization: headers.authorization });
    const [, password = ''] = Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64')
      .toString()
      .split(':');
    const echo = { id: 'a b/"c"', token: headers.authorization, key: headers['x-api-key'], password };
    response.writeHead(url === '/fail' ? 500 : 200, { location: '/orders/9' }).end(JSON.stringify(echo));
  });
});
afterAll(() => server.close());
beforeEach(() => void (received.length = 0));

const run = (suite: Suite, changes: object = {}) => runSuite(suite, targetAt(server, changes));

test('captured values reach later checks, encoded for where they stand', async () => {
  const { outcome } = await run({
    variables: { side: 'green' },
    checks: [
      {
        name: 'later',
        path: '/x/${id}',
        query: { side: '${side}' },
        expect: { json: [{ path: "$[?@ == '${id}']", exists: true }] },
      },
      { name: 'url', path: '${url}' },
      { name: 'first', path: '/', capture: { id: { json: '$.id' }, url: { header: 'Location' } } },
    ],
  });
  expect(outcome).toBe('passed');
  expect(received.map(({ url }) => url).sort()).toEqual(['/', '/orders/9', '/x/a%20b%2F%22c%22?side=green']);
  expect(received[0]?.url).toBe('/');
});

test('a secret is sent, and masked wherever it is echoed', async () => {
  const reads: string[] = [];
  const readSecret = (arn: string) => {
    reads.push(arn);
    return Promise.resolve('{"token":"s3cr/et","user":"u"}');
  };
  const arn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:x';
  const auth = { type: 'bearer', secret: '${arn}', field: 'token' } as const;
  const { checks } = await run(
    {
      variables: { arn: null },
      checks: [
        {
          name: 'echo',
          path: '/',
          auth,
          retries: 0,
          expect: { bodyContains: 'never', json: [{ path: '$.token', equalTo: 'x' }] },
        },
        { name: 'key', path: '/', auth: { ...auth, type: 'header', name: 'x-api-key' } },
      ],
    },
    { variables: { arn }, readSecret },
  );
  expect(received.map(({ authorization }) => authorization)).toContain('Bearer s3cr/et');
  expect(JSON.stringify(checks)).not.toMatch(/s3cr/);
  expect(checks[0]?.failures.map(({ actual }) => actual)).toEqual([expect.stringContaining('***'), '"Bearer ***"']);
  expect(reads).toEqual([arn]);
});

test.each([
  ['of a database', '{"username":"reader","password":"correct-horse-9"}'],
  ['in one text', 'reader:correct-horse-9'],
])('the password of a basic secret %s is masked also where it is echoed without its user', async (_form, secret) => {
  const auth = { type: 'basic', secret: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:x' } as const;
  const expectation = { json: [{ path: '$.password', equalTo: 'x' }], bodyContains: 'never' };
  const { checks } = await run(
    { checks: [{ name: 'login', path: '/', auth, retries: 0, expect: expectation }] },
    { readSecret: () => Promise.resolve(secret) },
  );
  expect(received[0]?.authorization).toBe(`Basic ${Buffer.from('reader:correct-horse-9').toString('base64')}`);
  expect(checks[0]?.failures.map(({ actual }) => actual)).toEqual([expect.stringContaining('***'), '"***"']);
  expect(JSON.stringify(checks)).not.toMatch(/horse/);
});

test('a secret that cannot be read fails only its check', async () => {
  const readSecret = () => Promise.reject(new Error('AccessDeniedException'));
  const auth = { type: 'basic', secret: 'arn:aws:ssm:eu-central-1:1:parameter/x' } as const;
  const { checks } = await run(
    {
      checks: [
        { name: 'a', path: '/', auth, retries: 0 },
        { name: 'b', path: '/' },
      ],
    },
    { readSecret },
  );
  expect(checks.map(({ outcome }) => outcome)).toEqual(['failed', 'passed']);
  expect(checks[0]?.failures[0]).toMatchObject({ expectation: 'secret', actual: 'AccessDeniedException' });
});

test('repeat judges all requests together, and ends early when the errors are too many', async () => {
  const requests: HttpRequest[] = [];
  const counting = (request: HttpRequest) => {
    requests.push(request);
    return exchange(request);
  };
  const repeat = { times: 50, errorPercent: 10 };
  const { checks } = await run({ checks: [{ name: 'a', path: '/fail', repeat }] }, { exchange: counting });
  expect(requests).toHaveLength(6);
  expect(checks[0]?.failures[0]).toMatchObject({ expectation: 'repeat errors', expected: 'at most 10 % of 50' });
  const slow = await run({ checks: [{ name: 'a', path: '/', repeat: { times: 3, p50Ms: 0.001 } }] });
  expect(slow.checks[0]?.failures.map(({ expectation }) => expectation)).toEqual(['repeat p50']);
});

test('percentiles by nearest rank', () => {
  expect([0.1, 50, 95, 99, 100].map((percent) => percentile([1, 2, 3, 4], percent))).toEqual([1, 2, 4, 4, 4]);
});

test('credentials do not go to another host, which must be allowed', async () => {
  const other = await httpServer((request, response) => response.end(request.headers.authorization ?? 'none'));
  const first = await httpServer((_request, response) =>
    response.writeHead(302, { location: `http://localhost:${other.port}/` }).end(),
  );
  const check = { name: 'a', path: '/', followRedirects: 1, retries: 0, expect: { bodyContains: 'none' } };
  const auth = { type: 'bearer', secret: 'arn:aws:ssm:x:1:parameter/x' } as const;
  const base = new URL(`http://127.0.0.1:${first.port}`);
  const options = { base, readSecret: () => Promise.resolve('secret') };
  const local = (request: HttpRequest) => exchange({ ...request, address: '127.0.0.1' });
  try {
    expect((await run({ checks: [{ ...check, auth }] }, options)).checks[0]?.failures[0]?.actual).toMatch(
      /not the target/,
    );
    const allowHosts = [`localhost:${other.port}`];
    expect((await run({ allowHosts, checks: [{ ...check, auth }] }, { ...options, exchange: local })).outcome).toBe(
      'passed',
    );
  } finally {
    await Promise.all([first.close(), other.close()]);
  }
});

/** A graph without cycles: each check needs only earlier ones. */
const graphs = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
  .map((rows) => rows.map((row, index) => (index === 0 ? [] : [...new Set(row.map((each) => each % index))])));

test('every check begins once, after all that it needs passed; or is skipped', () => {
  fc.assert(
    fc.property(graphs, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (graph, fates) => {
      expect(cycles(graph)).toEqual([]);
      let progress = start(graph);
      const queue = [...progress.ready];
      const begun: number[] = [];
      for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
        expect(graph[index]?.every((need) => begun.includes(need) && fates[need])).toBe(true);
        begun.push(index);
        progress = finish(graph, progress, index, fates[index] ?? false);
        queue.push(...progress.ready);
      }
      expect([...begun, ...progress.skipped.keys()].sort((a, b) => a - b)).toEqual(graph.map((_, index) => index));
    }),
  );
});

test('a cycle is found', () => {
  expect(cycles([[1], [2], [0], []])).toEqual([[0, 1, 2]]);
  expect(cycles([[0]])).toEqual([[0]]);
});
