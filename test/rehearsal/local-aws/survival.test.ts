import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';
import type { Service } from '../../../rehearsal/core/service';
import { signedFetch, type SignedOptions } from '../../support/rehearsal/signed';
import { until } from '../../support/until';

/** Whatever is sent, the local AWS responds to it, and lives. */

let aws: LocalAws;
let keys: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
const stray: unknown[] = [];
const notice = (error: unknown) => void stray.push(error);
beforeAll(async () => {
  process.on('unhandledRejection', notice);
  process.on('uncaughtException', notice);
  aws = await startLocalAws({ speed: 600 });
  const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
  keys = aws.services.iam.addUser({ name: 'fuzz', managed: [administrator] }).credentials;
});
afterAll(async () => {
  await aws.stop();
  process.off('unhandledRejection', notice);
  process.off('uncaughtException', notice);
});
afterEach(async () => {
  const response = await signedFetch(aws.endpoint, keys, {
    service: 'sts',
    method: 'POST',
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
  expect(response.status).toBe(200);
  expect(stray).toEqual([]);
});

/** Everything that the server says before it closes the connection. */
function raw(text: string | Buffer, hangUp = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(aws.endpoint).port), '127.0.0.1', () => {
      socket.write(text);
      if (hangUp) socket.destroy();
      else socket.end();
    });
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}

const host = () => `Host: ${new URL(aws.endpoint).host}\r\n`;

test.each([
  ['a path of two slashes', () => `GET // HTTP/1.1\r\n${host()}\r\n`],
  ['a path that is no URL', () => `GET /%zz%/../..//%ff?%&=&&a=%E0%A4%A HTTP/1.1\r\n${host()}\r\n`],
  ['a whole URL of another server', () => `GET http://evil.example/ HTTP/1.1\r\n${host()}\r\n`],
  ['a star', () => `OPTIONS * HTTP/1.1\r\n${host()}\r\n`],
  ['no path', () => `CONNECT evil.example:443 HTTP/1.1\r\n${host()}\r\n`],
  ['no Host', () => 'GET / HTTP/1.0\r\n\r\n'],
  ['two Hosts', () => `GET / HTTP/1.1\r\n${host()}Host: evil.example\r\n\r\n`],
  ['a wish for another protocol', () => `GET / HTTP/1.1\r\n${host()}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
  ['headers that are too large', () => `GET / HTTP/1.1\r\n${host()}X: ${'x'.repeat(100_000)}\r\n\r\n`],
  ['a body that is shorter than it says', () => `POST / HTTP/1.1\r\n${host()}Content-Length: 100\r\n\r\nshort`],
  ['chunks that are none', () => `POST / HTTP/1.1\r\n${host()}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ['no HTTP at all', () => '\u0016\u0003\u0001\u0002\u0000'],
])('%s', async (_, text) => {
  const received = await raw(text());
  expect(received === '' || /^HTTP\/1\.1 (4\d\d|501)/.test(received)).toBe(true);
  await raw(text(), true);
});

test('arbitrary bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      await raw(Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${host()}`), bytes]));
    }),
    { numRuns: 50 },
  );
});

const hostile = fc.oneof(
  fc.constantFrom<unknown>(null, -1, 0, NaN, 1e308, '', 'notjson', '{', '[]', '(', '\u0000', '%', '..', true, [], {}),
  fc.constantFrom('__proto__', 'constructor', 'arn:', 'arn:aws:::::', 'https://', 'rate(', '$.[', 'ALARM("', '9e999'),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.anything({ maxDepth: 2, withNullPrototype: false }),
);

