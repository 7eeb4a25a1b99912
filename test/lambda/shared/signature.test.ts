import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { signedHeaders, type Unsigned } from '../../../lambda/shared/signature';

/** The SDK's own signer as judge. */
class Sha256 {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(data as string);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
  reset(): void {
    throw new Error('is not used');
  }
}

async function oracle({ url, body, service, region, credentials, contentType, date }: Unsigned): Promise<string> {
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  const request = {
    method: 'POST',
    protocol: url.protocol,
    hostname: url.host,
    path: url.pathname,
    query: {},
    headers: { host: url.host, 'content-type': contentType },
    body,
  };
  const signed = await signer.sign(request, { signingDate: date });
  return signed.headers.authorization ?? '';
}

test('signs as the SDK does', async () => {
  const requests = fc.record({
    url: fc.constantFrom(
      new URL('https://elasticloadbalancing.eu-west-1.amazonaws.com/'),
      new URL('http://127.0.0.1:1234/'),
    ),
    body: fc.string(),
    service: fc.constantFrom('elasticloadbalancing', 'cloudformation'),
    region: fc.constantFrom('eu-west-1', 'cn-north-1'),
    credentials: fc.record(
      {
        accessKeyId: fc.constant('AKIDEXAMPLE'),
        secretAccessKey: fc.stringMatching(/^[A-Za-z0-9+/]{1,40}$/),
        sessionToken: fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/),
      },
      { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
    ),
    contentType: fc.constant('application/x-www-form-urlencoded; charset=utf-8'),
    date: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
  });
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      expect(signedHeaders(request).authorization).toBe(await oracle(request));
    }),
    { seed: 4, numRuns: 200 },
  );
});
