import { ResponseComparison } from '../../../smoke/comparison/differences';
import { runSuite } from '../../../smoke/runner/run';
import { parseSuite } from '../../../smoke/suite';
import { parseJson, stringifyJson } from '../../../common/json/parse';
import type { Suite } from '../../../smoke/suite/model';
import { exchange } from '../../../common/http';
import { httpServer, type Listening } from '../../support/servers/servers';
import { targetAt } from '../../support/servers/target';

const ID = '1234567890123456789';
const NEIGHBOUR = '1234567890123456788';

let server: Listening;
const received: string[] = [];
beforeAll(async () => {
  server = await httpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push(`${request.method} ${request.url} ${body}`.trim());
      response.end(`{"id":${ID},"orders":[{"id":${NEIGHBOUR},"n":1},{"id":${ID},"n":2}],"price":10.50}`);
    });
  });
});
afterAll(() => server.close());
beforeEach(() => void (received.length = 0));

const run = (suite: Suite, changes: object = {}) => runSuite(suite, targetAt(server, changes));

/** A suite as it comes to the gate: from the file into the asset and out of it. */
const read = (text: string, file = 'smoke.yaml') => parseJson(stringifyJson(parseSuite(text, file))) as Suite;

test('a captured id of 19 digits reaches later checks as it is', async () => {
  const { outcome } = await run(
    read(`
version: 1
checks:
  - { name: first, path: /, capture: { id: { json: $.id } } }
  - name: path
    path: /orders/\${id}
    query: { id: '\${id}' }
    expect: { json: [{ path: $.id, equalTo: '\${id}' }, { path: '$.orders[?@.id == \${id}].n', equalTo: 2 }] }
  - name: body
    method: POST
    path: /
    body: { json: { id: '\${id}', list: ['\${id}'] } }
`),
  );
  expect(outcome).toBe('passed');
  expect(received).toEqual(['GET /', `GET /orders/${ID}?id=${ID}`, `POST / {"id":${ID},"list":[${ID}]}`]);
});

const EXPECTATIONS: readonly (readonly [string, (id: string) => string])[] = [
  ['equalTo', (id) => `{ path: $.id, equalTo: ${id} }`],
  [
    'equalTo in a list of an object',
    (id) => `{ path: $.orders, equalTo: [{id: ${NEIGHBOUR}, n: 1}, {n: 2, id: ${id}}] }`,
  ],
  ['oneOf', (id) => `{ path: $.id, oneOf: [1, ${id}] }`],
  ['contains', (id) => `{ path: '$..id', oneOf: [${NEIGHBOUR}, ${id}] }`],
  ['a filter', (id) => `{ path: '$.orders[?@.id == ${id} && @.n == 2]', count: 1 }`],
  ['atLeast and atMost', (id) => `{ path: $.id, atLeast: ${id}, atMost: ${id} }`],
];

test.each(EXPECTATIONS)('%s distinguishes an id from its neighbour, in a suite of YAML', async (_name, expectation) => {
  const suite = (id: string) =>
    read(`{version: 1, checks: [{name: a, path: /, retries: 0, expect: {json: [${expectation(id)}]}}]}`);
  const good = await run(suite(ID));
  expect(good.checks[0]?.failures).toEqual([]);
  const bad = await run(suite('1234567890123456790'));
  expect(bad.outcome).toBe('failed');
  expect(bad.checks[0]?.failures[0]?.actual).not.toMatch(/800|000/);
});

test.each([
  ['const', (id: string) => `{"properties":{"id":{"const":${id}}}}`],
  ['enum', (id: string) => `{"properties":{"id":{"type":"integer","enum":[1,${id}]}}}`],
  ['minimum and maximum', (id: string) => `{"properties":{"id":{"minimum":${id},"maximum":${id}}}}`],
])('a JSON Schema with %s distinguishes an id from its neighbour, in a suite of JSON', async (_name, schema) => {
  const suite = (id: string) =>
    read(
      `{"version":1,"checks":[{"name":"a","path":"/","retries":0,"expect":{"jsonSchema":${schema(id)}}}]}`,
      's.json',
    );
  expect((await run(suite(ID))).checks[0]?.failures).toEqual([]);
  for (const id of [NEIGHBOUR, '1234567890123456790']) {
    const { outcome, checks } = await run(suite(id));
    expect(outcome).toBe('failed');
    expect(checks[0]?.failures[0]).toMatchObject({ expected: expect.stringContaining(id) as string, actual: ID });
  }
});

test('a schema that asks for different entries takes neighbours for different', async () => {
  const jsonSchema = { properties: { orders: { uniqueItems: true, minItems: 2 } } };
  const { outcome } = await run({ checks: [{ name: 'a', path: '/', expect: { jsonSchema } }] });
  expect(outcome).toBe('passed');
});

test('decimals that differ only in notation are equal', async () => {
  const texts = ['10.5', '10.50', '1.05e1', '105e-1'];
  const json = texts.map((text) => `{path: $.price, equalTo: ${text}}`).join(', ');
  const same = `{path: $.id, equalTo: ${ID}.0}, {path: $.id, equalTo: 1.234567890123456789e18}`;
  const { checks } = await run(read(`{version: 1, checks: [{name: a, path: /, expect: {json: [${json}, ${same}]}}]}`));
  expect(checks[0]?.failures).toEqual([]);
});

test('a number in a secret is sent with all its digits', async () => {
  const keys: unknown[] = [];
  const auth = {
    type: 'header',
    name: 'x-key',
    field: 'key',
    secret: 'arn:aws:ssm:eu-central-1:1:parameter/x',
  } as const;
  await run(
    { checks: [{ name: 'a', path: '/', auth }] },
    {
      readSecret: () => Promise.resolve(`{"key":${ID}}`),
      exchange: (request: Parameters<typeof exchange>[0]) => (keys.push(request.headers['x-key']), exchange(request)),
    },
  );
  expect(keys).toEqual([ID]);
});

test('the comparison finds that green responds with a neighbour, and ignores another notation of the same number', () => {
  const differencesOf = (blue: string, green: string) => {
    const comparison = new ResponseComparison([], ['r']);
    for (let count = 0; count < 10; count++) {
      comparison.observe('r', 'blue', { status: 200, headers: {}, body: `{"id":${blue}}` });
      comparison.observe('r', 'green', { status: 200, headers: {}, body: `{"id":${green}}` });
    }
    return comparison.findings().differences.map(({ kind, place }) => `${kind} ${place}`);
  };
  expect(differencesOf(ID, NEIGHBOUR)).toEqual(['json-value id']);
  expect(differencesOf(ID, `${ID}.0`)).toEqual([]);
  expect(differencesOf('2', '2.0')).toEqual([]);
});
