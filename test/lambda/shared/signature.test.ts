import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { sign } from '../../../lambda/shared/signature';

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
const at = new Date('2026-11-21T12:00:00.000Z');

test.each([
  ['a query call', 'elasticloadbalancing', 'https://elasticloadbalancing.eu-west-1.amazonaws.com/', undefined],
  [
    'a function by its ARN',
    'lambda',
    `https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/${encodeURIComponent('arn:aws:lambda:eu-west-1:1:function:a:live')}/invocations`,
    'a session token',
  ],
  ['a query string and a port', 'lambda', 'http://127.0.0.1:4566/x?b=2&a=1%2F3', undefined],
])('%s is signed as the SDK signs it', async (_name, service, address, sessionToken) => {
  const url = new URL(address);
  const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' };
  const body = '{"n": 1}';
  const scope = { region: 'eu-west-1', service, credentials: { ...credentials, sessionToken }, at };
  const signer = new SignatureV4({
    service,
    region: scope.region,
    credentials: scope.credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const expected = await signer.sign(
    {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      body,
    },
    { signingDate: at },
  );
  const signed = sign({ method: 'POST', url, headers, body }, scope);
  expect(signed.authorization).toBe(expected.headers.authorization);
});
