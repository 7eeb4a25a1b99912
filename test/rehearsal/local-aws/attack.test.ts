import { statSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { dirname, join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';
import { RuntimeApi } from '../../../rehearsal/services/lambda/runtime-api';
import { presignedUrl, signedFetch, signedHeaders } from '../../support/rehearsal/signed';

/** Who may not: a page in the developer's browser, and another user of the machine. */

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** As a browser or `nc` sends it: Host, Origin and Sec-Fetch-Site as given. */
function send(url: string, { method = 'GET', headers = {}, body = '' }: Sending = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** What every rehearsal's deployer had before keys were random. */
const WELL_KNOWN = {
  accessKeyId: `AKIA${'Z5DJ522HDFOTK5L6'}`,
  secretAccessKey: '1npOXTMQ57JUECwYPJyT3gaqVPhvxDMnoBUa2oWV',
  sessionToken: '',
};

/** A call in the protocol that a form can send. */
const describeStacks = 'Action=DescribeStacks&Version=2010-05-15';

let aws: LocalAws;
let port: string;
let keys: typeof WELL_KNOWN;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 60 });
  port = new URL(aws.endpoint).port;
  const environment = aws.deployerEnvironment();
  keys = {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: '',
  };
});
afterAll(() => aws.stop());

const unsignedHeader = (accessKeyId: string, service = 'cloudformation') =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

const whoAmI = { service: 'sts', method: 'POST', body: 'Action=GetCallerIdentity&Version=2011-06-15' };

test('the deployer itself gets in, by either name of loopback', async () => {
  expect((await signedFetch(aws.endpoint, keys, whoAmI)).status).toBe(200);
  expect((await signedFetch(`http://localhost:${port}`, keys, whoAmI)).status).toBe(200);
});