/** Names of fields in the service's own sources: what its operations read. */
function fieldsOf({ prefix }: Service): readonly string[] {
  const folder = join(__dirname, '../../../rehearsal/services', prefix);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const sources = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  const names = sources.flatMap((source) =>
    [...source.matchAll(/readonly ([A-Za-z]\w+)\??:/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)];
}

function requestFor(service: Service, operation: string, input: Readonly<Record<string, unknown>>): SignedOptions {
  const signingName = service.prefix === 'cloudwatch' ? 'monitoring' : service.prefix;
  const body = JSON.stringify(input);
  if (service.protocol.kind === 'json') {
    const target = `${service.protocol.targetPrefix}.${operation}`;
    const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
    return { service: signingName, method: 'POST', headers, body };
  }
  const form = new URLSearchParams({ Action: operation, Version: '2010-05-15' });
  for (const [name, value] of Object.entries(input))
    form.set(name, typeof value === 'string' ? value : String(JSON.stringify(value)));
  return { service: signingName, method: 'POST', body: form.toString() };
}

test('every operation responds whatever its input is', async () => {
  const names = aws.world.services().filter(({ protocol }) => protocol.kind !== 'rest');
  const statuses: number[] = [];
  let sent = 0;
  for (const service of names) {
    const fields = fieldsOf(service);
    const inputs = fc.dictionary(fc.constantFrom(...fields), hostile, { minKeys: 1, maxKeys: 12 });
    for (const operation of Object.keys(service.operations)) {
      for (const input of fc.sample(inputs, { numRuns: 4, seed: 7 })) {
        const response = await signedFetch(aws.endpoint, keys, requestFor(service, operation, input));
        await response.text();
        sent += 1;
        statuses.push(response.status);
      }
    }
  }
  expect([statuses.length, sent > 300]).toEqual([sent, true]);
  // Each 500 is a fault that the timeline reports.
  const faults = aws.events.all().filter(({ event }) => event === 'fault').length;
  expect(statuses.filter((status) => status >= 500)).toHaveLength(faults);
});

test('the state of an alarm cannot be set with a reason that is no JSON, and its evaluation continues', async () => {
  const call = (operation: string, input: object) =>
    signedFetch(aws.endpoint, keys, {
      service: 'monitoring',
      method: 'POST',
      headers: {
        'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
        'content-type': 'application/x-amz-json-1.0',
      },
      body: JSON.stringify(input),
    });
  const metric = { Namespace: 'N', MetricName: 'M', Statistic: 'Sum', Period: 60 };
  const rule = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' };
  await call('PutMetricAlarm', { AlarmName: 'a', ...metric, ...rule, TreatMissingData: 'notBreaching' });
  const state = { AlarmName: 'a', StateValue: 'ALARM', StateReason: 'r', StateReasonData: 'notjson' };
  const response = await call('SetAlarmState', state);
  expect([response.status, await response.json()]).toEqual([
    400,
    expect.objectContaining({ __type: 'InvalidFormatFault' }),
  ]);
  expect((await call('SetAlarmState', { ...state, StateReasonData: '{"a":1}' })).status).toBe(200);
  await until('the alarm to be evaluated again', () =>
    aws.events.all().find(({ event, data }) => event === 'alarm-state' && data['previous'] === 'ALARM'),
  );
});

test('a timer that fails is a fault in the events, and the other timers continue', async () => {
  const before = aws.events.all().length;
  let others = 0;
  aws.clock.after(1_000, () => {
    throw new Error('a timer broke');
  });
  aws.clock.after(2_000, () => void others++);
  await until('the other timer', () => others > 0 || undefined);
  const faults = aws.events
    .all()
    .slice(before)
    .filter(({ event }) => event === 'fault');
  expect(faults.map(({ detail }) => detail)).toEqual(['The rehearsal failed: a timer broke']);
});

test('what nobody caught is a fault too, and the process continues', async () => {
  const script = `
    const details = [];
    const record = (source, event, detail) => details.push(detail) === 3 && console.log(JSON.stringify(details.sort()));
    require('./rehearsal/core/faults').surviveFaults({ record });
    setTimeout(() => { throw new Error('a timer'); });
    setImmediate(() => { throw 'a text'; });
    void Promise.reject(new Error('a promise'));
  `;
  const args = ['--require', require.resolve('tsx/cjs'), '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: join(__dirname, '../../..') });
  const sentence = (what: string) => `The rehearsal failed: ${what}`;
  expect(JSON.parse(stdout)).toEqual(['a promise', 'a text', 'a timer'].map(sentence));
});
