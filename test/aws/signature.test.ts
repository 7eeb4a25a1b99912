import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { type SigningScope, sign, type Unsigned } from '../../aws/signature';

/** The SDK's own signer as oracle. */
class Sha256 {
  private readonly hash;
  public constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array);
  }
  public update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(data as Uint8Array);
  }
  public digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  public reset(): void {}
}

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

/** The vectors `get-vanilla` and `post-vanilla` of AWS's Signature Version 4 test suite. */
test.each([
  ['GET', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['POST', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
])('%s is signed as in AWS’s test suite', (method, signature) => {
  const at = new Date('2015-08-30T12:36:00Z');
  const request = { method, url: new URL('https://example.amazonaws.com/'), headers: {}, body: '' };
  const { authorization } = sign(request, { region: 'us-east-1', service: 'service', credentials, at });
  expect(authorization).toContain(`Signature=${signature}`);
});

async function signedBySdk({ method, url, headers, body }: Unsigned, scope: SigningScope) {
  const signer = new SignatureV4({
    service: scope.service,
    region: scope.region,
    credentials: scope.credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const query = Object.fromEntries(url.searchParams);
  const { protocol, hostname, pathname: path } = url;
  const request = { method, protocol, hostname, path, query, headers: { ...headers, host: url.host }, body };
  return (await signer.sign(request, { signingDate: scope.at })).headers;
}

const text = (maxLength: number) => fc.string({ unit: 'grapheme', maxLength });
const printable = fc.string({ minLength: 1, maxLength: 20 }).map((it) => `x${it}`);
const segment = printable.map(encodeURIComponent);
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  path: fc.array(segment, { maxLength: 4 }),
  query: fc.dictionary(printable, text(12), { maxKeys: 4 }),
  port: fc.constantFrom('', ':4566'),
  headers: fc.dictionary(
    fc.constantFrom('content-type', 'x-amz-target', 'x-amz-invocation-type'),
    fc.stringMatching(/^[ -~]*$/),
  ),
  body: text(200),
  sessionToken: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]+$/), { nil: undefined }),
  service: fc.constantFrom('ec2', 'lambda', 'secretsmanager', 'ssm'),
  at: fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
});

test('any request is signed as the SDK signs it', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async ({ method, path, query, port, headers, body, sessionToken, service, at }) => {
      const url = new URL(`https://${service}.eu-west-1.amazonaws.com${port}/${path.join('/')}`);
      url.search = new URLSearchParams(query).toString();
      const request = { method, url, headers, body };
      const scope = { region: 'eu-west-1', service, credentials: { ...credentials, sessionToken }, at };
      const expected = await signedBySdk(request, scope);
      const signed = sign(request, scope);
      expect(signed.authorization).toBe(expected.authorization);
      expect(signed['x-amz-security-token']).toBe(sessionToken);
    }),
    { seed: 20261121, numRuns: 300 },
  );
});