describe('a page in the browser', () => {
  const authorization = unsignedHeader(WELL_KNOWN.accessKeyId);
  const docker = JSON.stringify({ args: ['build', '--tag', 'evil', '.'], cwd: '/' });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['whose name was made to resolve to 127.0.0.1, with a guessed key', { host: 'evil.example:PORT' }],
    ['whose name begins with an address', { host: '127.0.0.1.evil.example:PORT' }],
    ["that says it is a bucket's", { host: 'bucket.localhost:PORT' }],
    ['that names another port', { host: '127.0.0.1:1' }],
    ['from another site, by fetch', { origin: 'https://evil.example' }],
    ['from a file', { origin: 'null' }],
    ['on another port of loopback', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }],
    ['that hides its origin: an image, a script, no-cors', { 'sec-fetch-site': 'cross-site' }],
    ['that the developer opened', { 'sec-fetch-site': 'none' }],
  ])('%s gets nothing', async (_, given) => {
    const host = given.host === undefined ? undefined : { host: given.host.replace('PORT', port) };
    const headers = { ...given, ...host, 'content-type': 'application/x-www-form-urlencoded' };
    for (const path of ['/', '/_rehearsal/docker', aws.world.network.route.path, '/_cloudformation/response/x']) {
      const response = await send(aws.endpoint + path, { method: 'POST', headers, body: describeStacks });
      expect([path, response.status]).toEqual([path, 403]);
      expect(response.body).toContain('The rehearsal refuses this request');
    }
    const signed = await signedHeaders(aws.endpoint, keys, whoAmI);
    const withKey = { ...signed, ...given, ...host };
    expect(await send(aws.endpoint, { ...whoAmI, headers: withKey })).toMatchObject({ status: 403 });
    const response = await send(aws.endpoint, {
      method: 'POST',
      headers: { ...headers, authorization },
      body: describeStacks,
    });
    expect(response.status).toBe(403);
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('runs no program by a plain form post to the docker route', async () => {
    const built = () => aws.events.all().filter(({ event }) => event === 'image-built');
    const plain: Readonly<Record<string, string>>[] = [
      { 'content-type': 'text/plain' },
      { 'content-type': 'text/plain', origin: 'http://evil' },
    ];
    for (const headers of plain) {
      for (const path of [
        '/_rehearsal/docker',
        '/_rehearsal/docker/',
        '/_rehearsal/docker/guess',
        '/_rehearsal//docker',
      ]) {
        const response = await send(aws.endpoint + path, { method: 'POST', headers, body: docker });
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.body).not.toContain('exitCode');
      }
    }
    expect(built()).toEqual([]);
  });

  test.each([
    '/_rehearsal/network?host=alb&port=80',
    '/_rehearsal/network/guess?host=alb&port=80',
    '/_rehearsal/images/x',
  ])('learns nothing from %s', async (path) => {
    expect((await send(aws.endpoint + path)).status).toBeGreaterThanOrEqual(400);
  });

  test('asks a preflight and is not let in', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const response = await send(aws.endpoint, { method: 'OPTIONS', headers });
    expect([response.status, response.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });

  test('completes no custom resource and confirms no subscription by a guess', async () => {
    for (const path of ['/_cloudformation/response/', '/_sns/confirm/']) {
      const response = await send(`${aws.endpoint}${path}${'0'.repeat(40)}`, { method: 'PUT', body: '{}' });
      expect(response.status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('another user of the machine', () => {
  test('with the key that every rehearsal once had', async () => {
    for (const options of [whoAmI, { ...whoAmI, service: 'cloudformation', body: describeStacks }]) {
      expect((await signedFetch(aws.endpoint, WELL_KNOWN, options)).status).toBe(403);
    }
    const unsigned = await send(aws.endpoint, {
      method: 'POST',
      headers: {
        authorization: unsignedHeader(WELL_KNOWN.accessKeyId),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: describeStacks,
    });
    expect(unsigned).toMatchObject({ status: 403, body: expect.stringContaining('InvalidClientTokenId') as string });
  });

  test('who has seen the id of a key and not its secret', async () => {
    const guess = { ...keys, secretAccessKey: WELL_KNOWN.secretAccessKey };
    const response = await signedFetch(aws.endpoint, guess, whoAmI);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
    const headers = { authorization: unsignedHeader(keys.accessKeyId, 'sts') };
    expect((await send(aws.endpoint, { ...whoAmI, headers })).status).toBe(403);
  });

  test('who has the keys of an earlier rehearsal', async () => {
    const earlier = await startLocalAws({ speed: 60 });
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = earlier.deployerEnvironment();
    await earlier.stop();
    expect(id).not.toBe(keys.accessKeyId);
    const old = { accessKeyId: id ?? '', secretAccessKey: secret ?? '', sessionToken: '' };
    expect((await signedFetch(aws.endpoint, old, whoAmI)).status).toBe(403);
  });

  test('who sends an old signed request again', async () => {
    const hoursAgo = new Date(Date.now() - 48 * 3_600_000);
    for (const signedAt of [hoursAgo, new Date(Date.now() + 48 * 3_600_000)]) {
      expect((await signedFetch(aws.endpoint, keys, { ...whoAmI, at: signedAt })).status).toBe(403);
    }
    const url = await presignedUrl(`${aws.endpoint}/bucket/key`, keys, { at: hoursAgo, expiresSeconds: 60 });
    expect(await send(url)).toMatchObject({
      status: 403,
      body: expect.stringContaining('Request has expired') as string,
    });
  });

  test('who changes a signed request on its way', async () => {
    const headers = (await signedHeaders(aws.endpoint, keys, whoAmI)) as Record<string, string>;
    const body = 'Action=AssumeRole&Version=2011-06-15';
    expect((await send(aws.endpoint, { ...whoAmI, headers })).status).toBe(200);
    expect((await send(aws.endpoint, { ...whoAmI, headers, body })).status).toBe(403);
    expect((await send(`${aws.endpoint}/?a=b`, { ...whoAmI, headers })).status).toBe(403);
    const more = { ...headers, 'x-amz-target': 'AmazonSSM.GetParameter' };
    expect((await send(aws.endpoint, { ...whoAmI, headers: more })).status).toBe(400);
  });

  test.each([
    ['another object', (url: string) => url.replace('/bucket/key', '/bucket/other')],
    ['a longer time', (url: string) => url.replace('X-Amz-Expires=300', 'X-Amz-Expires=3000')],
    ['another parameter', (url: string) => `${url}&versionId=1`],
    ['another signature', (url: string) => url.replace(/(X-Amz-Signature=)./, '$1x')],
  ])('who changes a presigned URL to %s', async (_, change) => {
    const url = await presignedUrl(`${aws.endpoint}/bucket/key`, keys);
    expect(change(url)).not.toBe(url);
    const [sound, changed] = [await send(url), await send(change(url))];
    expect(sound.body).toContain('NoSuchBucket');
    expect([changed.status, changed.body]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
  });

  test("does not find keys or secret addresses in the rehearsal's files", () => {
    const program = aws.deployerEnvironment()['CDK_DOCKER'] ?? '';
    expect(dirname(program)).toBe(aws.world.directory);
    expect(statSync(aws.world.directory).mode & 0o777).toBe(0o700);
    expect(statSync(program).mode & 0o077).toBe(0);
    expect(statSync(join(aws.world.directory, 'aws-config')).size).toBe(0);
  });
});

test("nobody but a function's own process speaks for it", async () => {
  const api = new RuntimeApi();
  const received: string[] = [];
  const { api: address } = await api.register({
    next: () => received.push('next'),
    response: () => received.push('response'),
    error: () => received.push('error'),
    initError: () => received.push('initError'),
  });
  const [host = ''] = address.split('/');
  const path = '/2018-06-01/runtime/invocation/x/response';
  const own = `http://${address}${path}`;
  const attempts = [
    [`http://${host}${path}`, {}],
    [`http://${host}/${'0'.repeat(48)}${path}`, {}],
    [own, { host: `evil.example:${host.split(':')[1]}` }],
    [own, { origin: 'http://evil.example' }],
  ] as const;
  for (const [url, headers] of attempts) {
    expect((await send(url, { method: 'POST', headers })).status).toBeGreaterThanOrEqual(403);
  }
  expect(received).toEqual([]);
  await send(own, { method: 'POST' });
  expect(received).toEqual(['response']);
  await api.stop();
});
