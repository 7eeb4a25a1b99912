import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { Credentials } from '../../../../rehearsal/core/service';
import type { ReceivedRequest } from '../../../../rehearsal/core/wire/canonical';
import { readSignature, signatureScope } from '../../../../rehearsal/core/wire/signature';
import { clockOf, verify } from '../../../../rehearsal/core/wire/verify';
import { presignedUrl, signedHeaders, type SignedOptions } from '../../../support/rehearsal/signed';

const keys: Credentials = { accessKeyId: 'AKIA1', secretAccessKey: 'secret', sessionToken: 'token', expiresAtMs: 0 };
const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const at = new Date(nowMs);
const minutes = (count: number) => count * 60_000;

function received(address: string, headers: Readonly<Record<string, string>>, options: SignedOptions): ReceivedRequest {
  const [, path = '/', query] = /^http:\/\/[^/]+([^?]*)(?:\?(.*))?$/.exec(address) ?? [];
  return {
    method: options.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(options.body ?? ''),
  };
}

function check(request: ReceivedRequest, times = { awsMs: nowMs, realMs: nowMs, speed: 1 }): Buffer {
  const scope = signatureScope(request);
  if (!scope) throw new Error('no scope');
  return verify(request, readSignature(request, scope), keys, times);
}

async function signed(address: string, options: SignedOptions = {}): Promise<ReceivedRequest> {
  return received(address, await signedHeaders(address, keys, { at, ...options }), options);
}

/** As S3's clients encode an object's key: RFC 3986. */
const encode = (segment: string) =>
  encodeURIComponent(segment).replace(/[!'()*]/g, (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`);

const text = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', ' ', '+', '/', '%', '~', '=', '&', 'é', '😀', '(', "'"),
  maxLength: 8,
});

test.each(['s3', 'sts', 'lambda'])(
  "what the SDK's signer signs for %s is accepted, and refused when a byte differs",
  async (service) => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 3 }), fc.dictionary(text, text), text, async (path, query, body) => {
        const segments = path.filter((segment) => segment !== '').map(encode);
        const parameters = Object.entries(query).filter(([name]) => name !== '' && name !== '__proto__');
        const search = parameters.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
        const address = `http://127.0.0.1:1234/${segments.join('/')}${search && `?${search}`}`;
        const request = await signed(address, { service, method: 'POST', body });
        expect(check(request).toString()).toBe(body);
        const other = { ...request, body: Buffer.from(`${body}.`) };
        expect(() => check(other)).toThrow(/does not match/);
        expect(() => check({ ...request, method: 'PUT' })).toThrow('signature we calculated');
        expect(() => check({ ...request, path: `${request.path}x` })).toThrow('signature we calculated');
      }),
      { numRuns: 40 },
    );
  },
);

test("a presigned URL of the SDK's signer is accepted until it ends", async () => {
  const address = 'http://127.0.0.1:1234/bucket/a%20key';
  const url = await presignedUrl(address, keys, { at, expiresSeconds: 60 });
  const request = received(url.replaceAll('+', '%20'), { host: '127.0.0.1:1234' }, {});
  const later = (ms: number) => ({ awsMs: nowMs + ms, realMs: nowMs + ms, speed: 1 });
  expect(check(request, later(59_000)).toString()).toBe('');
  expect(() => check(request, later(61_000))).toThrow('Request has expired');
});

describe('the time of a signature', () => {
  const address = 'http://127.0.0.1:1234/';
  const refused = /Signature (expired|not yet current)/;
  const hours = minutes(60);

  test.each([
    ['by AWS time, where real time is long behind', 0, -10 * hours, 60, true],
    ["by the machine's time, where AWS time is far ahead", 10 * hours, 0, 60, true],
    ['a real minute ago by AWS time at 60 times the speed', minutes(59), -10 * hours, 60, true],
    ['longer ago than that', minutes(61), -10 * hours, 60, false],
    ['between the two times', 5 * hours, -5 * hours, 60, false],
    ['14 minutes ago at no speed', minutes(14), minutes(14), 1, true],
    ['16 minutes ago', minutes(16), minutes(16), 1, false],
    ['16 minutes from now', -minutes(16), -minutes(16), 1, false],
  ])('%s', async (_, awsMs, realMs, speed, accepted) => {
    const request = await signed(address, { service: 'sts' });
    const times = { awsMs: nowMs + awsMs, realMs: nowMs + realMs, speed };
    if (accepted) expect(check(request, times)).toHaveLength(0);
    else expect(() => check(request, times)).toThrow(refused);
  });

  test('decides which clock the Date header of the response shows', () => {
    const times = { awsMs: 1_000_000, realMs: 0, speed: 60 };
    expect([clockOf(10, times), clockOf(999_000, times), clockOf(undefined, times)]).toEqual([0, 1_000_000, 1_000_000]);
  });
});

describe("S3's signed chunks", () => {
  const address = 'http://127.0.0.1:1234/bucket/key';
  const hmac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest();
  const hash = (data: string) => createHash('sha256').update(data).digest('hex');
  const scope = '20260102/us-east-1/s3/aws4_request';
  const key = scope.split('/').reduce<Buffer | string>(hmac, `AWS4${keys.secretAccessKey}`);

  /** As https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html makes them. */
  async function framed(parts: readonly string[], trailer: string): Promise<ReceivedRequest> {
    const form = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
    const seed = await signed(address, { method: 'PUT', headers: { 'x-amz-content-sha256': form } });
    let before = /Signature=(\w+)/.exec(String(seed.headers['authorization']))?.[1] ?? '';
    const chunks = [...parts, ''].map((part) => {
      const lines = ['AWS4-HMAC-SHA256-PAYLOAD', '20260102T030405Z', scope, before, hash(''), hash(part)];
      before = hmac(key, lines.join('\n')).toString('hex');
      return `${part.length.toString(16)};chunk-signature=${before}\r\n${part}${part && '\r\n'}`;
    });
    const last = ['AWS4-HMAC-SHA256-TRAILER', '20260102T030405Z', scope, before, hash(`${trailer}\n`)].join('\n');
    const end = `${trailer}\r\nx-amz-trailer-signature:${hmac(key, last).toString('hex')}\r\n\r\n`;
    return { ...seed, body: Buffer.from(chunks.join('') + end) };
  }

  test('are put together, and refused when one is changed, left out or moved', async () => {
    const request = await framed(['hello ', 'world'], 'x-amz-checksum-crc32:AAAAAA==');
    expect(check(request).toString()).toBe('hello world');
    const changed = (from: string | RegExp, to: string) => {
      const body = Buffer.from(request.body.toString().replace(from, to));
      return () => check({ ...request, body });
    };
    expect(changed('world', 'w0rld')).toThrow('signature we calculated');
    expect(changed('AAAAAA==', 'BBBBBB==')).toThrow('signature we calculated');
    expect(changed(/^6;.*\r\nhello \r\n/, '')).toThrow('signature we calculated');
    expect(changed(/;chunk-signature=\w+/g, '')).toThrow('signature we calculated');
    expect(changed(/5;[^]*$/, '')).toThrow('terminated unexpectedly');
  });

  test('that are not signed are taken out of their frame', async () => {
    const headers = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    const request = await signed(address, { method: 'PUT', headers });
    const body = Buffer.from('5\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32:AA==\r\n\r\n');
    expect(check({ ...request, body }).toString()).toBe('hello!');
    expect(() => check({ ...request, body: body.subarray(0, 6) })).toThrow('terminated unexpectedly');
  });
});
